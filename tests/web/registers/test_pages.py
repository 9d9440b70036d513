"""Registers on pages: what one may read, conditions in the address, the print with its head."""

import re

import pytest

from engine.packages import read_files
from engine.service import deployments
from engine.service.definitions import Definitions
from tests.web.pages.conftest import Visitor
from tests.web.pages.small_loan import FILES
from web.registers import words


@pytest.fixture
def visit(app, house):
    def enter(name, language="zh"):
        visitor = Visitor(app, language)
        visitor.enter(house, name)
        return visitor

    return enter


def test_the_place_lists_the_registers_with_what_they_hold(filled, visit):
    page = visit("sun").get("/registers").text
    assert "申请登记簿" in page
    assert "回绝贷款户登记簿" in page
    assert "导出登记簿" not in page
    assert "导出登记簿" in visit("audit").get("/registers").text


def test_a_register_is_narrowed_by_its_address(filled, visit):
    sun = visit("sun")
    page = sun.get("/registers/applications?q=李四").text
    assert "A-2026-0002" in page
    assert "A-2026-0003" not in page
    assert "100,000.00" in page
    assert "没有符合条件的登记" in sun.get("/registers/applications?since=2030-01-01").text
    for always in ("since=0001-01-01", "until=9999-12-31", "since=0001-01-01&until=9999-12-31"):
        assert "没有符合条件的登记" not in sun.get(f"/registers/applications?{always}").text
    sun.get("/registers/applications?since=nonsense", 400)


def test_the_print_names_house_register_period_person_and_time(filled, visit):
    page = visit("sun").get("/registers/not_disbursed/print?since=2026-03-01").text
    assert "未放款登记簿" in page
    assert "2026-03-01" in page
    assert "sun 于 2026-03-02 09:00 制表" in page
    assert "负债高" in page


def test_texts_of_customers_are_escaped(filled, visit, branch_case):
    with branch_case() as case:
        case.business_key = "A-2026-0010"
        case.register(customer_id=case.customer("<script>x</script>", "110101199003070033"))
    assert "<script>x" not in visit("sun").get("/registers/applications").text


def test_registers_are_not_for_designers(filled, visit):
    for address in ("", "/applications", "/applications/print", "/applications/sheet"):
        visit("designer").get(f"/registers{address}", 404)


def test_notices_and_who_is_told_are_called_as_the_packages_call_them(house, visit):
    """A notice that a designer adds to a package has words in the register at once."""
    files = {name: content.encode() for name, content in FILES.items()}
    files["notices.yaml"] = """
told_more:
  title: {zh: "补充说明：{{customer_name}}", en: "More of {{customer_name}}"}
  text: {zh: 文, en: Text}
""".encode()
    house.definitions = Definitions()
    with house.step() as step:
        deployments.deploy(step, read_files(files, "small_loans"), "root")
    with visit("li").client.application.test_request_context():
        assert words.notices()["told_more"] == "补充说明"
        assert words.recipients()["borrower"] == "借款人"


def test_only_keys_that_do_something_are_named(filled, visit):
    pager = visit("audit").get("/registers/applications").text.split('class="pager"')[1].split("</div>")[0]
    assert re.findall(r"<kbd>(.+?)</kbd>", pager) == ["j", "k", "Enter", "?"]
