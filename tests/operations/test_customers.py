"""customer.identify: one file for one identity paper, compared with the lists, the result filed (INT-7)."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import Invalid
from models.customers import BlockedParty, Customer, CustomerCheck, CustomerRelation
from tests.operations.conftest import Case, furnish

ZHANG = {"kind": "person", "name": "张三", "id_number": "11010119900307001x"}


def test_a_new_customer_gets_a_number(case):
    found = case.call("customer.identify", **ZHANG, phone="13800000000")
    assert found == {"customer_id": "C-000001", "known": False, "blocked": False, "warnings": [], "hints": []}


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


def test_the_same_telephone_or_a_like_name_is_a_hint_and_no_doubt(case):
    case.call("customer.identify", **ZHANG, phone="13800000000")
    case.customer("柳林粮油有限公司", "91110000MA01ABCDX1", "company")
    found = case.call(
        "customer.identify", kind="person", name="李四", id_number="110101199003070022", phone="13800000000"
    )
    assert found["hints"] == ["电话与客户 C-000001 张三 相同"]
    assert found["warnings"] == []
    found = case.call("customer.identify", kind="company", name="柳林粮油商行", id_number="91110000MA01ABCDX2")
    assert found["hints"] == ["名称与客户 C-000002 柳林粮油有限公司 相同或相近，证件不同"]


def test_another_application_for_the_same_product_is_a_hint_but_not_the_cases_own(case):
    number = case.register()
    asked = {"kind": "person", "name": "张三", "id_number": "110101199003070011", "product": "personal_business"}
    assert case.call("customer.identify", **asked)["hints"] == []
    case.instance_id = type(case.instance_id)(int=9)
    assert case.call("customer.identify", **asked)["hints"] == [f"同一客户、同一产品还有在办申请 {number}"]
    assert case.call("customer.identify", **{**asked, "product": "personal_consumption"})["hints"] == []


OWNER = {"owner_name": "周平", "owner_id_number": "410102197001011234", "owner_share": Decimal(60)}


def test_who_stands_behind_a_firm_is_identified_related_and_compared(case):
    case.session.add(
        BlockedParty(
            name="x", id_number="410102197001011234", list_name="名单", reason="骗贷", listed_on=dt.date(2026, 1, 1)
        )
    )
    firm = case.customer("柳林粮油有限公司", "91110000MA01ABCDX1", "company")
    found = case.call("customer.identify_related", customer_id=firm, legal_representative="周平", owners=[OWNER])
    assert found == {
        "related_ids": ["C-000002"],
        "blocked": True,
        "warnings": ["周平：证件号码在名单“名单”中：骗贷"],
        "hints": [],
    }
    kinds = case.session.execute(sa.select(CustomerRelation.kind, CustomerRelation.share)).all()
    assert sorted(kinds) == [("beneficial_owner", Decimal("0.6")), ("legal_representative", None)]
    assert len(case.session.scalars(sa.select(CustomerCheck)).all()) == 3
    case.call("customer.identify_related", customer_id=firm, legal_representative="周平", owners=[OWNER])
    assert len(case.session.scalars(sa.select(CustomerRelation)).all()) == 2


def test_a_firm_without_an_owner_of_more_than_a_quarter_is_hinted_at(case):
    firm = case.customer("柳林粮油有限公司", "91110000MA01ABCDX1", "company")
    owner = {**OWNER, "owner_share": Decimal(25)}
    found = case.call("customer.identify_related", customer_id=firm, owners=[owner])
    assert found["hints"] == ["没有登记持股超过 25% 的受益所有人"]


def test_the_spouse_is_filed_as_such(case):
    number = case.customer()
    spouse = {"spouse_name": "李梅", "spouse_id_number": "110101199203070022"}
    assert case.call("customer.identify_related", customer_id=number, **spouse)["related_ids"] == ["C-000002"]
    assert case.session.scalars(sa.select(CustomerRelation.kind)).all() == ["spouse"]


def test_somebody_without_a_paper_is_compared_by_name_alone(case):
    case.session.add(BlockedParty(name="周平", list_name="名单", reason="骗贷", listed_on=dt.date(2026, 1, 1)))
    firm = case.customer("柳林粮油有限公司", "91110000MA01ABCDX1", "company")
    found = case.call("customer.identify_related", customer_id=firm, legal_representative="周平")
    assert (found["related_ids"], found["blocked"]) == ([], False)
    assert found["warnings"] == ["周平：姓名在名单“名单”中：骗贷"]
