"""Powers lent for some days: when they hold, up to what, and that nothing comes round a rule by them (REV-6)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from engine.service import audit, authority, tasks
from models.authority import AuthorityChange
from models.cases import CaseEvent, Signature
from models.people import Person
from models.queries.people import grant_role, set_authority
from tests.engine.builder import Bench, line, package, user

DAY = dt.date(2026, 3, 2)
"""The day on which a bench stands."""
POWER = package(
    line(
        user("a", "officer", 'loanflow:separateFrom="b"'),
        user("b", "manager", 'loanflow:authority="approve_loan" loanflow:duty="REV-6" loanflow:recuse="true"'),
    )
)


@pytest.fixture
def bench() -> Bench:
    """`di` may decide 500,000, `ed` 100,000; both are managers."""
    bench = Bench(POWER)
    with bench.house.step() as step:
        set_authority(step.session, "di", "approve_loan", Decimal(500000), None)
        set_authority(step.session, "ed", "approve_loan", Decimal(100000), None)
        grant_role(step.session, "di", "general_manager")
    return bench


def lend(bench: Bench, by="di", giver="di", receiver="ed", amount=400000, since=DAY, until=DAY, power="approve_loan"):
    with bench.house.step() as step:
        actor = bench.admin() if by == "root" else bench.actor(by)
        return authority.lend(step, actor, giver, receiver, power, Decimal(amount), since, until, "出差").id


def case_of(bench: Bench, amount: int, investigator: str = "bo"):
    case = bench.start({"amount": amount})
    bench.complete(case, "a", investigator)
    return case


def decide(bench: Bench, case, who: str = "ed") -> str | None:
    task_id = bench.task(case, "b").id
    try:
        with bench.house.step() as step:
            tasks.complete(step, task_id, bench.actor(who), {})
    except Refused as refusal:
        return refusal.rule
    return None


def test_a_lent_power_is_used_where_the_own_does_not_reach_and_named_in_event_and_signature(bench):
    lend(bench)
    case = case_of(bench, 300000)
    assert decide(bench, case) is None
    with bench.house.sessions.reading() as session:
        signed = session.scalars(sa.select(Signature).where(Signature.element == "b")).one()
        event = session.scalars(
            sa.select(CaseEvent).where(CaseEvent.element == "b", CaseEvent.kind == "task.completed")
        ).one()
        assert (signed.person, signed.power_of) == ("ed", "di")
        assert '"power_of":"di"' in event.data.replace(" ", "")
        assert [verdict.problem for verdict in audit.verify(session, case)] == [None]


def test_what_the_own_limit_covers_is_decided_on_the_own_power(bench):
    lend(bench)
    case = case_of(bench, 90000)
    assert decide(bench, case) is None
    with bench.house.sessions.reading() as session:
        assert session.scalars(sa.select(Signature.power_of).where(Signature.element == "b")).one() is None


@pytest.mark.parametrize(
    ("amount", "since", "until", "rule"),
    [
        (400000, 0, 0, None),
        (400001, 0, 0, "authority"),
        (300000, 1, 5, "authority"),
        (300000, 0, 5, None),
    ],
)
def test_it_holds_up_to_its_amount_and_on_its_days_only(bench, amount, since, until, rule):
    lend(bench, since=DAY + dt.timedelta(since), until=DAY + dt.timedelta(until))
    assert decide(bench, case_of(bench, amount)) == rule


def test_it_is_over_after_its_last_day(bench):
    lend(bench)
    case = case_of(bench, 300000)
    bench.clock.moment += dt.timedelta(days=1)
    assert decide(bench, case) == "authority"


def test_it_rests_on_what_the_giver_may_decide_at_that_time(bench):
    lend(bench)
    case = case_of(bench, 300000)
    with bench.house.step() as step:
        set_authority(step.session, "di", "approve_loan", Decimal(200000), None)
    assert decide(bench, case) == "authority"
    with bench.house.step() as step:
        set_authority(step.session, "di", "approve_loan", Decimal(500000), None)
        step.session.execute(sa.update(Person).where(Person.name == "di").values(disabled=True))
    assert decide(bench, case) == "authority"


def test_what_was_lent_cannot_be_lent_on(bench):
    lend(bench)
    with pytest.raises(Invalid) as refused:
        lend(bench, by="ed", giver="ed", receiver="bo", amount=300000)
    assert refused.value.errors == {"amount": ["above_own"]}


def test_nobody_lends_round_separation_or_recusal(bench):
    """Whoever could not decide the case cannot lend somebody the power for it (GOV-1, GOV-2)."""
    with bench.house.step() as step:
        grant_role(step.session, "di", "officer")
    lend(bench)
    case = case_of(bench, 300000, investigator="di")
    assert decide(bench, case) == "authority"


def test_withdrawing_ends_it_at_once_and_only_once(bench):
    number = lend(bench)
    case = case_of(bench, 300000)
    with bench.house.step() as step:
        authority.withdraw(step, bench.actor("di"), number, "回来了")
    assert decide(bench, case) == "authority"
    with pytest.raises(Conflict), bench.house.step() as step:
        authority.withdraw(step, bench.actor("di"), number, "再收一次")
    with pytest.raises(NotFound), bench.house.step() as step:
        authority.withdraw(step, bench.actor("an"), number, "不关他的事")
    with pytest.raises(Forbidden), bench.house.step() as step:
        authority.withdraw(step, bench.actor("ed"), number, "不是他给的")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"receiver": "di"}, "receiver"),
        ({"receiver": "nobody at all"}, "receiver"),
        ({"amount": 500000.01}, "amount"),
        ({"amount": 0}, "amount"),
        ({"until": DAY - dt.timedelta(1)}, "until"),
        ({"since": DAY - dt.timedelta(9), "until": DAY - dt.timedelta(1)}, "until"),
        ({"since": None}, "since"),
        ({"power": " "}, "power"),
        ({"by": "root", "amount": 900000}, "amount"),
    ],
)
def test_what_cannot_be_lent_is_told_by_field_and_changes_nothing(bench, given, field):
    with pytest.raises(Invalid) as refused:
        lend(bench, **given)
    assert field in refused.value.errors
    with bench.house.sessions.reading() as session:
        assert session.scalars(sa.select(AuthorityChange)).all() == []


def test_others_cannot_lend_what_is_not_theirs(bench):
    with pytest.raises(Forbidden):
        lend(bench, by="ed", giver="di", receiver="bo")


def set_limit(bench: Bench, by: str, name: str, amount: int, **days):
    with bench.house.step() as step:
        actor = bench.admin() if by == "root" else bench.actor(by)
        authority.set_limit(
            step, actor, name, "approve_loan", Decimal(amount), days.get("since"), days.get("until"), "年度授权"
        )


def test_limits_are_set_by_those_above_never_for_oneself_and_never_beyond_the_own(bench):
    set_limit(bench, "di", "ed", 200000)
    assert decide(bench, case_of(bench, 200000)) is None
    for by, name in (("ed", "bo"), ("di", "di"), ("bo", "ed")):
        with pytest.raises(Forbidden):
            set_limit(bench, by, name, 1000)
    with pytest.raises(Invalid):
        set_limit(bench, "di", "ed", 500001)
    set_limit(bench, "root", "ed", 800000)
    assert decide(bench, case_of(bench, 800000)) is None
    with bench.house.sessions.reading() as session:
        kept = session.scalars(sa.select(AuthorityChange).order_by(AuthorityChange.id)).all()
    assert [(change.by, change.before, change.amount) for change in kept] == [
        ("di", Decimal(100000), Decimal(200000)),
        ("root", Decimal(200000), Decimal(800000)),
    ]


def test_a_limit_holds_from_its_first_day_to_its_last(bench):
    set_limit(bench, "root", "ed", 800000, since=DAY + dt.timedelta(1), until=DAY + dt.timedelta(2))
    case = case_of(bench, 300000)
    assert decide(bench, case) == "authority"
    bench.clock.moment += dt.timedelta(days=3)
    assert decide(bench, case) == "authority"
    bench.clock.moment -= dt.timedelta(days=1)
    assert decide(bench, case) is None
