"""Notices for a person or for a person's roles: escalations, mentions. Only of cases that the person may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.cases import Instance
from models.queries.visibility import Viewer, units_below, visible_to
from models.registers import OutgoingNotice
from models.tasks import OPEN, Notice, Task

SHOWN = 20


def unread(session: Session, viewer: Viewer, roles: Iterable[str]) -> Sequence[sa.Row[Notice, Instance]]:
    """The latest notices with their cases. One to a role stands until its task closes, one to a person until read."""
    query = (
        sa.select(Notice, Instance)
        .join(Instance, Instance.id == Notice.instance_id)
        .outerjoin(Task, Task.id == Notice.task_id)
        .where(
            Notice.read_at.is_(None),
            sa.or_(Notice.kind == "mention", Task.id.is_(None), Task.state == OPEN),
            _for(viewer, roles),
            visible_to(viewer),
        )
        .order_by(Notice.created_at.desc(), Notice.id.desc())
        .limit(SHOWN)
    )
    return session.execute(query).all()


def templates_of(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """The templates of what processes sent, by its id."""
    wanted = {number for number in ids if number is not None}
    if not wanted:
        return {}
    query = sa.select(OutgoingNotice.id, OutgoingNotice.template).where(OutgoingNotice.id.in_(wanted))
    return {row.id: row.template for row in session.execute(query)}


def mark_read(session: Session, notice_id: int, person: str, now: dt.datetime) -> None:
    """A person has read a notice that was for this person alone; those for roles are their role's, not one's own."""
    session.execute(
        sa.update(Notice)
        .where(Notice.id == notice_id, Notice.person == person, Notice.read_at.is_(None))
        .values(read_at=now)
    )


def _for(viewer: Viewer, roles: Iterable[str]) -> Any:
    to_my_role = sa.and_(Notice.role.in_(sorted(roles)), Notice.unit_id.in_(units_below(viewer.unit_path)))
    return sa.or_(Notice.person == viewer.name, to_my_role)
