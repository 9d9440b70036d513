"""Contracts follow the approval, are signed before two witnesses; guarantees are registered once (LEG-1 to LEG-4)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import Invalid
from models.applications import Application
from models.contracts import Contract, ContractVersion, GuaranteeRegistration


@pytest.fixture
def approved(case):
    """The number of an approved application."""
    number = case.register()
    case.resolve(number)
    return number


def test_each_kind_gets_a_contract_with_a_number_of_its_own(case, approved):
    drafted = case.draft(approved, clauses=["每月报送报表"])
    unit = case.unit_id
    assert drafted == {
        "contract_no": f"LC-2026-{unit}-0001",
        "contracts": [
            {"kind": "loan", "number": f"LC-2026-{unit}-0001", "title": "借款合同"},
            {"kind": "mortgage", "number": f"MC-2026-{unit}-0001", "title": "抵押合同"},
        ],
        "security_items": ["担保物（见合同）"],
        "guarantee_issuers": [""],
    }
    case.session.expire_all()
    assert case.session.scalars(sa.select(Contract).where(Contract.kind == "loan")).one().clauses == ["每月报送报表"]
    assert case.session.scalars(sa.select(Application.status)).one() == "contracted"


def test_drafting_again_keeps_numbers_and_voids_what_is_no_longer_wanted(case, approved):
    first = case.draft(approved)
    again = case.draft(approved, kinds=["loan", "pledge"], amount=Decimal(90000))
    assert again["contract_no"] == first["contract_no"]
    contracts = {contract.kind: contract for contract in case.session.scalars(sa.select(Contract))}
    assert {kind: contract.status for kind, contract in contracts.items()} == {
        "loan": "draft",
        "mortgage": "void",
        "pledge": "draft",
    }
    assert contracts["loan"].amount == 90000


@pytest.mark.parametrize(
    ("day_count", "rule", "interest", "due_days"),
    [
        ("30/360", "as_is", "每月按三十天、每年按三百六十天", "应还日不变"),
        ("ACT/360", "next_working_day", "日利率为年利率除以三百六十。", "顺延至其后第一个工作日"),
        ("ACT/365", "as_is", "日利率为年利率除以三百六十五。", "应还日不变"),
    ],
)
def test_the_loan_contract_agrees_on_what_the_schedule_reckons_with(
    case, approved, day_count, rule, interest, due_days
):
    case.session.scalars(sa.select(Application)).one().product.day_count = day_count
    number = case.draft(approved, due_day_rule=rule)["contract_no"]
    version = case.session.scalars(sa.select(ContractVersion).join(Contract).where(Contract.number == number)).one()
    text = str(version.clauses)
    assert interest in text
    assert due_days in text


@pytest.mark.parametrize(
    ("beyond", "field"),
    [
        ({"amount": Decimal("100000.01")}, "amount"),
        ({"term_months": Decimal(13)}, "term_months"),
        ({"kinds": ["mortgage"]}, "kinds"),
        ({"kinds": ["loan", "marriage"]}, "kinds"),
        ({"start": "tomorrow"}, "start"),
    ],
)
def test_a_contract_stays_within_its_approval(case, approved, beyond, field):
    with pytest.raises(Invalid) as refused:
        case.draft(approved, **beyond)
    assert list(refused.value.errors) == [field]


def test_without_an_approval_there_is_no_contract(case):
    number = case.register()
    with pytest.raises(Invalid, match="not approved but registered"):
        case.draft(number)
    case.resolve(number)
    case.resolve(number, result="refused")
    with pytest.raises(Invalid, match="not approved but refused"):
        case.draft(number)


def test_an_approval_ends(case, approved):
    case.now = dt.datetime(2026, 5, 1, 15, 59, tzinfo=dt.UTC)  # a minute before midnight in Shanghai
    case.draft(approved)
    case.now += dt.timedelta(minutes=1)
    with pytest.raises(Invalid, match="ended on 2026-05-01"):
        case.draft(approved)


def test_signing_signs_every_contract_of_the_application(case, approved):
    drafted = case.draft(approved)
    assert case.sign(drafted["contract_no"], spouse_signed=False, spouse_reason="未婚") == {"signed": True}
    for contract in case.session.scalars(sa.select(Contract)):
        assert (contract.status, contract.witness_1, contract.witness_2) == ("signed", "王五", "赵六")
        assert (contract.spouse_signed, contract.spouse_reason) == (False, "未婚")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"witnesses": ["王五"]}, "witnesses"),
        ({"witnesses": ["王五", "王五"]}, "witnesses"),
        ({"spouse_signed": False}, "spouse_reason"),
        ({"spouse_signed": "yes"}, "spouse_signed"),
        ({"receiving_account": None}, "receiving_account"),
        ({"contract_no": "LC-0"}, "contract_no"),
    ],
)
def test_a_signing_without_its_formalities_is_refused(case, approved, wrong, field):
    contract_no = case.draft(approved)["contract_no"]
    with pytest.raises(Invalid) as refused:
        case.sign(**{"contract_no": contract_no, **wrong})
    assert list(refused.value.errors) == [field]


def test_what_is_signed_is_neither_signed_nor_drafted_again(case, approved):
    contract_no = case.draft(approved)["contract_no"]
    case.sign(contract_no)
    with pytest.raises(Invalid, match="signed, not a draft"):
        case.sign(contract_no)
    with pytest.raises(Invalid, match="signed already"):
        case.draft(approved)


def register_guarantee(case, number, **changed):
    inputs = {
        "application_no": number,
        "kind": "mortgage",
        "certificate_no": "京(2026)朝阳0001",
        "registered_on": "2026-03-06",
        "authority_name": "不动产登记中心",
        "notarised": True,
        **changed,
    }
    return case.call("guarantee.register", **inputs)["guarantee_no"]


def test_a_certificate_is_recorded_once(case, approved):
    number = register_guarantee(case, approved, notarised=False)
    assert number == f"GR-2026-{case.unit_id}-0001"
    assert register_guarantee(case, approved) == number
    kept = case.session.scalars(sa.select(GuaranteeRegistration)).one()
    assert (kept.registered_on, kept.notarised) == (dt.date(2026, 3, 6), True)


def test_a_certificate_secures_one_application(case, approved):
    register_guarantee(case, approved)
    other = dataclasses.replace(case, business_key="A-2026-0002", instance_id=uuid.uuid4())
    with pytest.raises(Invalid, match="another application"):
        register_guarantee(other, other.register())
