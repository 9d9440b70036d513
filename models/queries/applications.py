"""Finding an application, what was decided on it, and its contracts."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.applications import Application, Opinion
from models.contracts import KINDS, Contract, GuaranteeRegistration
from models.resolutions import Resolution


def find_application(session: Session, unit_id: int, number: str) -> Application | None:
    """The application with this number in a unit, locked until the end of the transaction."""
    query = sa.select(Application).where(Application.unit_id == unit_id, Application.number == number)
    return _locked(session, query, Application)


def latest_resolution(session: Session, application: Application) -> Resolution | None:
    """What was decided last."""
    return session.scalar(
        sa.select(Resolution)
        .where(Resolution.application_id == application.id)
        .order_by(Resolution.round.desc())
        .limit(1)
    )


def next_opinion_round(session: Session, application: Application, stage: str) -> int:
    """1 for the first opinion of a stage, and so on."""
    query = sa.select(sa.func.count()).where(Opinion.application_id == application.id, Opinion.stage == stage)
    return int(session.scalar(query) or 0) + 1


def first_responsible(session: Session, instance_id: uuid.UUID) -> str | None:
    """Who gave the report of A last in a case, and so answers first for its loan (INV-7); None before."""
    query = (
        sa.select(Opinion.person)
        .join(Application, Application.id == Opinion.application_id)
        .where(Application.instance_id == instance_id, Opinion.stage == "investigation_a")
    )
    return session.scalar(query.order_by(Opinion.round.desc()).limit(1))


def latest_opinions(session: Session, instance_id: uuid.UUID) -> Sequence[Opinion]:
    """The latest opinion of each stage on the application of a case, in the order in which they were given."""
    query = (
        sa.select(Opinion)
        .join(Application, Application.id == Opinion.application_id)
        .where(Application.instance_id == instance_id)
    )
    latest = {opinion.stage: opinion for opinion in session.scalars(query.order_by(Opinion.round))}
    return sorted(latest.values(), key=lambda opinion: (opinion.given_at, opinion.id))


def resolution_of_case(session: Session, instance_id: uuid.UUID) -> Resolution | None:
    """What was decided last in a case."""
    query = (
        sa.select(Resolution)
        .join(Application, Application.id == Resolution.application_id)
        .where(Application.instance_id == instance_id)
    )
    return session.scalar(query.order_by(Resolution.round.desc()).limit(1))


def live_contracts(session: Session, application: Application) -> Sequence[Contract]:
    """The contracts of an application that are not void, the loan contract first, then by kind and number."""
    query = sa.select(Contract).where(Contract.application_id == application.id, Contract.status != "void")
    found = session.scalars(query).all()
    return sorted(found, key=lambda contract: (KINDS.index(contract.kind), contract.n))


def find_contract(session: Session, number: str) -> Contract | None:
    """The contract with this number, locked until the end of the transaction."""
    return _locked(session, sa.select(Contract).where(Contract.number == number), Contract)


def _locked(session: Session, query: Any, entity: Any) -> Any:
    # NO KEY UPDATE: whoever inserts a row that refers to this one need not wait.
    locked = query.with_for_update(of=entity, key_share=True)
    return session.scalar(locked.execution_options(populate_existing=True))


def find_registration(session: Session, authority_name: str, certificate_no: str) -> GuaranteeRegistration | None:
    """The guarantee registered with an authority under this certificate."""
    return session.scalar(
        sa.select(GuaranteeRegistration).where(
            GuaranteeRegistration.authority_name == authority_name,
            GuaranteeRegistration.certificate_no == certificate_no,
        )
    )
