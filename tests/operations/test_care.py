"""Return visits, prospects, targets and complaints: due once, kept, told in time (CUS-2 to CUS-4, PLN-2)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.service.actors import Actor
from engine.values import loads
from models.care import Complaint, Prospect, Visit
from models.people import Unit
from models.queries import prospects as lists
from models.queries.people import add_person, add_unit, find_person
from models.tasks import KeptMessage
from operations import prospects
from operations.relations import RecordedRelations
from operations.standard_targets import add_standard_targets
from tests.operations.conftest import MONDAY, Case, furnish

TODAY = MONDAY.date()


@pytest.fixture
def staffed(session):
    """A branch with two account managers and their manager, and a person of another branch."""
    unit = furnish(session)
    add_standard_targets(session)
    other = add_unit(session, "二支行")
    name = session.get_one(Unit, unit).name
    for person, roles, where in (
        ("wang", ["account_manager"], name),
        ("zhao", ["account_manager"], name),
        ("qian", ["dept_manager"], name),
        ("far", ["account_manager"], other.name),
        ("audit", ["auditor"], other.name),
    ):
        add_person(session, MONDAY, person, "long enough", roles=roles, unit=where)
    return unit


def actor(session, name):
    person = find_person(session, name)
    return Actor(name, person.unit_id, person.unit.path, frozenset(held.role for held in person.roles))


def keep(session, name, by="wang", **facts):
    given = {"name": name, "source": "visit", "need": "想贷款买农机", **facts}
    return prospects.add(session, actor(session, by), given, MONDAY, TODAY)


# --- return visits


def paid_out(session, unit):
    case = Case(session, unit, actor="wang")
    number = case.disburse(case.signed_contract())["loan_no"]
    return case, number


def test_a_return_visit_is_due_once_after_its_days(session, staffed):
    case, loan_no = paid_out(session, staffed)
    case.call("opinion.record", application_no="A-2026-0001", stage="investigation_a", opinion="for", reasons="同意")
    assert case.call("visit.call_due", after="P15D") == {"visits_begun": 0}
    later = replace(case, now=case.now + dt.timedelta(days=15), instance_id=uuid.uuid4(), jobs=[])
    assert later.call("visit.call_due", after="P15D") == {"visits_begun": 1}
    assert later.call("visit.call_due", after="P15D") == {"visits_begun": 0}
    [(kind, payload)] = later.jobs
    message = session.get_one(KeptMessage, payload["kept"])
    assert (kind, payload["unit"], message.name) == ("message", staffed, "return_visit_due")
    assert loads(message.correlation) == {"loan_no": loan_no}
    assert loads(message.payload)["officer"] == "wang"
    [visit] = session.scalars(sa.select(Visit))
    assert (visit.state, visit.kind, visit.unit_id) == ("due", "return", staffed)


def test_a_visit_to_an_officer_who_left_is_for_any_of_them(session, staffed):
    case, _ = paid_out(session, staffed)
    case.call("opinion.record", application_no="A-2026-0001", stage="investigation_a", opinion="for", reasons="同意")
    find_person(session, "wang").disabled = True
    later = replace(case, now=case.now + dt.timedelta(days=15), jobs=[])
    later.call("visit.call_due", after="P15D")
    assert loads(session.get_one(KeptMessage, later.jobs[0][1]["kept"]).payload)["officer"] is None


def test_a_visit_is_kept_and_a_new_phone_goes_into_the_file(session, staffed):
    case, _ = paid_out(session, staffed)
    later = replace(case, now=case.now + dt.timedelta(days=20), jobs=[])
    later.call("visit.call_due", after="P15D")
    visit = session.scalars(sa.select(Visit)).one()
    later.call(
        "visit.record",
        visit_no=visit.number,
        customer_name="张三",
        result="done",
        visited_on="2026-03-22",
        satisfaction=Decimal(4),
        use_as_agreed="yes",
        findings="苗木到位",
        phone="13900000000",
    )
    assert (visit.state, visit.visitor, visit.satisfaction, visit.customer.phone) == ("done", "wang", 4, "13900000000")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"visit_no": "RV-0"}, "visit_no"),
        ({"customer_id": "C-999999"}, "customer_id"),
        ({"satisfaction": Decimal(6)}, "satisfaction"),
    ],
)
def test_what_is_wrong_with_a_visit_is_named(session, staffed, changed, field):
    case = Case(session, staffed, actor="wang")
    with pytest.raises(Invalid) as wrong:
        case.call("visit.record", **{"customer_name": "张三", "result": "done", **changed})
    assert set(wrong.value.errors) == {field}


def test_on_site_visits_enter_the_register_when_both_have_reported(session, staffed):
    case = Case(session, staffed, actor="wang")
    number = case.register()
    facts = {"visited_on": dt.date(2026, 3, 2), "place": "柳林大道"}
    given = {"application_no": number, "opinion": "for", "reasons": "同意", "facts": facts}
    case.call("opinion.record", stage="investigation_a", **given)
    assert session.scalar(sa.select(sa.func.count(Visit.id))) == 0
    replace(case, actor="zhao").call("opinion.record", stage="investigation_b", **given)
    visits = session.scalars(sa.select(Visit).order_by(Visit.id)).all()
    assert sorted(visit.visitor for visit in visits) == ["wang", "zhao"]
    assert {(visit.kind, visit.state, visit.place) for visit in visits} == {("on_site", "done", "柳林大道")}


# --- complaints


def complain(case, **changed):
    given = {"channel": "counter", "kind": "service", "content": "等候过久", "answer_within": "P15D", **changed}
    return case.call("complaint.register", **given)


def test_a_complaint_has_its_limit_in_working_days_and_is_put_off_once(session, staffed):
    case = Case(session, staffed, business_key="CP-1")
    entered = complain(case)
    assert entered == complain(case)
    assert entered["complaint_no"] == "CP-1"
    assert entered["answer_due"] == MONDAY + dt.timedelta(days=21)
    later = case.call("complaint.extend", complaint_no="CP-1", within="P15D", reason="取证")
    assert later["answer_due"] > entered["answer_due"]
    with pytest.raises(Invalid):
        case.call("complaint.extend", complaint_no="CP-1", within="P15D", reason="再延")


def test_a_complaint_is_answered_then_summed_up(session, staffed):
    case = Case(session, staffed, business_key="CP-1")
    complain(case)
    with pytest.raises(Invalid):
        case.call("complaint.close", complaint_no="CP-1", summary="改进")
    assert case.call("complaint.watch", complaint_no="CP-1")["limit_state"] == "running"
    late = replace(case, now=case.now + dt.timedelta(days=60))
    assert late.call("complaint.watch", complaint_no="CP-1")["limit_state"] == "overdue"
    assert late.call("complaint.answer", complaint_no="CP-1", conclusion="upheld") == {"in_time": False}
    assert late.call("complaint.watch", complaint_no="CP-1")["limit_state"] == "answered"
    late.call("complaint.close", complaint_no="CP-1", summary="改进")
    assert session.scalars(sa.select(Complaint.state)).one() == "closed"


def test_nobody_investigates_a_complaint_about_himself(session, staffed):
    case = Case(session, staffed, business_key="CP-1")
    complain(case, about_person="wang")
    judged = {"complaint_no": "CP-1", "kind": "conduct", "admissible": "yes", "reasons": "明确"}
    for investigator in ("wang", "nobody at all", None):
        with pytest.raises(Invalid) as wrong:
            case.call("complaint.judge", investigator=investigator, **judged)
        assert set(wrong.value.errors) == {"investigator"}
    assert case.call("complaint.judge", investigator="zhao", **judged)["investigator"] == "zhao"
    with pytest.raises(Invalid):
        complain(replace(case, instance_id=uuid.uuid4(), business_key="CP-2"), about_person="nobody at all")


def test_whom_a_case_is_about_is_related_to_it(session, staffed):
    relations = RecordedRelations()
    assert relations.related(session, "wang", {"staff": ["wang"]}).party == "staff"
    assert relations.related(session, "zhao", {"staff": ["wang"]}) is None
    assert set(relations.staff_of(session, {"staff": ["wang"]})) == {"wang"}


def test_a_complaint_of_another_case_is_not_touched(session, staffed):
    complain(Case(session, staffed, business_key="CP-1"))
    with pytest.raises(Invalid):
        Case(session, staffed).call("complaint.answer", complaint_no="CP-1", conclusion="upheld")


# --- prospects and targets


def test_a_prospect_from_its_finding_to_the_application(session, staffed):
    made = keep(session, "陈梅", phone="13800138000", next_contact_on=TODAY)
    wang = actor(session, "wang")
    prospects.talk(session, wang, made.number, {"way": "phone", "note": "愿意面谈", "next_on": "2026-03-05"}, MONDAY)
    assert (made.state, made.next_contact_on, made.contacts[0].note) == ("talking", dt.date(2026, 3, 5), "愿意面谈")
    number = Case(session, staffed).register()
    prospects.convert(session, wang, made.number, number)
    assert (made.state, made.next_contact_on) == ("applied", None)
    with pytest.raises(Conflict):
        prospects.lose(session, wang, made.number, "改主意")
    with pytest.raises(Conflict):
        prospects.convert(session, wang, keep(session, "刘志强").number, number)


def test_two_at_once_the_second_is_told(session, staffed):
    made = keep(session, "陈梅")
    wang, facts = actor(session, "wang"), {"name": "陈梅芳", "source": "visit", "need": "农机"}
    prospects.change(session, wang, made.number, facts, version=1)
    with pytest.raises(Conflict):
        prospects.change(session, wang, made.number, facts, version=1)


def test_who_sees_and_changes_prospects(session, staffed):
    made = keep(session, "陈梅")
    for name, sees in (("wang", True), ("qian", True), ("audit", True), ("zhao", False), ("far", False)):
        found = session.scalar(lists.visible(actor(session, name)).where(Prospect.number == made.number))
        assert (found is not None) == sees, name
    for name, error in (("zhao", NotFound), ("far", NotFound), ("audit", Forbidden)):
        with pytest.raises(error):
            prospects.lose(session, actor(session, name), made.number, "不要了")
    with pytest.raises(Forbidden):
        keep(session, "甲", by="audit")
    with pytest.raises(Forbidden):
        prospects.hand_over(session, actor(session, "wang"), made.number, "zhao")
    with pytest.raises(Invalid):
        prospects.hand_over(session, actor(session, "qian"), made.number, "far")
    assert prospects.hand_over(session, actor(session, "qian"), made.number, "zhao").owner == "zhao"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "name"),
        ({"source": "heaven"}, "source"),
        ({"next_contact_on": "soon"}, "next_contact_on"),
        ({"x": 1}, "x"),
    ],
)
def test_what_is_wrong_with_a_prospect_is_named(session, staffed, facts, field):
    with pytest.raises(Invalid) as wrong:
        prospects.add(
            session, actor(session, "wang"), {"name": "陈梅", "source": "visit", "need": "农机", **facts}, MONDAY, TODAY
        )
    assert field in wrong.value.errors


def test_account_managers_are_reminded_of_whom_to_talk_to(session, staffed):
    keep(session, "陈梅", next_contact_on=TODAY)
    keep(session, "刘志强", next_contact_on=TODAY - dt.timedelta(days=3))
    keep(session, "马超", next_contact_on=TODAY + dt.timedelta(days=1))
    keep(session, "何永福", by="zhao", next_contact_on=TODAY)
    found = Case(session, staffed).call("prospect.remind")["reminders"]
    assert {item["to"]: item["facts"]["count"] for item in found} == {"wang": 2, "zhao": 1}
    assert "刘志强" in found[0]["facts"]["prospects"]


def test_a_missed_target_is_told_to_the_manager_of_the_unit(session, staffed):
    keep(session, "陈梅")
    case = Case(session, staffed, now=MONDAY + dt.timedelta(days=4, hours=8))
    told = case.call("target.missed")
    assert told["missed_count"] == 2  # zhao, and far of the branch without a manager
    [notice] = told["missed"]
    assert notice["to"] == "qian"
    assert "zhao" in notice["facts"]["lines"]
    assert "wang" not in notice["facts"]["lines"]


def test_targets_of_a_person_go_before_those_of_the_role_from_their_week_on(session, staffed):
    qian = actor(session, "qian")
    prospects.set_target(session, qian, {"person": "wang", "since": TODAY, "prospects": 3}, MONDAY)
    prospects.set_target(session, qian, {"person": "zhao", "since": "2026-03-11", "prospects": 0}, MONDAY)
    weeks = {
        week: {
            item.person.name: item.target for item in lists.standings(session, qian.unit_path, week, prospects.OFFICERS)
        }
        for week in (TODAY - dt.timedelta(days=7), TODAY, TODAY + dt.timedelta(days=7))
    }
    assert [targets["wang"] for targets in weeks.values()] == [1, 3, 3]
    assert [targets["zhao"] for targets in weeks.values()] == [1, 1, 0]
    assert weeks[TODAY]["qian"] is None
    for given in (
        {"person": "far", "since": TODAY, "prospects": 1},
        {"since": TODAY, "prospects": 1},
        {"person": "wang", "since": TODAY, "prospects": -1},
    ):
        with pytest.raises(Invalid):
            prospects.set_target(session, qian, given, MONDAY)
    with pytest.raises(Forbidden):
        prospects.set_target(session, qian, {"role": "account_manager", "since": TODAY, "prospects": 2}, MONDAY)
    with pytest.raises(Forbidden):
        prospects.set_target(
            session, actor(session, "wang"), {"person": "wang", "since": TODAY, "prospects": 0}, MONDAY
        )
