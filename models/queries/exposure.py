"""What customers owe the house: outstanding principal, and what is approved and not paid out yet. In CNY."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.applications import Application, ApplicationGuarantor
from models.contracts import Contract
from models.loans import Instalment, Loan
from models.resolutions import Resolution

_APPROVED = ("approved", "contracted")


def exposures(session: Session, ids: Collection[int]) -> dict[int, Decimal]:
    """What each of these customers owes or may still draw; customers without exposure are left out."""
    return _summed(
        session,
        _outstanding(Loan.customer_id).where(Loan.customer_id.in_(ids)).group_by(Loan.customer_id),
        _undisbursed(Application.customer_id).where(Application.customer_id.in_(ids)).group_by(Application.customer_id),
    )


def guaranteed(session: Session, ids: Collection[int]) -> dict[int, Decimal]:
    """What each of these customers guarantees of what others owe or may still draw."""
    guarantor = ApplicationGuarantor.customer_id
    loans = (
        _outstanding(guarantor)
        .join(Contract, Contract.id == Loan.contract_id)
        .join(ApplicationGuarantor, ApplicationGuarantor.application_id == Contract.application_id)
    )
    approved = _undisbursed(guarantor).join(ApplicationGuarantor, ApplicationGuarantor.application_id == Application.id)
    return _summed(
        session,
        loans.where(guarantor.in_(ids)).group_by(guarantor),
        approved.where(guarantor.in_(ids)).group_by(guarantor),
    )


def _outstanding(by: Any) -> sa.Select[Any]:
    owed = sa.func.sum(Instalment.principal - Instalment.paid_principal)
    in_force = sa.and_(Instalment.loan_id == Loan.id, Instalment.version == Loan.schedule_version)
    return sa.select(by, owed).select_from(Loan).join(Instalment, in_force).where(Loan.status == "active")


def _undisbursed(by: Any) -> sa.Select[Any]:
    last = (
        sa.select(sa.func.max(Resolution.round))
        .where(Resolution.application_id == Application.id)
        .correlate(Application)
        .scalar_subquery()
    )
    decided = sa.and_(Resolution.application_id == Application.id, Resolution.round == last)
    query = sa.select(by, sa.func.sum(Resolution.amount)).select_from(Application).join(Resolution, decided)
    return query.where(Application.status.in_(_APPROVED), Resolution.result == "approved")


def _summed(session: Session, *queries: sa.Select[Any]) -> dict[int, Decimal]:
    totals: dict[int, Decimal] = {}
    for query in queries:
        for customer_id, amount in session.execute(query):
            totals[customer_id] = totals.get(customer_id, Decimal(0)) + amount
    return {customer_id: total for customer_id, total in totals.items() if total}
