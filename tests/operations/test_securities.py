"""What of a security ends is watched, asked for once, and renewed (LEG-4)."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from engine.errors import Invalid
from models.contracts import GuaranteeRegistration
from models.security_papers import SecurityPaper


@pytest.fixture
def application_no(case):
    number = case.register()
    case.resolve(number)
    case.call("opinion.record", application_no=number, stage="investigation_a", opinion="for", reasons="可", facts={})
    return number


def register(case, number, **changed):
    inputs = {
        "application_no": number,
        "kind": "mortgage",
        "certificate_no": "京(2026)朝阳0001",
        "registered_on": "2026-03-06",
        "authority_name": "不动产登记中心",
        "notarised": True,
        "item": "住房一套",
        "custodian": "洪岚",
        "rank": 1,
        "insurer": "财险公司",
        "policy_no": "P-1",
        "insured_until": "2026-03-31",
        "appraiser": "评估公司",
        "report_no": "R-1",
        "valued_until": "2027-03-05",
        **changed,
    }
    return case.call("guarantee.register", **inputs)["guarantee_no"]


def ending(case, days=30):
    return case.call("security.ending", within_days=days)["papers"]


def test_a_registration_keeps_what_finance_asks_for(case, application_no):
    register(case, application_no, applied_on="2026-03-04", fee=80)
    kept = case.session.scalars(sa.select(GuaranteeRegistration)).one()
    assert (kept.item, kept.custodian, kept.rank, kept.applied_on) == ("住房一套", "洪岚", 1, dt.date(2026, 3, 4))
    papers = case.session.scalars(sa.select(SecurityPaper).order_by(SecurityPaper.kind)).all()
    assert [(paper.kind, paper.number, paper.valid_until) for paper in papers] == [
        ("insurance", "P-1", dt.date(2026, 3, 31)),
        ("valuation", "R-1", dt.date(2027, 3, 5)),
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"applied_on": "2026-03-07"}, "applied_on"),
        ({"policy_no": None}, "policy_no"),
        ({"insured_until": None}, "insured_until"),
        ({"insured_until": "2026-03-05"}, "valid_until"),
        ({"rank": 0}, "rank"),
    ],
)
def test_a_registration_that_cannot_be_is_refused(case, application_no, wrong, field):
    with pytest.raises(Invalid) as refused:
        register(case, application_no, **wrong)
    assert list(refused.value.errors) == [field]


def test_what_ends_soon_is_found_once(case, application_no):
    register(case, application_no, valid_until="2026-04-01")
    (insurance,) = ending(case, 29)
    assert insurance["paper_kind"] == "insurance"
    assert insurance["manager"] == "li"
    assert [paper["paper_kind"] for paper in ending(case, 30)] == ["registration"]
    assert ending(case, 30) == []


def test_what_has_ended_unseen_is_found_too(case, application_no):
    register(case, application_no)
    case.now += dt.timedelta(days=100)
    assert [paper["number"] for paper in ending(case)] == ["P-1"]


def renew(case, paper, **changed):
    inputs = {"renewed": True, "number": "P-2", "valid_from": "2026-04-01", "valid_until": "2027-03-31", **changed}
    return case.call("security.renew", paper_id=paper["paper_id"], **inputs)


def test_a_renewal_takes_the_place_and_is_watched_in_turn(case, application_no):
    register(case, application_no)
    (paper,) = ending(case)
    assert renew(case, paper) == {"renewed": True}
    old, new = case.session.scalars(
        sa.select(SecurityPaper).where(SecurityPaper.kind == "insurance").order_by(SecurityPaper.id)
    ).all()
    assert (old.ended_why, old.renewed_by_id, new.issuer) == ("renewed", new.id, "财险公司")
    with pytest.raises(Invalid, match="was dealt with"):
        renew(case, paper, number="P-3")
    case.now += dt.timedelta(days=380)
    assert "P-2" in [found["number"] for found in ending(case)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"valid_until": "2026-03-31"}, "valid_until"),
        ({"number": None}, "number"),
        ({"number": "P-1"}, "number"),
        ({"renewed": False}, "reason"),
        ({"valid_from": "2027-04-01"}, "valid_until"),
    ],
)
def test_a_renewal_that_renews_nothing_is_refused(case, application_no, wrong, field):
    register(case, application_no)
    (paper,) = ending(case)
    with pytest.raises(Invalid) as refused:
        renew(case, paper, **wrong)
    assert list(refused.value.errors) == [field]


def test_what_is_needed_no_more_ends_with_its_reason(case, application_no):
    register(case, application_no)
    (paper,) = ending(case)
    assert renew(case, paper, renewed=False, reason="贷款已结清") == {"renewed": False}
    kept = case.session.get(SecurityPaper, int(paper["paper_id"]))
    assert (kept.ended_on, kept.ended_why) == (dt.date(2026, 3, 2), "贷款已结清")


def test_a_task_for_what_the_desk_renewed_meanwhile_ends_without_a_change(case, application_no):
    register(case, application_no)
    paper = case.session.scalars(sa.select(SecurityPaper).where(SecurityPaper.kind == "insurance")).one()
    new = {"number": "P-2", "valid_from": "2026-04-01", "valid_until": "2027-03-31"}
    case.call("security.renew", paper_id=paper.id, renewed=True, **new)
    assert case.call("security.renew", paper_id=paper.id, renewed=False, reason="已续办") == {"renewed": True}
    assert paper.ended_why == "renewed"
