"""The audit trail: what is altered, missing or cut off is named; refusals are folded with a count."""

from __future__ import annotations

import contextlib

import pytest
import sqlalchemy as sa

from engine.errors import Conflict, Refused
from engine.service import audit, conflicts, signatures, tasks
from engine.service.looking import CaseLook
from engine.service.signed_content import fingerprint
from models.cases import CaseEvent, Instance, Signature
from tests.engine.builder import Bench, line, package, user


def case_with_events() -> tuple[Bench, object]:
    bench = Bench(package(line(user("a"), user("b", "officer", 'loanflow:duty="INV-1 INV-7"'), user("c"))))
    case = bench.start({"x": 1})
    for key in "ab":
        bench.complete(case, key, "bo", {key: 1})
    return bench, case


def verdict(bench: Bench, case) -> audit.Verdict:
    with bench.house.sessions.reading() as session:
        [found] = audit.verify(session, case)
    return found


def refuse(bench: Bench, case, who: str = "di", times: int = 1) -> None:
    for _ in range(times):
        with contextlib.suppress(Refused):
            bench.complete(case, "c", who)


def test_an_untouched_chain_fits():
    bench, case = case_with_events()
    found = verdict(bench, case)
    assert (found.seq, found.problem) == (None, None)
    assert found.events == bench.instance(case).event_count == len(bench.events(case)) >= 3


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "cai"},
        {"data": "{}"},
        {"kind": "other"},
        {"element": "z"},
        {"on_behalf_of": "di"},
        {"hash": "0" * 64},
        {"at": sa.text("datetime(at, '+1 second')")},
    ],
)
def test_the_first_altered_event_is_named(change):
    bench, case = case_with_events()
    with bench.house.sessions.writing() as session, session.begin():
        for seq in (2, 3):
            session.execute(
                sa.update(CaseEvent).where(CaseEvent.instance_id == case, CaseEvent.seq == seq).values(**change)
            )
    assert (verdict(bench, case).seq, verdict(bench, case).problem) == (2, "was altered")


@pytest.mark.parametrize(("gone", "named"), [(1, 1), (2, 2), (3, 3)])
def test_a_missing_event_and_a_cut_off_end_are_named(gone, named):
    bench, case = case_with_events()
    with bench.house.sessions.writing() as session, session.begin():
        session.execute(sa.delete(CaseEvent).where(CaseEvent.instance_id == case, CaseEvent.seq == gone))
    found = verdict(bench, case)
    assert found.seq == named
    assert "missing" in (found.problem or "")


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_an_event_that_cannot_even_be_read_is_named(seq):
    bench, case = case_with_events()
    with bench.house.sessions.writing() as session, session.begin():
        garbage = "UPDATE event SET at = 'garbage' WHERE instance_id = :case AND seq = :seq"
        session.execute(sa.text(garbage), {"case": case.hex, "seq": seq})
    assert (verdict(bench, case).seq, verdict(bench, case).problem) == (seq, "was altered")


def test_events_of_a_case_that_was_taken_away_are_named():
    bench, case = case_with_events()
    with bench.house.sessions.writing() as session:
        raw = session.connection().connection.dbapi_connection
        raw.execute("COMMIT")
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("DELETE FROM instance WHERE id = ?", (case.hex,))
        raw.execute("PRAGMA foreign_keys = ON")
    with bench.house.sessions.reading() as session:
        [found] = audit.verify(session)
    assert (found.instance_id, found.seq, found.problem) == (case, 1, "belongs to a case that was deleted")


def test_a_chain_written_anew_to_its_end_does_not_fit_what_the_case_keeps():
    bench, case = case_with_events()
    with bench.house.sessions.writing() as session, session.begin():
        last = session.scalar(sa.select(CaseEvent).where(CaseEvent.instance_id == case, CaseEvent.seq == 3))
        before = session.scalar(sa.select(CaseEvent.hash).where(CaseEvent.instance_id == case, CaseEvent.seq == 2))
        last.data = "{}"
        last.hash = audit.event_hash(
            before, case, 3, last.at, last.actor, last.on_behalf_of, last.kind, last.element, last.task_id, "{}"
        )
    assert verdict(bench, case).seq == 3


def test_all_cases_are_verified_one_verdict_each():
    bench, case = case_with_events()
    other = bench.start()
    with bench.house.sessions.writing() as session, session.begin():
        session.execute(sa.update(CaseEvent).where(CaseEvent.instance_id == other).values(actor="x"))
    with bench.house.sessions.reading() as session:
        found = {one.instance_id: one.seq for one in audit.verify(session)}
    assert found == {case: None, other: 1}


def test_refusals_are_events_and_repeated_ones_are_counted():
    bench, case = case_with_events()
    before = bench.instance(case).event_count
    refuse(bench, case, times=5)
    [(event, data)] = bench.events(case, "refused")
    assert (event.actor, event.element, data["rule"], data["count"]) == ("di", "c", "not_a_candidate", 5)
    refuse(bench, case, "an")
    refuse(bench, case, "di")
    assert [int(data["count"]) for _, data in bench.events(case, "refused")] == [5, 1, 1]
    assert bench.instance(case).event_count == before + 3
    assert verdict(bench, case).problem is None


def test_a_refused_step_changes_nothing_else():
    bench, case = case_with_events()
    with bench.house.sessions.reading() as session:
        state = session.scalar(sa.select(Instance.state_data).where(Instance.id == case))
    refuse(bench, case)
    with bench.house.sessions.reading() as session:
        assert session.scalar(sa.select(Instance.state_data).where(Instance.id == case)) == state


def test_a_step_with_duties_is_signed():
    bench, case = case_with_events()
    with bench.house.sessions.reading() as session:
        [signed] = session.scalars(sa.select(Signature).where(Signature.instance_id == case))
    assert (signed.element, signed.duty, signed.person, signed.on_behalf_of) == ("b", "INV-1 INV-7", "bo", None)
    assert len(signed.facts_hash) == len(signed.form_hash) == 64
    assert signed.facts_hash != signed.form_hash


def test_a_signature_is_bound_to_what_was_shown():
    bench, case = case_with_events()
    instance = bench.instance(case)
    with bench.house.sessions.reading() as session:
        [row] = session.scalars(sa.select(Signature).where(Signature.instance_id == case))
        facts, form = signatures.signed(session, instance, row, bench.admin("auditor"))
    assert (facts["variables"], form) == ({"x": 1, "a": 1}, {"b": 1})
    [_, (event, data)] = bench.events(case, "task.completed")
    assert (event.element, data["facts_hash"], data["form_hash"]) == ("b", row.facts_hash, row.form_hash)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE signed_content SET content = x'00'", "altered or are missing"),
        ("DELETE FROM signed_content", "altered or are missing"),
        ("DELETE FROM signature", "is missing"),
        ("UPDATE signature SET person = 'cai'", "another signature"),
        ("UPDATE signature SET facts_hash = form_hash", "another signature"),
    ],
)
def test_an_altered_signature_is_named_with_its_event(statement, problem):
    bench, case = case_with_events()
    with bench.house.sessions.writing() as session, session.begin():
        session.execute(sa.text(statement))
    found = verdict(bench, case)
    assert found.seq == 3
    assert problem in str(found.problem)


def test_whoever_completes_a_step_is_told_when_what_it_shows_has_changed():
    bench = Bench(package(line(user("a", "officer", 'loanflow:duty="INV-1"'))))
    case = bench.start({"x": 1})
    task, bo = bench.task(case, "a"), bench.actor("bo")

    def hash_now():
        with bench.house.sessions.reading() as session:
            look = CaseLook(bench.house, session, session.get_one(Instance, case), bo)
            return fingerprint(look.facts(bo, look.branch(task.id)))

    seen = hash_now()
    with bench.house.step() as step:
        conflicts.declare(step, case, bench.actor("cai"), "亲属")
    with bench.house.step() as step, pytest.raises(Conflict) as told:
        tasks.complete(step, task.id, bo, {}, facts_hash=seen)
    assert told.value.reason.code == "facts_changed"
    looked_again = hash_now()
    with bench.house.step() as step:
        tasks.complete(step, task.id, bo, {}, facts_hash=looked_again)
