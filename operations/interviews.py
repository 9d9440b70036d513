"""The interview with the applicant: what was asked and answered, who was there, the signature in person (INT-3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from engine.errors import Invalid
from engine.ports import OperationCall
from models.queries.staff import titles_of
from operations.applications import APPLICATION_NO, application_of
from operations.declaring import Outputs, operation
from operations.inputs import contexts, flag, instant, optional, text

JOB = "interview.paper"

_ANSWER = {"question": text("What was asked", 200), "answer": text("What was answered", 1000)}


@operation(
    "interview.record",
    "记录面谈 Record the interview with the applicant",
    inputs={
        "application_no": APPLICATION_NO,
        "at": instant("When it began"),
        "place": text("Where", 120),
        "interviewee": optional(text("Who answered, where it was not the borrower in person", 60)),
        "second": optional(text("Name of the second interviewer; the first is whoever records it", 60)),
        "two_needed": optional(flag("Whether the house wants two interviewers"), False),
        "answers": contexts("Questions and answers", _ANSWER),
        "view": optional(text("What the interviewer thinks of it", 1000)),
        "signed_in_person": flag("Whether the applicant signed before the interviewer's eyes"),
        "signed_at": instant("When the applicant signed"),
    },
    outputs={"paper": "Title of the record that will lie with the case"},
)
def record(call: OperationCall, *, application_no: str, **held: Any) -> Outputs:
    """Has the record printed and kept with the case, after the step: setting it takes longer than a step should.

    Refused, by the field of the form: a time to come, a signature before the interview, no second interviewer where
    the house wants two, one who interviewed twice, an interview without answers, no signature.
    """
    application = application_of(call, application_no)
    own = titles_of(call.session, [call.actor]) if call.actor else {}
    problems = {
        name: [{"code": code, "message": message}]
        for name, code, message in _problems(call.now, {call.actor, *own.values()}, held)
    }
    if problems:
        raise Invalid(" ".join(told[0]["message"] for told in problems.values()), problems)
    times = {name: held[name].astimezone(call.zone).isoformat() for name in ("at", "signed_at")}
    told = {name: held[name] for name in ("place", "interviewee", "second", "answers", "view")}
    call.queue_job(
        JOB,
        {
            "instance_id": str(call.instance_id),
            "element": call.element,
            "application_id": application.id,
            "interviewer": call.actor,
            **times,
            **told,
        },
    )
    return {"paper": f"面谈记录 {application.number}"}


def _problems(now: dt.datetime, interviewer: set[str | None], held: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What stands against the record: the form's field, a code, words in both languages."""
    to_come = "不能晚于现在。 It cannot be later than now."
    judged = (
        (held["at"] > now, "interview_at", "future", f"面谈时间{to_come}"),
        (held["signed_at"] > now, "applicant_signed_at", "future", f"签字时间{to_come}"),
        (
            held["signed_at"] < held["at"],
            "applicant_signed_at",
            "before_interview",
            "签字不能早于面谈。 The signature cannot come before the interview.",
        ),
        (
            held["two_needed"] and held["second"] is None,
            "interview_second",
            "required",
            "本机构要求两人面谈，请写第二访谈人。 The house wants two interviewers: name the second.",
        ),
        (
            held["second"] is not None and held["second"] in interviewer,
            "interview_second",
            "same_person",
            "第二访谈人须是另一人。 The second interviewer must be another person.",
        ),
        (not held["answers"], "interview_answers", "required", "至少记一问一答。 Record at least one answer."),
        (
            not held["signed_in_person"],
            "signed_in_person",
            "required",
            "申请人须本人当面签字。 The applicant must sign in person.",
        ),
    )
    return [(name, code, message) for wrong, name, code, message in judged if wrong]
