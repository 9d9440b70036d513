"""The errand that prints what the committee minuted on a case, and keeps it among the case's papers (REV-3)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

from engine.service import actors
from engine.service.attachments import FileStore
from engine.service.errands import Errand, GiveUp
from models.meetings import AgendaItem
from operations.documents import keep
from operations.minutes import minutes_pdf


def minutes_errand(store: FileStore) -> Errand:
    """How the job `committee.minutes` is done; the page of the meeting prints the same whenever it is asked."""

    def do(house: Any, _key: str, payload: dict[str, Any]) -> Any:
        with house.sessions.reading() as session:
            item = session.get(AgendaItem, int(payload["item"]))
            if item is None:
                raise GiveUp("there is no such item on an agenda")
            content = minutes_pdf(session, item.meeting, [item], house.calendar.zone)
            return {"content": b64encode(content).decode(), "name": f"贷审会纪要 {item.meeting.number}-{item.n}.pdf"}

    def done(step: Any, payload: dict[str, Any], result: Any) -> None:
        item = step.session.get_one(AgendaItem, int(payload["item"]))
        secretary = actors.load(step.session, item.meeting.secretary)
        content = b64decode(result["content"])
        keep(step, store, item.instance_id, secretary, result["name"], content, kind="minutes", element="write_minutes")

    def failed(step: Any, payload: dict[str, Any], message: str) -> None:
        """Nothing to undo: the job stays as failed for operators, and the meeting's page prints the minutes."""

    return Errand(do, done, failed)
