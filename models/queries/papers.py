"""What is asked of the papers of a case."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.cases import Attachment
from models.papers import Document, PaperFileMove, PaperItem

MOST_MOVES = 100


def of_desk(session: Session, instance_id: uuid.UUID, desk: str) -> Sequence[PaperItem]:
    """The checklist of one desk, in order."""
    query = sa.select(PaperItem).where(PaperItem.instance_id == instance_id, PaperItem.desk == desk)
    return session.scalars(query.order_by(PaperItem.n, PaperItem.id)).all()


def of_case(session: Session, instance_id: uuid.UUID) -> Sequence[PaperItem]:
    """The checklists of all desks, in the order in which the desks drew them up."""
    query = sa.select(PaperItem).where(PaperItem.instance_id == instance_id)
    return session.scalars(query.order_by(PaperItem.id)).all()


def documents_of(session: Session, instance_id: uuid.UUID) -> Sequence[tuple[Attachment, Document | None]]:
    """All files of a case with what they are, the latest first; a file that nobody assigned has no document."""
    query = sa.select(Attachment, Document).outerjoin(Document, Document.attachment_id == Attachment.id)
    found = session.execute(query.where(Attachment.instance_id == instance_id).order_by(Attachment.id.desc()))
    return [(file, document) for file, document in found]


def latest_version(session: Session, instance_id: uuid.UUID, kind: str, party: str) -> int:
    """The version of what came last of a kind and party; 0 before the first."""
    query = sa.select(sa.func.max(Document.version)).where(
        Document.instance_id == instance_id, Document.kind == kind, Document.party == party
    )
    return session.scalar(query) or 0


def taken_in(session: Session, instance_id: uuid.UUID) -> set[tuple[str, str]]:
    """The kinds and parties of which a case holds a document."""
    query = sa.select(Document.kind, Document.party).where(Document.instance_id == instance_id).distinct()
    return {(kind, party) for kind, party in session.execute(query)}


def serves(session: Session, instance_id: uuid.UUID, kind: str, party: str) -> Sequence[PaperItem]:
    """The items of all desks' checklists that a document of this kind and party serves."""
    query = sa.select(PaperItem).where(
        PaperItem.instance_id == instance_id, PaperItem.kind == kind, PaperItem.party == party
    )
    return session.scalars(query.order_by(PaperItem.id)).all()


def document(session: Session, attachment_id: int) -> Document | None:
    """What a file is; None for one that nobody assigned."""
    return session.get(Document, attachment_id)


def paper_file_moves(session: Session, instance_id: uuid.UUID) -> Sequence[PaperFileMove]:
    """Who has held the paper file of a case, the latest first; at most `MOST_MOVES`."""
    query = sa.select(PaperFileMove).where(PaperFileMove.instance_id == instance_id)
    return session.scalars(query.order_by(PaperFileMove.id.desc()).limit(MOST_MOVES)).all()


def paper_file_holder(session: Session, instance_id: uuid.UUID) -> str | None:
    """Who holds the paper file of a case now; None before the first confirmed it."""
    query = sa.select(PaperFileMove.holder).where(PaperFileMove.instance_id == instance_id)
    return session.scalar(query.order_by(PaperFileMove.id.desc()).limit(1))
