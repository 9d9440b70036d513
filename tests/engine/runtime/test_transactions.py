"""Transactions: cancelled, everything in them ends and what was completed is undone before the edge is told."""

from __future__ import annotations

from tests.engine.builder import (
    Bench,
    both,
    boundary,
    chain,
    end,
    error,
    event,
    flow,
    line,
    node,
    on_event,
    package,
    process,
    script,
    start,
    throw,
    timer,
    undo,
    undoing,
    user,
    xor,
)


def noted(key: str) -> str:
    return script(key, f'log = append(log, "{key}")')


def booking(*more: str) -> str:
    """A transaction that books, then asks; beside it something waits."""
    inside = [
        start("ts"),
        noted("book"),
        undoing("book", noted("un_book")),
        both("tf"),
        user("ask"),
        xor("g", default="te"),
        user("beside"),
        end("te"),
        end("give_up", "<bpmn:cancelEventDefinition/>"),
        end("bad", event("error", "E1")),
        chain("ts", "book", "tf", "ask", "g", "te"),
        chain("tf", "beside", "te"),
        flow("g", "give_up", 'answer = "no"'),
        flow("g", "bad", 'answer = "broken"'),
        *more,
    ]
    return node("transaction", "tx", "", "".join(inside))


def read(*more: str, undo_after: bool = False):
    return package(
        process(
            start(),
            booking(*more),
            boundary("cancelled", "tx", "<bpmn:cancelEventDefinition/>"),
            boundary("failed", "tx", event("error", "E1")),
            user("after"),
            user("no"),
            user("broken"),
            end(),
            end("e2"),
            chain("start", "tx", *(["back"] if undo_after else []), "after", "end"),
            chain("cancelled", "no", "e2"),
            chain("failed", "broken", "e2"),
            throw("back", undo()) if undo_after else "",
        ),
        before=error("E1"),
    )


def answered(bench: Bench, answer: str):
    case = bench.start({"log": []})
    assert bench.open(case) == ["ask", "beside"]
    bench.complete(case, "ask", "bo", {"answer": answer})
    return case


def test_cancelling_ends_and_undoes_what_is_inside():
    bench = Bench(read(on_event("h", timer("P1D"), user("late"))))
    case = answered(bench, "no")
    assert bench.open(case) == ["no"]
    assert bench.timers(case) == []
    assert bench.variables(case) == {"log": ["book", "un_book"], "answer": "no"}
    [(_, particulars)] = bench.events(case, "compensation.begun")
    assert particulars["activities"] == ["book"]
    bench.complete(case, "no", "bo")
    assert (bench.instance(case).state, bench.instance(case).outcome) == ("completed", "e2")


def test_people_undo_before_the_edge_is_told():
    handler = undoing("ask", user("un_ask"))
    bench = Bench(read(handler))
    case = answered(bench, "no")
    assert bench.open(case) == ["un_ask"]
    bench.complete(case, "un_ask", "bo", {"returned": True})
    assert bench.open(case) == ["no"]
    assert bench.variables(case)["log"] == ["book", "un_book"]
    assert bench.variables(case)["returned"] is True


def test_an_error_leaves_a_transaction_without_undoing():
    bench = Bench(read())
    case = answered(bench, "broken")
    assert bench.open(case) == ["broken"]
    assert bench.variables(case)["log"] == ["book"]


def test_a_transaction_that_succeeded_is_undone_like_a_sub_process():
    bench = Bench(read(undo_after=True))
    case = answered(bench, "yes")
    bench.complete(case, "beside", "bo")
    assert bench.open(case) == ["after"]
    assert bench.variables(case)["log"] == ["book", "un_book"]


def test_a_transaction_without_anything_to_undo_is_only_left():
    transaction = node(
        "transaction", "tx", "", start("ts") + end("c", "<bpmn:cancelEventDefinition/>") + chain("ts", "c")
    )
    cancelled = boundary("b", "tx", "<bpmn:cancelEventDefinition/>") + user("no") + chain("b", "no")
    bench = Bench(package(line(transaction, user("after"), more=cancelled)))
    assert bench.open(bench.start()) == ["no"]
