"""Lists of contracts: those of the cases that a person may see, by what they are and where they stand."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, selectinload

from models.applications import Application
from models.cases import Instance
from models.contracts import Contract, ContractRemark
from models.queries.paging import Page, fetch_page, number_key, order_by
from models.queries.visibility import Viewer, visible_to

_ID = number_key(Contract.id)
_NEWEST_FIRST = order_by("-id", {"id": _ID}, _ID)


def _visible(viewer: Viewer) -> sa.Select[Any]:
    seen = sa.select(Instance.id).where(visible_to(viewer))
    return (
        sa.select(Contract)
        .join(Contract.application)
        .options(contains_eager(Contract.application), selectinload(Contract.parties))
        .where(Application.instance_id.in_(seen))
    )


def list_contracts(
    session: Session,
    viewer: Viewer,
    *,
    kind: str | None = None,
    status: str | None = None,
    limit: int,
    cursor: str | None = None,
) -> Page:
    """Contracts of the cases that a viewer may see, the newest first. Raises `paging.BadCursor`."""
    query = _visible(viewer)
    if kind is not None:
        query = query.where(Contract.kind == kind)
    if status is not None:
        query = query.where(Contract.status == status)
    return fetch_page(session, query, _NEWEST_FIRST, cursor, limit)


def find_visible_contract(session: Session, viewer: Viewer, number: str) -> Contract | None:
    """The contract with this number, if the viewer may see its case."""
    return session.scalar(_visible(viewer).where(Contract.number == number))


def contracts_of_case(session: Session, instance_id: uuid.UUID) -> Sequence[Contract]:
    """All contracts of a case, void ones too, in the order in which they were numbered."""
    return session.scalars(
        sa.select(Contract)
        .join(Contract.application)
        .options(contains_eager(Contract.application), selectinload(Contract.parties))
        .where(Application.instance_id == instance_id)
        .order_by(Contract.id)
    ).all()


def remarks_on(session: Session, contract: Contract) -> Sequence[ContractRemark]:
    """What was said to a contract, the latest first."""
    query = sa.select(ContractRemark).where(ContractRemark.contract_id == contract.id)
    return session.scalars(query.order_by(ContractRemark.id.desc())).all()
