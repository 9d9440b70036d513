"""A post is handed over (GOV-5): listed from rows, signed by three, moved as far as the rules let, then audited."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.errors import Refused
from engine.packages import read_folder
from engine.service import cases, deployments, errands, tasks
from models.handovers import Handover
from models.tasks import Task
from operations.choosing import ChoicesOfTheHouse
from operations.handovers import MOVE, errand
from operations.registry import OPERATIONS
from tests.engine.builder import CALENDAR, Bench, line, package, user

PACKAGE = Path(__file__).parents[2] / "bpmn" / "post_handover"
PEOPLE = {
    "an": ("clerk", "officer"),
    "bo": ("officer",),
    "cai": ("clerk", "officer"),
    "fang": ("dept_manager",),
    "shen": ("auditor",),
}


@pytest.fixture
def bench():
    steps = line(user("a", "clerk"), user("b", "officer", 'loanflow:separateFrom="a"'))
    bench = Bench(package(steps), people=PEOPLE, operations=OPERATIONS)
    bench.house.choices = ChoicesOfTheHouse(CALENDAR.zone)
    bench.house.errands[MOVE] = errand()
    with bench.house.step() as step:
        deployments.deploy(step, read_folder(PACKAGE), None)
    return bench


def claim(bench, case, element, who):
    task_id = bench.task(case, element).id
    with bench.house.step() as step:
        tasks.claim(step, task_id, bench.actor(who))


def hand_over(bench, leaver="bo", receiver="cai", supervisor="an"):
    with bench.house.step() as step:
        case = cases.start(step, "post_handover", bench.actor("fang")).id
    given = {"leaver": leaver, "receiver": receiver, "supervisor": supervisor, "reason": "调任分行"}
    bench.complete(case, "list_open", "fang", given)
    bench.complete(case, "sign_leaving", leaver, {"leaving_agreed": True, "leaving_note": "无其他"})
    bench.complete(case, "sign_receiving", receiver, {"receiving_agreed": True, "receiving_note": "已核对"})
    bench.complete(case, "sign_supervising", supervisor, {"supervising_agreed": True, "supervising_note": "相符"})
    return case


def the_handover(bench):
    with bench.house.sessions.reading() as session:
        [found] = session.scalars(sa.select(Handover))
        return found, [(item.kind, item.state, item.why) for item in found.items]


def test_what_the_receiver_may_take_is_moved_and_the_rest_goes_back_to_its_role(bench):
    free, separated = bench.start(who="an"), bench.start(who="an")
    bench.complete(free, "a", "an")
    bench.complete(separated, "a", "cai")
    for case in (free, separated):
        claim(bench, case, "b", "bo")
    handover = hand_over(bench)
    assert bench.open(handover) == ["leaving_audit"]
    assert errands.run(bench.house) == 1
    found, items = the_handover(bench)
    assert sorted(items, key=str) == [("task", "moved", None), ("task", "returned", "separation_of_duties")]
    assert found.moved_at == bench.clock.moment
    assert (bench.task(free, "b").assignee, bench.task(separated, "b").assignee) == ("cai", None)
    [(event, data)] = bench.events(free, "task.transferred")
    assert (event.actor, data["to"], found.number in data["reason"]) == ("bo", "cai", True)
    with pytest.raises(Refused) as refused:
        bench.complete(handover, "leaving_audit", "fang", {})
    assert refused.value.rule == "not_a_candidate"
    bench.complete(handover, "leaving_audit", "shen", {"audit_result": "clean", "audit_findings": "未发现问题"})
    assert bench.instance(handover).outcome == "handed_over"


def test_what_the_receiver_must_stand_back_from_goes_back_to_its_role():
    """GOV-1."""
    steps = line(user("a", "clerk"), user("b", "officer", 'loanflow:recuse="true"'))
    bench = Bench(package(steps), people=PEOPLE, operations=OPERATIONS)
    bench.house.choices = ChoicesOfTheHouse(CALENDAR.zone)
    bench.house.errands[MOVE] = errand()
    with bench.house.step() as step:
        deployments.deploy(step, read_folder(PACKAGE), None)
    case = bench.start(who="an")
    bench.complete(case, "a", "an")
    claim(bench, case, "b", "bo")
    bench.house.relations._related = {"cai": ("customer",)}
    hand_over(bench)
    assert errands.run(bench.house) == 1
    assert the_handover(bench)[1] == [("task", "returned", "recusal")]
    assert bench.task(case, "b").assignee is None


def test_nothing_moves_before_three_have_signed(bench):
    case = bench.start(who="an")
    bench.complete(case, "a", "an")
    claim(bench, case, "b", "bo")
    with bench.house.step() as step:
        handover = cases.start(step, "post_handover", bench.actor("fang")).id
    given = {"leaver": "bo", "receiver": "cai", "supervisor": "an", "reason": "调任分行"}
    bench.complete(handover, "list_open", "fang", given)
    assert errands.run(bench.house) == 0
    assert bench.task(case, "b").assignee == "bo"


def test_what_others_do_in_the_leavers_name_they_do_in_their_own(bench):
    case = bench.start(who="an")
    bench.complete(case, "a", "an")
    claim(bench, case, "b", "bo")
    task_id = bench.task(case, "b").id
    with bench.house.step() as step:
        tasks.delegate(step, task_id, bench.actor("bo"), "cai")
    hand_over(bench, supervisor="fang")
    errands.run(bench.house)
    with bench.house.sessions.reading() as session:
        row = session.get_one(Task, task_id)
    assert (row.assignee, row.owner) == ("cai", None)


def test_the_errand_done_again_moves_nothing_twice(bench):
    case = bench.start(who="an")
    bench.complete(case, "a", "an")
    claim(bench, case, "b", "bo")
    hand_over(bench)
    found, _ = the_handover(bench)
    for _ in range(2):
        errand().do(bench.house, "again", {"handover": found.id})
    assert len(bench.events(case, "task.transferred")) == 1


@pytest.mark.parametrize(
    ("leaver", "receiver", "supervisor", "field"),
    [("bo", "bo", "an", "supervisor"), ("bo", "cai", "bo", "supervisor"), ("bo", "ghost", "an", "receiver")],
)
def test_three_different_people_are_needed(bench, leaver, receiver, supervisor, field):
    with bench.house.step() as step:
        case = cases.start(step, "post_handover", bench.actor("fang")).id
    given = {"leaver": leaver, "receiver": receiver, "supervisor": supervisor, "reason": "调任分行"}
    with pytest.raises(Refused) as refused:
        bench.complete(case, "list_open", "fang", given)
    assert (refused.value.rule, list(refused.value.errors)) == ("form_invalid", [field])
