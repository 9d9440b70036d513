"""One search over everything that has a number or a name, for pages and the REST interface: grouped, rights kept."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.service import attachments
from engine.service.actors import Actor
from models.archive import ArchiveEntry
from models.care import Complaint, Prospect
from models.cases import Attachment, Instance
from models.contracts import Contract, GuaranteeRegistration
from models.customers import Customer
from models.loans import Loan
from models.queries import prospects, search
from models.search import SearchEntry
from web.context import house
from web.customer_rights import reads_identities
from web.viewing import viewer_of


@dataclass(frozen=True)
class Group:
    """What was found of one kind, the best first, as rows; `more` when there is more than is shown."""

    kind: str
    items: list[Any]
    more: bool


_STAFF_ONLY = frozenset({"customer", "loan", "volume"})
_KINDS = ("customer", "prospect", "case", "loan", "contract", "title", "document", "complaint", "volume")
"""In the order in which groups are shown."""


def found(session: Session, who: Actor, words: str, most: int) -> list[Group]:
    """The groups with something in them, at most `most` of each."""
    viewer = viewer_of(session, who)
    staff = bool(who.roles - {"designer"})
    groups = []
    for kind in _KINDS:
        if kind in _STAFF_ONLY and not staff:
            continue
        keep = _KEEP[kind](session, who) if kind in _KEEP else None
        entries, more = search.find(session, viewer, kind, words, most, keep)
        items = _ROWS[kind](session, [entry.ref for entry in entries])
        if kind == "customer":
            exactly = search.customers_known_by(session, words, by_identity=reads_identities(session, who))
            items = (exactly + [item for item in items if item not in exactly])[:most]
        if items:
            groups.append(Group(kind, items, more))
    return groups


def _not_sealed(session: Session, who: Actor) -> search.Keep:
    """Documents that are part of an opinion under seal are not found before it is opened."""

    def keep(entries: list[SearchEntry]) -> list[SearchEntry]:
        files = {str(file.id): file for file in _by(session, Attachment, Attachment.id, [int(e.ref) for e in entries])}
        cases = {file.instance_id for file in files.values()}
        instances = session.scalars(sa.select(Instance).where(Instance.id.in_(cases)))
        seals = {
            case.id: attachments.Sealed(session, house().definitions.get(session, case.definition_id), case, who)
            for case in instances
        }
        return [entry for entry in entries if not seals[files[entry.ref].instance_id].hides(files[entry.ref])]

    return keep


def _by(session: Session, model: type[Any], column: Any, values: Iterable[Any]) -> list[Any]:
    """The rows with these values, in their order."""
    wanted = list(values)
    rows = {getattr(row, column.key): row for row in session.scalars(sa.select(model).where(column.in_(wanted)))}
    return [rows[value] for value in wanted if value in rows]


def _ones_own(session: Session, who: Actor) -> search.Keep:
    """Prospects are found by those who see their page."""

    def keep(entries: list[SearchEntry]) -> list[SearchEntry]:
        numbers = prospects.visible(who).where(Prospect.number.in_([entry.ref for entry in entries]))
        seen = {prospect.number for prospect in session.scalars(numbers)}
        return [entry for entry in entries if entry.ref in seen]

    return keep


_KEEP: dict[str, Callable[[Session, Actor], search.Keep]] = {"document": _not_sealed, "prospect": _ones_own}

_ROWS: dict[str, Callable[[Session, list[str]], list[Any]]] = {
    "customer": lambda session, refs: _by(session, Customer, Customer.number, refs),
    "case": lambda session, refs: _by(session, Instance, Instance.id, (uuid.UUID(hex=ref) for ref in refs)),
    "loan": lambda session, refs: _by(session, Loan, Loan.number, refs),
    "contract": lambda session, refs: _by(session, Contract, Contract.number, refs),
    "prospect": lambda session, refs: _by(session, Prospect, Prospect.number, refs),
    "complaint": lambda session, refs: _by(session, Complaint, Complaint.number, refs),
    "title": lambda session, refs: _by(session, GuaranteeRegistration, GuaranteeRegistration.number, refs),
    "volume": lambda session, refs: _by(session, ArchiveEntry, ArchiveEntry.number, refs),
    "document": lambda session, refs: _by(session, Attachment, Attachment.id, (int(ref) for ref in refs)),
}
