"""The errand that prints the record of an interview, and keeps it among the case's papers (INT-3)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.service import actors
from engine.service.attachments import FileStore
from engine.service.errands import Errand
from models.applications import Application
from models.queries.staff import institution, titles_of
from operations.documents import keep
from operations.printing import pdf

KIND = "interview"


def record_pdf(session: Session, told: Mapping[str, Any]) -> bytes:
    """The record as PDF; `told` is the job's payload as `interviews.record` queues it."""
    application = session.get_one(Application, int(told["application_id"]))
    borrower = application.customer.name
    interviewer = titles_of(session, [told["interviewer"]]).get(told["interviewer"], told["interviewer"])
    facts = [
        ["申请人", borrower],
        ["申请", f"{application.product.title_zh}，{application.amount:,.2f} 元，{application.term_months} 个月"],
        ["时间", dt.datetime.fromisoformat(told["at"])],
        ["地点", told["place"]],
        ["被访人", told["interviewee"] or borrower],
        ["访谈人", "、".join(name for name in (interviewer, told["second"]) if name)],
    ]
    answers = [[n, row["question"], row["answer"]] for n, row in enumerate(told["answers"], start=1)]
    parts: list[dict[str, Any]] = [
        {"kind": "facts", "rows": facts},
        {"kind": "section", "text": "问答"},
        {
            "kind": "list",
            "columns": [["序", 1, "left"], ["问", 4, "left"], ["答", 9, "left"]],
            "rows": answers,
        },
    ]
    if told["view"]:
        parts += [{"kind": "section", "text": "访谈人意见"}, {"kind": "text", "paragraphs": told["view"].splitlines()}]
    signed = dt.datetime.fromisoformat(told["signed_at"])
    parts += [
        {"kind": "facts", "rows": [["申请人本人当面签字", signed]]},
        {"kind": "text", "paragraphs": ["以上记录已由本人看过，与本人所述一致。"]},
        {"kind": "signatures", "labels": ["申请人", "访谈人", "第二访谈人"]},
    ]
    return pdf(
        "document",
        {
            "title": "贷款申请面谈记录",
            "number": application.number,
            "institution": institution(session) or "",
            "parts": parts,
        },
    )


def record_errand(store: FileStore) -> Errand:
    """How the job `interview.paper` is done."""

    def do(house: Any, _key: str, payload: dict[str, Any]) -> bytes:
        with house.sessions.reading() as session:
            return record_pdf(session, payload)

    def done(step: Any, payload: dict[str, Any], content: bytes) -> None:
        application = step.session.get_one(Application, int(payload["application_id"]))
        interviewer = actors.load(step.session, payload["interviewer"])
        keep(
            step, store, uuid.UUID(payload["instance_id"]), interviewer, f"面谈记录 {application.number}.pdf", content,
            kind=KIND, element=payload["element"],
        )  # fmt: skip

    def failed(step: Any, payload: dict[str, Any], message: str) -> None:
        """The failed job stays for operators to see and try again; what was said is kept with the step's signature."""

    return Errand(do, done, failed)
