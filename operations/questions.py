"""Rounds of questions and answers between the compliance desk and the investigators (REV-2)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from engine.ports import OperationCall
from models.queries.meetings import first_investigator
from models.queries.questions import questions_of
from models.questions import ANSWERED, ASKED, QuestionEntry, ReviewQuestion
from operations.declaring import Outputs, operation, refuse
from operations.inputs import flag, optional, text, whole

_REOPENS = re.compile(r"#\s*([0-9]{1,3})[\s:：、.]*(.*)")
_NUMBERED = re.compile(r"(?:[0-9]{1,2}(?:[、)）]|[.．](?![0-9]))|[(（][0-9]{1,2}[)）])\s*")
"""How people number a list themselves; the case gives the numbers."""
_MAX = 1000


@operation(
    "question.ask",
    "登记问题 Ask numbered questions",
    inputs={"questions": text("A question a line; `#2 why` reopens the question 2", 10_000)},
    outputs={
        "open_questions": "What is to be answered now: n, text (of a reopened one with why), to (who reports)",
        "round": "The round that begins",
    },
)
def ask(call: OperationCall, *, questions: str) -> Outputs:
    """Each line becomes a question with the next number of the case, or reopens one that was answered."""
    known = {question.n: question for question in questions_of(call.session, call.instance_id)}
    number = 1 + max((entry.round for row in known.values() for entry in row.entries), default=0)
    opened: dict[int, str] = {}
    for line in (line.strip() for line in questions.splitlines()):
        if not line:
            continue
        again = _REOPENS.fullmatch(line)
        earlier = known.get(int(again[1])) if again else None
        if again is not None and earlier is not None:
            why = again[2].strip() or "请补充"
            _say(call, earlier, "reopened", number, why[:_MAX])
            earlier.state = ASKED
            opened[earlier.n] = f"{earlier.text}（重开：{why}）"
            continue
        words = _NUMBERED.sub("", line, count=1) if _NUMBERED.match(line) else line
        row = ReviewQuestion(
            instance_id=call.instance_id, n=len(known) + 1, text=(words or line)[:_MAX], state=ASKED, entries=[]
        )
        call.session.add(row)
        call.session.flush()
        _say(call, row, "asked", number, row.text)
        known[row.n] = row
        opened[row.n] = row.text
    call.session.flush()
    to = first_investigator(call.session, call.instance_id)
    return {
        "open_questions": [{"n": Decimal(n), "text": f"{n}. {words}", "to": to} for n, words in sorted(opened.items())],
        "round": Decimal(number),
    }


@operation(
    "question.answer",
    "答复问题 Answer a question",
    inputs={
        "n": whole("The question's number"),
        "answer": text("The answer", 4000),
        "settled": optional(flag("Whether the loan's conditions were settled with the customer"), False),
    },
    outputs={"unanswered": "How many are still to be answered"},
)
def answer(call: OperationCall, *, n: int, answer: str, settled: bool) -> Outputs:
    """Answers one question; who answers has stood by the report."""
    rows = questions_of(call.session, call.instance_id)
    row = next((row for row in rows if row.n == n), None)
    if row is None or row.state != ASKED:
        raise refuse("n", "is not a question that waits for an answer")
    words = f"{answer}（放款条件已与客户落实）" if settled else answer
    _say(call, row, "answered", row.entries[-1].round, words)
    row.state = ANSWERED
    call.session.flush()
    return {"unanswered": Decimal(sum(question.state == ASKED for question in rows))}


def _say(call: OperationCall, row: ReviewQuestion, kind: str, number: int, words: str) -> None:
    entry: Any = QuestionEntry(
        seq=len(row.entries) + 1, kind=kind, round=number, text=words, by=call.actor, at=call.now
    )
    row.entries.append(entry)
