"""Finding appointments, signers and uses of seals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.applications import Application
from models.signings import ContractSigner, SealUse, SigningAppointment


def latest_appointment(session: Session, application: Application) -> SigningAppointment | None:
    """The appointment that was agreed last."""
    return session.scalar(
        sa.select(SigningAppointment)
        .where(SigningAppointment.application_id == application.id)
        .order_by(SigningAppointment.sequence.desc())
        .limit(1)
    )


def signers_of(session: Session, application: Application) -> Sequence[ContractSigner]:
    """Who was at the signing."""
    query = sa.select(ContractSigner).where(ContractSigner.application_id == application.id)
    return session.scalars(query.order_by(ContractSigner.n)).all()


def seals_of(session: Session, contract_ids: Iterable[int]) -> Sequence[SealUse]:
    """The seals that were put on contracts, in the order of the register."""
    query = sa.select(SealUse).where(SealUse.contract_id.in_(list(contract_ids)))
    return session.scalars(query.order_by(SealUse.id)).all()
