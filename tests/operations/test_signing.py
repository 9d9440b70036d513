"""A signing is agreed on in working time ahead, and nobody signs without the own paper (LEG-2, LEG-3)."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from engine.errors import Invalid
from models.contracts import Contract
from models.customers import Customer, CustomerRelation
from models.queries.people import add_person
from models.signings import ContractSigner, SealUse, SigningAppointment
from tests.operations.conftest import SHANGHAI

SEAL = {"seal": "合同专用章", "seal_by": "洪岚", "seal_copies": 3}


@pytest.fixture
def drafted(case):
    """The number of a drafted and reviewed loan contract."""
    number = case.register()
    case.resolve(number)
    contract_no = case.draft(number)["contract_no"]
    case.call("contract.review", contract_no=contract_no, contract_check="pass", contract_check_reasons="可")
    return contract_no


def arrange(case, contract_no, at=dt.datetime(2026, 3, 3, 15, tzinfo=SHANGHAI), **changed):
    inputs = {
        "contract_no": contract_no,
        "signing_at": at,
        "signing_place": "面签室",
        "receiving_account": "6228480012345678",
        "things_to_bring": "身份证",
        "notice": "PT4H",
        **changed,
    }
    return case.call("signing.arrange", **inputs)


def signer(capacity="borrower", name="张三", **changed):
    return {
        "signer_name": name,
        "signer_capacity": capacity,
        "signer_paper_kind": "resident_id",
        "signer_paper_no": "110101199003070011",
        "signer_original": True,
        "signer_signed": True,
        **changed,
    }


def record(case, contract_no, signers=None, **changed):
    inputs = {
        "contract_no": contract_no,
        "signing_result": "signed",
        "signed_on": "2026-03-03",
        "signers": [signer(), signer("mortgagor")] if signers is None else signers,
        "seals": [SEAL],
        **changed,
    }
    return case.call("signing.record", **inputs)


@pytest.mark.parametrize(
    ("now", "at", "fits"),
    [
        ((2, 9), (2, 13, 0), False),  # four hours, but for the hour of rest at noon
        ((2, 9), (3, 9, 0), True),
        ((2, 9), (1, 15, 0), False),  # past
        ((6, 16), (7, 10, 0), False),  # a Saturday: the hours in between are nobody's working time
        ((6, 16), (9, 10, 0), False),
        ((6, 16), (9, 15, 0), True),
    ],
)
def test_half_a_day_is_half_a_day_of_work(case, drafted, now, at, fits):
    case.now = dt.datetime(2026, 3, *now, tzinfo=SHANGHAI)
    wanted = dt.datetime(2026, 3, *at, tzinfo=SHANGHAI)
    if fits:
        arrange(case, drafted, wanted)
    else:
        with pytest.raises(Invalid) as refused:
            arrange(case, drafted, wanted)
        assert list(refused.value.errors) == ["signing_at"]


def test_the_earliest_time_is_told_as_the_clock_of_the_house_shows_it(case, drafted):
    case.now = dt.datetime(2026, 9, 30, 10, tzinfo=dt.UTC)  # 18:00 there, before a week of holidays
    with pytest.raises(Invalid) as refused:
        arrange(case, drafted, dt.datetime(2026, 10, 8, 9, tzinfo=SHANGHAI))
    assert "2026-10-08 14:00" in refused.value.errors["signing_at"]


def test_customer_and_witnesses_are_told_when_and_where(case, drafted):
    add_person(case.session, case.now, "hong", "long enough")
    given = arrange(case, drafted, witness_1="hong")
    assert [told["to"] for told in given["recipients"]] == ["borrower", "hong", "account_manager"]
    facts = given["recipients"][0]["facts"]
    assert (facts["application_no"], facts["signing_at"]) == ("A-2026-0001", "2026-03-03T15:00:00+08:00")
    assert {(s["signer_name"], s["signer_capacity"]) for s in given["signers"]} == {
        ("张三", "borrower"),
        ("张三", "mortgagor"),
    }


def test_agreed_anew_the_appointment_moves_and_with_the_contract_it_goes(case, drafted):
    arrange(case, drafted)
    moved = arrange(case, drafted, dt.datetime(2026, 3, 4, 10, tzinfo=SHANGHAI))["recipients"][0]
    gone = case.call("contract.void", contract_no=drafted, reason="客户放弃")["recipients"][0]
    assert [told["template"] for told in (moved, gone)] == ["signing_appointment", "signing_cancelled"]
    assert moved["facts"] == gone["facts"]
    states = case.session.scalars(sa.select(SigningAppointment.status).order_by(SigningAppointment.sequence)).all()
    assert states == ["moved", "cancelled"]


def test_witnesses_are_two_people_of_the_house(case, drafted):
    add_person(case.session, case.now, "hong", "long enough")
    with pytest.raises(Invalid, match="there is nobody of the name ghost"):
        arrange(case, drafted, witness_2="ghost")
    with pytest.raises(Invalid, match="somebody else"):
        arrange(case, drafted, witness_1="hong", witness_2="hong")
    with pytest.raises(Invalid, match="somebody else than 洪岚"):
        case.call("signing.witness", witness_1="洪岚", witness_2="洪岚")


def test_the_account_is_written_into_what_was_reviewed(case, drafted):
    arrange(case, drafted)
    loan = case.session.scalars(sa.select(Contract).where(Contract.kind == "loan")).one()
    assert (loan.version, loan.reviewed_version) == (2, 2)
    assert any("6228480012345678" in clause["text"] for clause in loan.versions[-1].clauses)


def test_signers_and_seals_are_on_record(case, drafted):
    arrange(case, drafted)
    given = record(case, drafted)
    assert given["seal_nos"] == [f"SU-2026-{case.unit_id}-000{n}" for n in (1, 2)]
    kept = case.session.scalars(sa.select(ContractSigner).order_by(ContractSigner.n)).all()
    assert [(row.capacity, row.paper_no, row.original_seen) for row in kept] == [
        ("borrower", "110101199003070011", True),
        ("mortgagor", "110101199003070011", True),
    ]
    assert {use.copies for use in case.session.scalars(sa.select(SealUse))} == {3}
    assert case.session.scalars(sa.select(SigningAppointment.status)).one() == "held"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"signers": [signer()]}, "signers"),
        ({"signers": [signer(), signer("mortgagor", signer_paper_no="110101199003070022")]}, "signers"),
        ({"signers": [signer(), signer("mortgagor", signer_original=False)]}, "signers"),
        ({"signers": [signer(), signer("mortgagor", signer_signed=False)]}, "signers"),
        ({"signers": [signer(), signer("mortgagor"), signer("spouse", "刘强", signer_signed=False)]}, "signers"),
        ({"spouse_signed": True}, "signers"),
        (
            {
                "spouse_signed": True,
                "signers": [signer(), signer("mortgagor"), signer("spouse", signer_signed=False, signer_reason="外出")],
            },
            "signers",
        ),
        ({"scan_required": True}, "signing_result"),
        ({"seals": []}, "seals"),
        ({"seals": [{**SEAL, "seal_contract": "LC-0"}]}, "seals"),
        ({"by_video": True}, "video_reason"),
        ({"signed_on": None}, "signed_on"),
    ],
)
def test_a_signing_without_papers_signatures_or_seals_is_refused(case, drafted, wrong, field):
    arrange(case, drafted)
    with pytest.raises(Invalid) as refused:
        record(case, drafted, **wrong)
    assert list(refused.value.errors) == [field]


def test_a_spouse_who_did_not_sign_is_recorded_with_the_reason(case, drafted):
    spouse = signer(
        "spouse", "刘强", signer_signed=False, signer_reason="外出务工", signer_marriage_paper="结婚证 J410-1"
    )
    record(case, drafted, [signer(), signer("mortgagor"), spouse])
    kept = case.session.scalars(sa.select(ContractSigner).where(ContractSigner.capacity == "spouse")).one()
    assert (kept.signed, kept.reason, kept.marriage_paper) == (False, "外出务工", "结婚证 J410-1")


@pytest.mark.parametrize("result", ["postponed", "abandoned"])
def test_without_a_signature_nothing_is_recorded(case, drafted, result):
    assert record(case, drafted, [], signing_result=result, seals=[], signed_on=None) == {
        "seal_nos": [],
        "scan_missing": False,
    }
    assert case.session.scalars(sa.select(ContractSigner)).all() == []


def test_a_spouse_on_record_is_expected_and_the_reason_is_asked_for_once(case, drafted):
    husband = Customer(
        number="C-000099", kind="person", name="刘强", id_kind="resident_id", id_number="2", recorded_at=case.now
    )
    borrower = case.session.scalars(sa.select(Contract)).first().application.customer
    case.session.add(husband)
    case.session.flush()
    case.session.add(
        CustomerRelation(customer_id=borrower.id, other_id=husband.id, kind="spouse", recorded_at=case.now)
    )
    case.session.flush()
    expected = arrange(case, drafted)["signers"]
    assert {"signer_name": "刘强", "signer_capacity": "spouse", "signer_paper_kind": "resident_id"} in expected
    away = signer("spouse", "刘强", signer_signed=False)
    record(case, drafted, [signer(), signer("mortgagor"), away], spouse_reason="外出务工")
    kept = case.session.scalars(sa.select(ContractSigner).where(ContractSigner.capacity == "spouse")).one()
    assert kept.reason == "外出务工"


def test_a_spouse_who_signed_is_on_record_with_the_paper(case, drafted):
    record(case, drafted, [signer(), signer("mortgagor"), signer("spouse", "刘强")], spouse_signed=True)
    kept = case.session.scalars(sa.select(ContractSigner).where(ContractSigner.capacity == "spouse")).one()
    assert (kept.name, kept.signed, kept.original_seen) == ("刘强", True, True)


def test_a_signing_without_a_scan_is_marked(case, drafted):
    assert record(case, drafted)["scan_missing"] is True
