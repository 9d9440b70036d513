"""Applications, opinions and the registers of those that end (INT-2, INT-5, INV-7, REV-7)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import BpmnError, Invalid
from models.applications import Application, Opinion
from models.queries.products import add_product_version, current_product
from models.registers import RegisterEntry


def test_the_application_has_the_business_key_of_its_case(case):
    assert case.register() == "A-2026-0001"
    application = case.session.scalars(sa.select(Application)).one()
    assert (application.amount, application.term_months, application.status) == (100000, 12, "registered")
    assert application.product.code == "personal_business"


def test_without_a_business_key_it_gets_a_gapless_number(case):
    case.business_key = None
    assert case.register() == "A-2026-0001"
    case.instance_id = uuid.uuid4()
    assert case.register() == "A-2026-0002"


def test_guarantors_are_kept(case):
    guarantor = case.customer("李四", "110101198001010022")
    case.register(guarantor_ids=[guarantor])
    application = case.session.scalars(sa.select(Application)).one()
    assert [customer.number for customer in application.guarantors] == [guarantor]


def test_a_case_returned_to_intake_enters_its_application_anew(case):
    guarantor = case.customer("李四", "110101198001010022")
    case.register(guarantor_ids=[guarantor])
    assert case.register(amount=Decimal(80000)) == "A-2026-0001"
    application = case.session.scalars(sa.select(Application)).one()
    assert (application.amount, application.guarantors) == (80000, [])


def test_another_case_cannot_take_the_number(case):
    case.register()
    with pytest.raises(Invalid, match="belongs to another case"):
        dataclasses.replace(case, instance_id=uuid.uuid4()).register()


def test_a_product_that_is_not_on_offer_is_a_business_error(case):
    with pytest.raises(BpmnError) as error:
        case.register(product="moon_loan")
    assert error.value.code == "PRODUCT_UNKNOWN"


@pytest.mark.parametrize(
    ("outside", "said"),
    [
        ({"amount": Decimal("9999.99")}, "amount"),
        ({"amount": Decimal("5000000.01")}, "amount"),
        ({"term_months": Decimal(61)}, "term"),
        ({"repayment_method": "flat"}, "flat"),
        ({"guarantee_kind": "joint_farmers"}, "joint_farmers"),
        ({"product": "sme_working_capital"}, "person"),
    ],
)
def test_what_the_product_does_not_offer_is_a_business_error(case, outside, said):
    with pytest.raises(BpmnError, match=said) as error:
        case.register(**outside)
    assert error.value.code == "OUTSIDE_PRODUCT"


@pytest.mark.parametrize("bound", [{"amount": Decimal(10000)}, {"amount": Decimal(5000000)}, {"term_months": 60}])
def test_the_bounds_themselves_are_inside(case, bound):
    assert case.register(**bound)


def test_an_application_keeps_the_version_of_the_product_it_was_made_under(case):
    case.register()
    old = current_product(case.session, "personal_business", case.now.date())
    terms = {
        column.key: getattr(old, column.key)
        for column in sa.inspect(old).mapper.column_attrs
        if column.key not in ("id", "version", "code")
    }
    terms |= {"max_amount": Decimal(50000), "valid_from": dt.date(2026, 4, 1)}
    options = {topic: old.offered(topic) for topic in ("customer_kind", "repayment_method", "guarantee_kind")}
    new = add_product_version(case.session, "personal_business", options=options, **terms)
    assert new.version == 2
    assert current_product(case.session, "personal_business", dt.date(2026, 3, 31)).version == 1
    assert current_product(case.session, "personal_business", dt.date(2026, 4, 1)).version == 2
    case.session.expire_all()
    assert case.session.scalars(sa.select(Application)).one().product.version == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"customer_id": "C-999999"}, "customer_id"),
        ({"guarantor_ids": ["C-999999"]}, "guarantor_ids"),
        ({"guarantor_ids": ["C-000001"]}, "guarantor_ids"),
        ({"guarantor_ids": "C-000001"}, "guarantor_ids"),
        ({"guarantor_ids": ["C-000002", "C-000002"]}, "guarantor_ids"),
        ({"amount": Decimal("100.001")}, "amount"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"amount": "100"}, "amount"),
        ({"amount": True}, "amount"),
        ({"term_months": Decimal("1.5")}, "term_months"),
        ({"repayment_method": "never"}, "repayment_method"),
        ({"purpose": None}, "purpose"),
    ],
)
def test_what_cannot_be_is_refused_by_name(case, wrong, field):
    with pytest.raises(Invalid) as refused:
        case.register(**wrong)
    assert list(refused.value.errors) == [field]


def test_a_refusal_is_entered_in_its_register(case):
    number = case.register()
    entered = case.call("application.refuse", application_no=number, reason_code="AGE", reason="未满十八周岁")
    entry = case.session.scalars(sa.select(RegisterEntry)).one()
    assert entered == {"register_no": entry.number, "reason": "未满十八周岁"}
    assert entry.number == f"RF-2026-{case.unit_id}-0001"
    assert (entry.register, entry.reason, entry.entered_by) == ("refusals", "未满十八周岁", "li")
    assert case.session.scalars(sa.select(Application)).one().status == "refused"


def test_a_loan_not_disbursed_is_entered_with_its_stage(case):
    number = case.register()
    entered = case.call(
        "application.not_disbursed", application_no=number, stage="signing", reason_code="GONE", reason="客户放弃"
    )
    assert entered == {"register_no": f"ND-2026-{case.unit_id}-0001"}
    assert case.session.scalars(sa.select(RegisterEntry)).one().stage == "signing"


def test_a_refusal_needs_a_reason(case):
    with pytest.raises(Invalid, match="reason: must not be blank"):
        case.call("application.refuse", application_no=case.register(), reason_code="AGE", reason=" ")


def test_what_is_paid_out_can_no_longer_be_refused(case):
    case.disburse(case.signed_contract())
    for name, more in (("application.refuse", {}), ("application.not_disbursed", {"stage": "signing"})):
        with pytest.raises(Invalid, match="paid out"):
            case.call(name, application_no="A-2026-0001", reason_code="X", reason="x", **more)


def test_an_application_of_another_unit_does_not_exist(case):
    number = case.register()
    with pytest.raises(Invalid, match="no application"):
        dataclasses.replace(case, unit_id=case.unit_id + 1).call(
            "application.refuse", application_no=number, reason_code="X", reason="x"
        )


def test_opinions_are_kept_by_stage_and_round(case):
    number = case.register()
    opinion = {
        "application_no": number,
        "opinion": "for",
        "reasons": "收入稳定",
        "facts": {"income": Decimal("8000.50")},
    }
    first = case.call("opinion.record", stage="investigation_a", **opinion)
    case.actor = "wang"
    other = case.call("opinion.record", stage="investigation_b", **{**opinion, "opinion": "against"})
    again = case.call("opinion.record", stage="investigation_a", **{**opinion, "facts": None})
    assert [found["opinion_no"] for found in (first, other, again)] == [
        "A-2026-0001/investigation_a/1",
        "A-2026-0001/investigation_b/1",
        "A-2026-0001/investigation_a/2",
    ]
    case.session.expire_all()
    kept = case.session.scalars(sa.select(Opinion).order_by(Opinion.id)).all()
    assert [(row.person, row.opinion) for row in kept] == [("li", "for"), ("wang", "against"), ("wang", "for")]
    assert kept[0].facts == {"income": Decimal("8000.50")}


def test_an_opinion_is_somebodys(case):
    number = case.register()
    case.actor = None
    with pytest.raises(Invalid, match="nobody acts"):
        case.call("opinion.record", application_no=number, stage="legal", opinion="for", reasons="合法")
