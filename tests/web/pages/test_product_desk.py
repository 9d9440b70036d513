"""Products set up by one person and approved by another, on pages and over REST; what was approved stays."""

import datetime as dt
from decimal import Decimal

import pytest

from models.queries.people import add_person
from models.queries.products import current_product, product_versions
from operations.standard_products import add_standard_products
from tests.web.conftest import signed_in

TERMS = {
    "code": "green_house", "title_zh": "温室贷款", "title_en": "Greenhouse loan", "min_amount": 5000,
    "max_amount": 300000,
    "min_term_months": 3, "max_term_months": 36, "annual_rate": Decimal("0.0525"), "day_count": "ACT/360",
    "approval_days": 45, "conditions": "年满 18 周岁", "customer_kind": ["person"],
    "repayment_method": ["equal_installment"], "guarantee_kind": ["credit", "mortgage"],
}  # fmt: skip
WRITTEN = TERMS | {"annual_rate": "5.25", "min_amount": "5,000"}


@pytest.fixture
def offering(lending):
    with lending.step() as step:
        add_standard_products(step.session)
        for name, roles, unit in (
            ("pin", ["product_manager"], None),
            ("shu", ["product_manager"], None),
            ("gao", ["general_manager"], None),
            ("branch", ["product_manager"], "branch"),
        ):
            add_person(step.session, step.now, name, "a long enough password", roles=roles, unit=unit)
    return lending


@pytest.fixture
def today(offering):
    return offering.clock.now().astimezone(offering.calendar.zone).date()


def terms(today, **changed):
    return {**TERMS, "valid_from": (today + dt.timedelta(days=1)).isoformat(), **changed}


def test_a_product_is_on_offer_once_a_second_person_approved_it(offering, app, browse, today):
    pin, shu = browse("pin"), browse("shu")
    assert 'name="code"' in pin.get("/products/new").text
    page = pin.post("/products/proposals", WRITTEN | {"valid_from": today.isoformat()}).text
    assert "待批准" in page
    assert "5,000.00 至 300,000.00 元" in page
    assert "5.25%" in page
    assert "批准</button>" not in page
    assert "温室贷款" not in browse("li").get("/products").text
    assert "温室贷款" in shu.get("/products/proposals?state=proposed").text
    assert "已批准，自生效日起在办" in shu.post("/products/proposals/1/approve").text
    page = browse("li").get("/products/green_house").text
    assert ("年满 18 周岁" in page, "在办" in page, "改这个产品" in page) == (True, True, False)
    assert "改这个产品" in pin.get("/products/green_house").text


def test_nobody_approves_their_own_and_each_is_decided_once(offering, app, today):
    pin, gao = (signed_in(offering, app, name) for name in ("pin", "gao"))
    made = pin.post("/product-proposals", terms(today))
    assert (made.status_code, made.json["state"], made.json["based_on"]) == (201, "proposed", 0)
    address = f"/product-proposals/{made.json['id']}/decision"
    assert pin.post("/product-proposals", terms(today)).status_code == 409
    assert pin.post(address, {"do": "approve"}).status_code == 409
    assert gao.post(address, {"do": "withdraw"}).status_code == 403
    assert gao.post(address, {"do": "refuse"}).status_code == 422
    assert gao.post(address, {"do": "approve"}).json["state"] == "approved"
    assert gao.post(address, {"do": "refuse", "remarks": "晚了"}).status_code == 409
    [version] = gao.get("/products/green_house/versions").json["items"]
    assert (version["version"], version["conditions"], version["annual_rate"]) == (1, "年满 18 周岁", Decimal("0.0525"))
    assert [row["code"] for row in gao.get("/product-proposals", state="approved").json["items"]] == ["green_house"]


def test_a_change_is_the_next_version_and_the_old_one_holds_until_then(offering, app, browse, today):
    later = today + dt.timedelta(days=30)
    pin = browse("pin")
    page = pin.get("/products/personal_business/propose").text
    assert ('value="6.85"' in page, "readonly" in page) == (True, True)
    fields = WRITTEN | {"code": "personal_business", "known": "1", "valid_from": later.isoformat()}
    assert "与第 1 版对照" in pin.post("/products/proposals", fields).text
    browse("gao").post("/products/proposals/1/approve")
    with offering.sessions.reading() as session:
        assert [product.version for product in product_versions(session, "personal_business")] == [2, 1]
        assert current_product(session, "personal_business", today).version == 1
        assert current_product(session, "personal_business", later).version == 2
    assert "未生效" in pin.get("/products/personal_business").text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "Green House"}, "code"),
        ({"max_amount": 100}, "max_amount"),
        ({"max_term_months": 1}, "max_term_months"),
        ({"annual_rate": Decimal("1.5")}, "annual_rate"),
        ({"customer_kind": []}, "customer_kind"),
        ({"guarantee_kind": ["promise"]}, "guarantee_kind"),
        ({"valid_from": "2020-01-01"}, "valid_from"),
        ({"withdrawn_on": "2020-01-01"}, "withdrawn_on"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(offering, app, today, changed, field):
    answer = signed_in(offering, app, "pin").post("/product-proposals", terms(today, **changed))
    assert answer.status_code == 422
    assert field in answer.json["errors"]


def test_the_form_says_at_each_field_what_is_wrong(offering, browse, today):
    wrong = {"min_amount": "x", "approval_days": "", "valid_from": "", "guarantee_kind": []}
    answer = browse("pin").post("/products/proposals", WRITTEN | wrong, status=422)
    for words in ("请写数字，如 120,000 或 6.85", "请写整数", "请选日期"):
        assert words in answer.text
    assert 'value="温室贷款"' in answer.text, "what was written stays"


@pytest.mark.parametrize("name", ["li", "branch", "gao"])
def test_others_set_nothing_up(offering, app, browse, today, name):
    assert signed_in(offering, app, name).post("/product-proposals", terms(today)).status_code == 403
    browse(name).get("/products/new", status=403)
