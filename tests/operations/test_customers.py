"""customer.identify: one file for one identity paper, compared with the lists, the result filed (INT-7)."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from engine.errors import Invalid
from models.customers import BlockedParty, Customer, CustomerCheck
from tests.operations.conftest import Case, furnish

ZHANG = {"kind": "person", "name": "张三", "id_number": "11010119900307001x"}


def test_a_new_customer_gets_a_number(case):
    found = case.call("customer.identify", **ZHANG, phone="13800000000")
    assert found == {"customer_id": "C-000001", "known": False, "blocked": False, "warnings": []}


def test_the_same_paper_is_the_same_customer_whatever_its_letters(case):
    first = case.call("customer.identify", **ZHANG)
    again = case.call("customer.identify", **{**ZHANG, "id_number": " 11010119900307001X "}, address="长安街1号")
    assert again == {**first, "known": True}
    assert case.session.scalars(sa.select(Customer)).one().address == "长安街1号"


def test_another_customer_gets_the_next_number(case):
    case.customer()
    assert case.customer("某公司", "91110000MA01ABCDX1", "company") == "C-000002"


def test_another_name_on_the_same_paper_is_a_warning_and_changes_nothing(case):
    case.call("customer.identify", **ZHANG)
    found = case.call("customer.identify", **{**ZHANG, "name": "张叁"})
    assert found["warnings"] == ["姓名与档案不符，档案中为：张三"]
    assert case.session.scalars(sa.select(Customer.name)).one() == "张三"


def test_a_blocked_customer_is_said_to_be_blocked_and_why(case):
    case.call("customer.identify", **ZHANG)
    customer = case.session.scalars(sa.select(Customer)).one()
    customer.blocked_at, customer.blocked_reason = case.now, "提供虚假材料"
    found = case.call("customer.identify", **ZHANG)
    assert found["blocked"] is True
    assert found["warnings"] == ["客户已被冻结：提供虚假材料"]


@pytest.mark.parametrize(
    ("listed", "blocked", "warnings"),
    [
        ({"name": "张三"}, False, ["姓名在名单“失信被执行人”中：欠款"]),
        ({"name": "别人", "id_number": "11010119900307001X"}, True, ["证件号码在名单“失信被执行人”中：欠款"]),
        ({"name": "张三", "delisted_on": dt.date(2026, 3, 2)}, False, []),
        ({"name": "张三", "listed_on": dt.date(2026, 3, 3)}, False, []),
    ],
)
def test_names_and_papers_are_compared_with_the_lists_in_force(case, listed, blocked, warnings):
    entry = {"list_name": "失信被执行人", "reason": "欠款", "listed_on": dt.date(2025, 1, 1), **listed}
    case.session.add(BlockedParty(**entry))
    found = case.call("customer.identify", **ZHANG)
    assert (found["blocked"], found["warnings"]) == (blocked, warnings)


def test_each_check_is_filed_with_what_was_given(case):
    case.call("customer.identify", **ZHANG)
    case.call("customer.identify", **ZHANG)
    checks = case.session.scalars(sa.select(CustomerCheck).order_by(CustomerCheck.id)).all()
    assert [(check.known, check.checked_by, check.given["name"]) for check in checks] == [
        (False, "li", "张三"),
        (True, "li", "张三"),
    ]
    assert {check.instance_id for check in checks} == {case.instance_id}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "robot"}, "kind"),
        ({"name": "  "}, "name"),
        ({"name": "张\0三"}, "name"),
        ({"id_number": None}, "id_number"),
        ({"id_number": "1" * 41}, "id_number"),
        ({"phone": 138}, "phone"),
        ({"nickname": "三哥"}, "nickname"),
    ],
)
def test_what_cannot_be_is_refused_by_name(case, wrong, field):
    with pytest.raises(Invalid) as refused:
        case.call("customer.identify", **{**ZHANG, **wrong})
    assert list(refused.value.errors) == [field]
    assert field in str(refused.value)


def test_two_counters_that_meet_the_same_customer_at_once_open_one_file(database):
    with database.writing.begin() as session:
        unit_id = furnish(session)

    def identify(_):
        with database.writing.begin() as session:
            return Case(session, unit_id).call("customer.identify", **ZHANG)

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(identify, range(3)))
    assert len({answer["customer_id"] for answer in found}) == 1
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Customer)) == 1
