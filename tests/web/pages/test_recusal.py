"""Recusal by every road (GOV-1): who is related to a party, by a chain of relations, gets no step by any of them."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import Refused
from engine.service import actors, conflicts, cosigning, deputies, interventions, moves, recusing, replacing, tasks
from engine.values import loads
from models.cases import CaseEvent
from models.customers import Customer, CustomerRelation
from models.people import StaffRelation
from models.queries.people import find_person
from models.tasks import Notice, Task
from operations import declarations


@pytest.fixture
def family(lending):
    """赵's spouse is 李明, who is the legal representative of 青松贸易: the borrower of the case."""
    with lending.step() as step:
        rows = {}
        for number, (name, kind) in enumerate([("李明", "person"), ("青松贸易", "company"), ("远房", "person")], 1):
            row = Customer(number=f"C-{number:06d}", kind=kind, name=name, recorded_at=step.now, id_number=f"{number}")
            row.id_kind = "credit_code" if kind == "company" else "resident_id"
            step.session.add(row)
            step.session.flush()
            rows[name] = row.id
        for one, kind, other in [("李明", "legal_representative", "青松贸易"), ("远房", "family", "李明")]:
            step.session.add(
                CustomerRelation(customer_id=rows[one], kind=kind, other_id=rows[other], recorded_at=step.now)
            )
    return lending


def relate(house, name, customer, kind="spouse"):
    with house.step() as step:
        person = find_person(step.session, name)
        step.session.add(StaffRelation(person_id=person.id, customer=customer, kind=kind, recorded_at=step.now))


@pytest.fixture
def case(family, work):
    """A case of 青松贸易 in which both investigations wait."""
    case = work.start(customer_name="青松贸易")
    work.complete(case, "check", "li", customer_id="C-000002")
    return case


def events(house, case, kind):
    with house.sessions.reading() as session:
        query = sa.select(CaseEvent).where(CaseEvent.instance_id == case.id, CaseEvent.kind == kind)
        return [loads(event.data) for event in session.scalars(query.order_by(CaseEvent.seq))]


OPINION = {"a_opinion": "for", "a_amount": 1, "a_reasons": "菜棚两座，销路稳定，负债不高"}


def claim(step, task, who):
    return tasks.claim(step, task, who("zhao"))


ROADS = {
    "claim": claim,
    "complete": lambda step, task, who: tasks.complete(step, task, who("zhao"), OPINION),
    "draft": lambda step, task, who: tasks.save_draft(step, task, who("zhao"), {}),
    "delegate to": lambda step, task, who: tasks.delegate(step, task, who("wang"), "zhao"),
    "delegate from": lambda step, task, who: tasks.delegate(step, task, who("zhao"), "wang"),
    "transfer to": lambda step, task, who: tasks.transfer(step, task, who("wang"), "zhao", "忙"),
    "assign to": lambda step, task, who: replacing.assign(step, task, who("root"), "zhao", "忙"),
    "cosign": lambda step, task, who: cosigning.ask(step, task, who("wang"), ["zhao"], "before", "请看"),
    "return": lambda step, task, who: moves.send_back(step, task, who("zhao"), "check", "不全"),
}


@pytest.mark.parametrize("road", ROADS)
def test_no_road_leads_to_the_step(family, case, work, road):
    relate(family, "zhao", "C-000001")
    task = work.task(case, "a")
    with pytest.raises(Refused) as refused, family.step() as step:
        ROADS[road](step, task.id, lambda name: actors.load(step.session, name))
    assert refused.value.rule == "recusal"
    assert str(refused.value).endswith("李明 is spouse of zhao; 李明 is legal representative of 青松贸易.")
    [event] = events(family, case, "refused")
    assert event["why"]["chain"] == [["李明", "spouse", "zhao"], ["李明", "legal_representative", "青松贸易"]]


INTERVENTIONS = {
    "jump": lambda step, case, who: interventions.jump(step, case, who, "a", "b", "快", cancel_others=True),
    "skip": lambda step, case, who: interventions.skip_element(step, case, who, "a", "快"),
    "cancel branch": lambda step, case, who: interventions.end_branch(step, case, who, "a", "快"),
    "variables": lambda step, case, who: interventions.change_variables(step, case, who, {"amount": Decimal(9)}, "快"),
}


@pytest.mark.parametrize("how", INTERVENTIONS)
def test_a_related_administrator_does_not_set_the_case_right_either(family, case, work, how):
    relate(family, "root", "C-000001")
    with pytest.raises(Refused) as refused, family.step() as step:
        INTERVENTIONS[how](step, case.id, actors.load(step.session, "root"))
    assert refused.value.rule == "recusal"


def test_nor_does_one_choose_who_decides_instead(family, case, work):
    relate(family, "root", "C-000001")
    task = work.task(case, "a").id
    with pytest.raises(Refused) as refused, family.step() as step:
        replacing.assign(step, task, actors.load(step.session, "root"), "wang", "快")
    assert refused.value.rule == "recusal"


def test_one_step_further_is_as_far_as_it_goes(family, case, work):
    relate(family, "zhao", "C-000003")  # of whom 李明 is one step, and the firm two
    work.claim(case, "a", "zhao")


def test_rest_and_the_inbox_offer_the_step_to_others_alone(family, case, as_, browse):
    relate(family, "zhao", "C-000001")
    assert as_("zhao").get("/tasks", candidate=1).json["items"] == []
    assert {item["element"] for item in as_("wang").get("/tasks", candidate=1).json["items"]} == {"a", "b"}
    assert "青松贸易" not in browse("zhao").get("/inbox/roles").text
    assert "青松贸易" in browse("wang").get("/inbox/roles").text


def test_the_page_names_the_chain_in_peoples_words(family, case, work, browse):
    relate(family, "zhao", "C-000001")
    page = browse("zhao").get(f"/tasks/{work.task(case, 'a').id}").text
    assert "李明 是 zhao 的配偶；李明 是 青松贸易 的法定代表人" in page


def test_claiming_many_at_once_leaves_out_the_case(family, case, work, browse):
    relate(family, "zhao", "C-000001")
    browse("zhao").get("/inbox/roles")
    answer = browse("zhao").post("/inbox/several", {"do": "claim", "id": str(work.task(case, "a").id)})
    assert "李明 是 zhao 的配偶" in answer.text
    assert work.task(case, "a").assignee is None


def test_delegating_many_at_once_to_a_related_person_moves_nothing(family, case, work, browse):
    work.claim(case, "a", "wang")
    relate(family, "zhao", "C-000001")
    browse("wang").get("/inbox")
    sent = {"do": "delegate", "to": "zhao", "id": str(work.task(case, "a").id)}
    assert "李明 是 zhao 的配偶" in browse("wang").post("/inbox/several", sent).text
    assert work.task(case, "a").assignee == "wang"


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "once"}])
def test_rest_refuses_again_and_again_and_never_answers_from_memory(family, case, work, as_, headers):
    relate(family, "zhao", "C-000001")
    task = work.task(case, "a").id
    roads = {
        "claim": {},
        "complete": {"form": OPINION},
        "return": {"to": "check", "reason": "不全"},
    }
    for road, body in roads.items():
        for _ in range(2):
            answer = as_("zhao").post(f"/tasks/{task}/{road}", body, headers=headers)
            assert (answer.status_code, answer.json["rule"]) == (403, "recusal")
    for road, body in {"delegate": {"to": "zhao"}, "transfer": {"to": "zhao", "reason": "忙"}}.items():
        answer = as_("wang").post(f"/tasks/{task}/{road}", body, headers=headers)
        assert (answer.status_code, answer.json["rule"]) == (403, "recusal")
    assert work.task(case, "a").assignee is None


def test_a_step_returned_does_not_come_back_to_somebody_who_became_related(family, case, work):
    work.claim(case, "a", "zhao")
    relate(family, "zhao", "C-000001")
    with family.step() as step:
        assert recusing.relation_recorded(step, "zhao") == 1
    assert work.task(case, "a").assignee is None
    [event] = events(family, case, "recusal.found")
    assert event["to"] == "zhao"
    with family.sessions.reading() as session:
        told = session.execute(sa.select(Notice.kind, Notice.person)).all()
    assert ("recused", "zhao") in told


def test_that_nobody_is_left_is_told_to_who_looks_after_it(family, case, work):
    for name in ("wang", "sun"):
        relate(family, name, "C-000001")
    work.claim(case, "a", "zhao")
    with family.step() as step:
        conflicts.declare(step, case.id, actors.load(step.session, "zhao"), "借款人是我的朋友")
    [event] = events(family, case, "recusal.nobody_left")
    assert event["roles"] == ["admin"]
    with family.sessions.reading() as session:
        assert ("nobody_left", "admin") in session.execute(sa.select(Notice.kind, Notice.role)).all()


def test_who_looks_after_a_step_finds_who_can_do_it_instead_by_how_busy_they_are(family, case, work, as_, browse):
    other = work.start(customer_name="别家")
    work.complete(other, "check", "li", customer_id="C-000003")
    work.claim(other, "a", "wang")
    task = work.task(case, "a")
    found = as_("root").get(f"/tasks/{task.id}/replacements").json["items"]
    assert [(one["name"], one["load"]) for one in found] == [("zhao", 0), ("wang", 1)]
    page = browse("root").get(f"/tasks/{task.id}").text
    assert "指派" in page
    answer = as_("root").post(f"/tasks/{task.id}/assign", {"to": "wang", "reason": "赵敏休假"})
    assert (answer.status_code, answer.json["assignee"]) == (200, "wang")
    assert as_("wang").post(f"/tasks/{task.id}/assign", {"to": "zhao", "reason": "x"}).json["rule"] == "not_a_candidate"
    relate(family, "zhao", "C-000001")
    assert as_("root").post(f"/tasks/{task.id}/assign", {"to": "zhao", "reason": "x"}).json["rule"] == "recusal"
    assert "指派给您" in browse("wang").get("/inbox").text


def test_a_declared_conflict_shows_who_declared_it(family, case, work, browse):
    work.claim(case, "a", "zhao")
    with family.step() as step:
        conflicts.declare(step, case.id, actors.load(step.session, "zhao"), "借款人是我的朋友")
    page = browse("zhao").get(f"/tasks/{work.task(case, 'a').id}").text
    assert "zhao 已声明与本案有利益冲突" in page


def asked_to_sign(work, case, who, when="before", form=None):
    task = work.task(case, "a")
    with work.house.step() as step:
        cosigning.ask(step, task.id, actors.load(step.session, "wang"), [who], when, "请看", form)
    with work.house.sessions.reading() as session:
        return session.scalar(sa.select(Task.id).where(Task.of_task == task.id, Task.assignee == who))


def declare(house, case, who):
    with house.step() as step:
        conflicts.declare(step, case.id, actors.load(step.session, who), "同学")


def record(house, case, who):
    with house.step() as step:
        declarations.record(step, who, "C-000001", "spouse", None, who)


@pytest.mark.parametrize("known", [declare, record], ids=["declared", "relation"])
def test_a_co_signer_who_must_stand_back_is_told_and_so_is_whoever_asked(family, case, work, browse, known):
    asked_to_sign(work, case, "zhao")
    known(family, case, "zhao")
    assert work.task(case, "a").cosigners == 0
    assert "须回避 A 角调查，不能再办" in browse("zhao").get("/inbox").text
    assert "请另请他人" in browse("wang").get("/inbox").text
    work.complete(case, "a", "wang", **OPINION)


def test_what_waited_for_a_recused_signature_comes_back_as_a_draft(family, case, work):
    asked_to_sign(work, case, "zhao", "after", OPINION)
    declare(family, case, "zhao")
    task = work.task(case, "a")
    assert (task.pending, task.cosigners, "菜棚两座" in task.draft) == (None, 0, True)


def test_a_co_signer_reads_whom_to_tell(family, case, work, browse):
    signature = asked_to_sign(work, case, "zhao")
    relate(family, "zhao", "C-000001")
    page = browse("zhao").get(f"/tasks/{signature}").text
    assert "李明 是 zhao 的配偶" in page
    assert "请告诉 王俊 另请他人签" in page


def test_a_deputy_who_is_related_reads_why_and_who_could(family, case, work, browse):
    relate(family, "zhao", "C-000001")
    with family.step() as step:
        task = work.task(case, "a")
        tasks.claim(step, task.id, actors.load(step.session, "wang"))
        today = step.now.date()
        deputies.appoint(step, actors.load(step.session, "wang"), "wang", "zhao", today, today, "出差")
    page = browse("zhao").get(f"/tasks/{task.id}").text
    assert "李明 是 zhao 的配偶" in page
    assert "王俊" in page


def test_who_had_the_step_reads_who_could_do_it_now(family, case, work, browse):
    work.claim(case, "a", "zhao")
    record(family, case, "zhao")
    assert "可由 王俊 接办" in browse("zhao").get("/inbox").text
