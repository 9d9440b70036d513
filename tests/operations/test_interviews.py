"""The interview with the applicant: what is refused by its field, and the record that becomes a paper of the case."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine.errors import Invalid
from models.queries.people import add_person
from operations.interview_papers import record_pdf
from tests.operations.conftest import MONDAY, Case

ANSWERS = [{"question": "借款用途", "answer": "购买种苗"}, {"question": "还款来源", "answer": "蔬菜销售"}]


@pytest.fixture
def applied(case: Case, session: Session) -> Case:
    """A case with its application; `li` is called 李娜."""
    add_person(session, MONDAY, "li", "a long enough password", title="李娜")
    case.register()
    return case


def told(**changed: Any) -> dict[str, Any]:
    begun = MONDAY - dt.timedelta(hours=1)
    given = {"application_no": "A-2026-0001", "at": begun, "place": "洽谈室", "answers": ANSWERS}
    return {**given, "signed_in_person": True, "signed_at": MONDAY, **changed}


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"at": MONDAY + dt.timedelta(minutes=5), "signed_at": MONDAY}, "interview_at", "future"),
        ({"signed_at": MONDAY + dt.timedelta(minutes=5)}, "applicant_signed_at", "future"),
        ({"signed_at": MONDAY - dt.timedelta(hours=2)}, "applicant_signed_at", "before_interview"),
        ({"two_needed": True}, "interview_second", "required"),
        ({"second": "li"}, "interview_second", "same_person"),
        ({"second": "李娜"}, "interview_second", "same_person"),
        ({"answers": []}, "interview_answers", "required"),
        ({"signed_in_person": False}, "signed_in_person", "required"),
    ],
)
def test_a_record_that_cannot_be_is_refused_by_the_field_of_the_form(applied, changed, field, code):
    with pytest.raises(Invalid) as refused:
        applied.call("interview.record", **told(**changed))
    assert refused.value.errors[field][0]["code"] == code
    assert applied.jobs == []


def test_the_record_is_printed_with_all_that_was_said(applied, session):
    outputs = applied.call("interview.record", **told(second="钱伟", view="与申请一致\n没有疑点", two_needed=True))
    assert outputs == {"paper": "面谈记录 A-2026-0001"}
    [(kind, payload)] = applied.jobs
    assert kind == "interview.paper"
    assert payload["answers"] == ANSWERS
    assert (payload["interviewer"], payload["second"]) == ("li", "钱伟")
    made = record_pdf(session, payload)
    assert made.startswith(b"%PDF")
    assert made == record_pdf(session, payload)
    assert made != record_pdf(session, {**payload, "view": "有疑点"})
