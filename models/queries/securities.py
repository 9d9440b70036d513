"""Finding what secures loans: registrations, and papers that end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models.applications import Application, Opinion
from models.contracts import GuaranteeRegistration
from models.queries.paging import Page, date_key, fetch_page, number_key, order_by
from models.queries.visibility import units_below
from models.security_papers import SecurityPaper

_ID = number_key(SecurityPaper.id)
_SOONEST_FIRST = order_by("until", {"until": date_key(SecurityPaper.valid_until)}, _ID)


def ending(session: Session, until: dt.date, limit: int) -> Sequence[SecurityPaper]:
    """Papers that hold until a day at most and that nobody was asked to renew yet, the first to end first.

    Locked until the end of the transaction: two who ask at once get different ones.
    """
    return session.scalars(
        sa.select(SecurityPaper)
        .where(SecurityPaper.ended_on.is_(None), SecurityPaper.asked_at.is_(None), SecurityPaper.valid_until <= until)
        .order_by(SecurityPaper.valid_until, SecurityPaper.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()


def find_paper(session: Session, application: Application, kind: str, issuer: str, number: str) -> SecurityPaper | None:
    """The paper of a security with this number of its issuer."""
    return session.scalar(
        sa.select(SecurityPaper).filter_by(application_id=application.id, kind=kind, issuer=issuer, number=number)
    )


def visible_paper(session: Session, unit_path: str | None, paper_id: int) -> SecurityPaper | None:
    """A paper of an application in a unit or below (None: anywhere)."""
    query = sa.select(SecurityPaper).join(SecurityPaper.application).where(SecurityPaper.id == paper_id)
    return session.scalar(_within(query, unit_path))


def visible_application(session: Session, unit_path: str | None, number: str) -> Application | None:
    """The application of a number in a unit or below (None: anywhere); the latest, should units number alike."""
    query = sa.select(Application).where(Application.number == number).order_by(Application.id.desc()).limit(1)
    return session.scalar(_within(query, unit_path))


def _within(query: sa.Select[Any], unit_path: str | None) -> sa.Select[Any]:
    return query if unit_path is None else query.where(Application.unit_id.in_(units_below(unit_path)))


def papers_of(session: Session, application: Application) -> Sequence[SecurityPaper]:
    """What of an application's securities ends some day, the first to end first; what was renewed comes last."""
    query = sa.select(SecurityPaper).where(SecurityPaper.application_id == application.id)
    return session.scalars(query.order_by(SecurityPaper.ended_on.is_not(None), SecurityPaper.valid_until)).all()


def registrations_of(session: Session, application: Application) -> Sequence[GuaranteeRegistration]:
    """The registrations with their certificates, in the order of record."""
    query = sa.select(GuaranteeRegistration).where(GuaranteeRegistration.application_id == application.id)
    return session.scalars(query.order_by(GuaranteeRegistration.id)).all()


def holding(
    session: Session, unit_path: str | None, *, until: dt.date | None, kind: str | None, limit: int, cursor: str | None
) -> Page:
    """What is watched in a unit and below (None: everywhere), the first to end first. Raises `paging.BadCursor`."""
    query: sa.Select[Any] = (
        sa.select(SecurityPaper)
        .join(SecurityPaper.application)
        .options(joinedload(SecurityPaper.application))
        .where(SecurityPaper.ended_on.is_(None))
    )
    query = _within(query, unit_path)
    if until is not None:
        query = query.where(SecurityPaper.valid_until <= until)
    if kind is not None:
        query = query.where(SecurityPaper.kind == kind)
    return fetch_page(session, query, _SOONEST_FIRST, cursor, limit)


def account_manager_of(session: Session, application: Application) -> str | None:
    """Who investigated first: the one who looks after the customer from then on."""
    return session.scalar(
        sa.select(Opinion.person)
        .where(Opinion.application_id == application.id, Opinion.stage == "investigation_a")
        .order_by(Opinion.round.desc())
        .limit(1)
    )
