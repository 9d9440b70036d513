"""The products on offer and a trial reckoning, on pages and over REST (INT-1)."""

from decimal import Decimal

import pytest

from operations.standard_products import add_standard_products
from tests.web.conftest import signed_in


@pytest.fixture
def offering(lending):
    with lending.step() as step:
        add_standard_products(step.session)
    return lending


def test_kind_term_rate_and_conditions_are_published(offering, browse):
    page = browse("li").get("/products").text
    for words in (
        "个人经营贷款",
        "6.85%",
        "10,000.00 至 5,000,000.00 元",
        "1 至 60 个月",
        "等额本息",
        "担保公司保证",
        "60 天",
    ):
        assert words in page


def test_what_would_be_repaid_is_reckoned_at_the_products_rate(offering, browse):
    page = browse("li").get("/products/personal_consumption?amount=12,000&months=12&method=equal_principal").text
    assert page.count("1,000.00") >= 12
    assert "72.00" in page, "12,000 at 7.2 % for a month of 30 days"
    assert "超出产品条件" not in page
    assert "超出产品条件" in browse("li").get("/products/personal_consumption?amount=500000&months=12").text


@pytest.mark.parametrize("query", ["amount=x&months=12", "amount=NaN&months=12", "amount=1000", "amount=1e30&months=1"])
def test_what_cannot_be_reckoned_is_told_at_its_field(offering, browse, query):
    page = browse("li").get(f"/products/personal_consumption?{query}").text
    assert 'aria-invalid="true"' in page


def test_over_rest(offering, app):
    li = signed_in(offering, app, "li")
    items = {item["code"]: item for item in li.get("/products").json["items"]}
    assert Decimal(str(items["personal_business"]["annual_rate"])) == Decimal("0.0685")
    asked = {"amount": "12000", "term_months": "12", "repayment_method": "equal_principal"}
    trial = li.get("/products/personal_consumption/trial", **asked).json
    assert (len(trial["rows"]), trial["beyond"]) == (12, [])
    assert li.get("/products/personal_consumption/trial", **{**asked, "repayment_method": "gift"}).status_code == 422
    assert li.get("/products/nothing/trial", **asked).status_code == 404
    assert signed_in(offering, app, "designer").get("/products").status_code == 403
