"""Scenarios play moves: returned, withdrawn, signed together, transferred, paused, set right."""

from __future__ import annotations

from tests.engine.builder import both, chain, end, holds, line, package, play, process, start, user

READ = package(line(user("a"), user("b", "manager", 'loanflow:returnTo="a"'), user("c")))


def test_work_goes_back_and_forth():
    holds(
        READ,
        """
        start: {as: an}
        steps:
          - {complete: a, as: bo, form: {x: "1"}}
          - {withdraw: a, as: bo, reason: 写错了}
          - expect: {tasks: {a: {assignee: bo}}, variables: {}}
          - {complete: a, as: bo, form: {x: "2"}}
          - {return: b, as: di, to: a, resume: back, reason: 补充}
          - expect: {tasks: {a: {assignee: bo}}, no_tasks: [b]}
          - {complete: a, as: bo}
          - expect: {tasks: {b: {assignee: di}}}
          - {complete: b, as: di}
          - refused: {return: c, as: bo, to: nowhere, rule: not_open, for: nobody}
          - {complete: c, as: cai}
        expect: {state: completed, variables: {x: "2"}}
        """,
    )


def test_others_sign_the_clock_stands_and_somebody_else_takes_over():
    holds(
        READ,
        """
        start: {as: an}
        steps:
          - {cosign: a, as: bo, who: [cai], when: before, reason: 请看}
          - refused: {complete: a, as: bo, rule: awaiting_cosigner}
          - {complete: a, as: cai, form: {opinion: agree}}
          - {pause: a, as: bo, reason: 等资料}
          - {resume: a, as: bo}
          - refused: {transfer: a, as: bo, to: guest, rule: not_a_candidate}
          - {complete: a, as: bo}
          - {cosign: b, as: di, who: ed, when: after, form: {y: "1"}}
          - {complete: b, as: ed, form: {opinion: agree}}
          - {transfer: c, as: bo, to: cai}
          - {complete: c, as: cai}
        expect: {state: completed, variables: {y: "1"}}
        """,
    )


def test_administrators_set_a_case_right():
    forked = process(
        start(), both("s"), user("a"), user("b"), both("j"), user("c"), user("d"), end(),
        chain("start", "s", "a", "j", "c", "d", "end"), chain("s", "b", "j"),
    )  # fmt: skip
    holds(
        package(forked),
        """
        start: {as: an}
        steps:
          - cancel_branch: b
          - {complete: a, as: bo}
          - set_variables: {x: "1"}
            reason: 更正
          - {skip: c, variables: {y: "2"}}
          - {jump: d, to: c}
          - expect: {tasks: {c: {}}, variables: {x: "1", y: "2"}}
        """,
    )


def test_what_cannot_be_done_fails_the_scenario_with_its_reason():
    result = play(
        READ,
        """
        start: {as: an}
        steps:
          - cancel_branch: a
        """,
    )
    assert result.failure is not None
    assert "only thing open" in result.failure
