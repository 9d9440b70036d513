"""What a new house offers, and how its products change without touching what was agreed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from lending.daycount import DayCount
from lending.schedule import Method
from models.products import Product
from models.queries.products import add_product_version, current_product, current_products
from operations.choosing import ChoicesOfTheHouse
from operations.standard_products import GUARANTEE_KINDS, STANDARD_PRODUCTS, add_standard_products

TODAY = dt.date(2026, 3, 2)


def test_a_new_house_offers_products_that_can_be_lent(session):
    add_standard_products(session)
    products = current_products(session, TODAY)
    assert [product.code for product in products] == sorted(STANDARD_PRODUCTS)
    for product in products:
        assert DayCount(product.day_count)
        assert {Method(method) for method in product.offered("repayment_method")}
        assert product.offered("guarantee_kind") <= set(GUARANTEE_KINDS)
        assert product.offered("customer_kind") <= {"person", "company"}


def test_adding_them_again_changes_nothing(session):
    add_standard_products(session)
    add_standard_products(session)
    assert session.scalar(sa.select(sa.func.max(Product.version))) == 1


def new_version(session, **changed):
    terms = {
        "title_zh": "新产品",
        "title_en": "New product",
        "min_amount": Decimal(1),
        "max_amount": Decimal(2),
        "min_term_months": 1,
        "max_term_months": 2,
        "annual_rate": Decimal("0.05"),
        "day_count": "30/360",
        "approval_days": 30,
        "valid_from": TODAY,
        "options": {"customer_kind": ["person"]},
    }
    return add_product_version(session, "new", **{**terms, **changed})


def test_the_version_in_force_is_the_one_that_began_last(session):
    later = new_version(session, valid_from=TODAY + dt.timedelta(days=10))
    now = new_version(session)
    assert (later.version, now.version) == (1, 2)
    assert current_product(session, "new", TODAY - dt.timedelta(days=1)) is None
    assert current_product(session, "new", TODAY) is now
    assert current_product(session, "new", TODAY + dt.timedelta(days=10)) is later


@pytest.mark.parametrize(("day", "offered"), [(4, True), (5, False)])
def test_a_product_that_was_withdrawn_is_not_offered(session, day, offered):
    new_version(session, withdrawn_on=TODAY + dt.timedelta(days=5))
    assert (current_product(session, "new", TODAY + dt.timedelta(days=day)) is not None) is offered


def test_forms_offer_what_is_on_offer_today_in_the_readers_language(session):
    new_version(session, valid_from=TODAY + dt.timedelta(days=1))
    evening = dt.datetime(2026, 3, 2, 16, 30, tzinfo=dt.UTC)  # already the next day in Shanghai
    noon = dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
    offers = ChoicesOfTheHouse(ZoneInfo("Asia/Shanghai"))
    assert offers(session, "products", "/1/", noon, "zh") == []
    assert offers(session, "products", "/1/", evening, "zh") == [{"value": "new", "label": "新产品"}]
    assert offers(session, "products", "/1/", evening, "en") == [{"value": "new", "label": "New product"}]


def test_a_product_is_still_called_by_its_title_when_it_is_offered_no_more(session):
    new_version(session, withdrawn_on=TODAY)
    offers = ChoicesOfTheHouse(ZoneInfo("Asia/Shanghai"))
    assert offers(session, "products", "/1/", dt.datetime(2026, 3, 3, tzinfo=dt.UTC), "zh") == []
    assert offers.label(session, "products", "new", "zh") == "新产品"
    assert offers.label(session, "products", "new", "en") == "New product"
    assert offers.label(session, "products", "unheard_of", "zh") is None
    assert offers.label(session, "open_meetings", "new", "zh") is None
