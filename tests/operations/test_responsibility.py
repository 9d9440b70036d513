"""Who answers for what, and a confirmed loss from the proposal to its rows (GOV-3, GOV-4)."""

import datetime as dt
import uuid
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.errors import Refused
from engine.packages import read_folder
from engine.service import cases, deployments, tasks
from models.losses import Loss
from models.queries.people import add_person
from operations.choosing import ChoicesOfTheHouse
from operations.registry import OPERATIONS
from operations.responsibility import report, responsibility
from tests.engine.builder import CALENDAR, Bench, line, package, user, values

PACKAGE = Path(__file__).parents[2] / "bpmn" / "loss_responsibility"
PEOPLE = {
    "an": ("clerk",),
    "bo": ("officer",),
    "cai": ("officer",),
    "di": ("manager",),
    "shen": ("auditor",),
    "luo": ("general_manager",),
}
GROUNDS = "抵押物估值严重失实，处置所得不足以清偿"


@pytest.fixture
def bench():
    """A lending case with four signatures: A and B beside one another, then a review, then an approval."""
    steps = line(
        user("a", "officer", 'loanflow:duty="INV-4 INV-7" loanflow:separateFrom="b"'),
        user("b", "officer", 'loanflow:duty="INV-7"'),
        user("review", "manager", 'loanflow:duty="REV-2"'),
        user("note", "clerk"),
    )
    bench = Bench(package(steps), people=PEOPLE, operations=OPERATIONS)
    bench.house.choices = ChoicesOfTheHouse(CALENDAR.zone)
    with bench.house.step() as step:
        deployments.deploy(step, read_folder(PACKAGE), None)
    return bench


def lent(bench):
    case = bench.start({"amount": 1}, who="an")
    with bench.house.step() as step:
        step.session.execute(sa.text("UPDATE instance SET business_key = 'A-1'"))
    for element, who in (("a", "bo"), ("b", "cai"), ("review", "di"), ("note", "an")):
        bench.clock.moment += dt.timedelta(hours=1)
        bench.complete(case, element, who)
    return case


def proposal(**given):
    form = {"case_no": "A-1", "loss_amount": 100000, "failed_duties": "INV-4", "grounds": GROUNDS, **given}
    return values(form)


def propose(bench, **given):
    with bench.house.step() as step:
        case = cases.start(step, "loss_responsibility", bench.actor("shen")).id
    bench.complete(case, "propose", "shen", proposal(**given))
    return case


def test_direct_is_who_signed_and_indirect_the_next_desk(bench):
    case = lent(bench)
    with bench.house.sessions.reading() as session:
        found = {one.task.element: (one.direct, one.indirect) for one in responsibility(session, case)}
    assert found == {
        "a": (("bo",), ("cai",)),
        "b": (("cai",), ("di",)),
        "review": (("di",), ()),
    }


def test_a_loss_is_proposed_heard_confirmed_by_another_and_kept(bench):
    origin = lent(bench)
    case = propose(bench, loss_amount=100000)
    assert bench.open(case) == ["hear", "hear"]
    for who in ("bo", "cai"):
        with bench.house.sessions.reading() as session:
            row = session.execute(
                sa.text("SELECT id FROM task WHERE assignee = :who AND state = 'open'"), {"who": who}
            ).scalar_one()
        with bench.house.step() as step:
            tasks.complete(step, uuid.UUID(row), bench.actor(who), {"statement": "估值依据评估报告"})
    with pytest.raises(Refused):
        bench.complete(case, "decide", "shen", {"decision": "confirm", "decision_reasons": "属实"})
    bench.complete(case, "decide", "luo", {"decision": "confirm", "decision_reasons": "证据充分"})
    assert bench.instance(case).outcome == "confirmed"
    with bench.house.sessions.reading() as session:
        [loss] = session.scalars(sa.select(Loss))
        told = report(session, origin)
    assert (loss.proposed_by, loss.confirmed_by, loss.amount) == ("shen", "luo", Decimal("100000.00"))
    [kept] = told["losses"]
    assert kept["shares"] == [
        {"person": "bo", "kind": "direct", "duties": ["INV-4"], "amount": Decimal("80000.00")},
        {"person": "cai", "kind": "indirect", "duties": ["INV-4"], "amount": Decimal("20000.00")},
    ]


def test_a_superior_who_ordered_it_is_direct_and_who_obeyed_indirect(bench):
    lent(bench)
    case = propose(bench, ordered_by="luo")
    shares = {share["person"]: (share["kind"], share["amount"]) for share in bench.variables(case)["shares"]}
    assert shares == {
        "luo": ("direct", Decimal("80000.00")),
        "bo": ("indirect", Decimal("10000.00")),
        "cai": ("indirect", Decimal("10000.00")),
    }
    bench.advance(days=20)
    assert bench.open(case) == ["decide"]
    with bench.house.step() as step:
        add_person(step.session, step.now, "gao", "long enough", roles=["general_manager"])
    bench.complete(case, "decide", "gao", {"decision": "drop", "decision_reasons": "证据不足"})
    assert bench.instance(case).outcome == "dropped"


@pytest.mark.parametrize(
    "given", [{"case_no": "A-2"}, {"failed_duties": "COL-1"}, {"ordered_by": "nobody"}, {"loss_amount": 0}]
)
def test_what_cannot_be_proposed_is_told_to_the_auditor(bench, given):
    lent(bench)
    with bench.house.step() as step:
        case = cases.start(step, "loss_responsibility", bench.actor("shen")).id
    with pytest.raises(Refused) as refused:
        bench.complete(case, "propose", "shen", proposal(**given))
    assert refused.value.rule == "form_invalid"
    assert refused.value.errors
