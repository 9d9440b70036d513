"""What whoever signs has seen (GOV-3): the facts on the screen, the documents by their hashes, what is open against it.

The page and the completion make it in the same way, so that its hash says whether anything has changed in between. What
was signed is kept under its hash, for life.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import Conflict, Reason
from engine.service.actors import Actor
from engine.service.attachments import Sealed
from engine.service.sealing import hidden_names, hidden_tasks
from engine.service.signed_content import fingerprint, read
from models.cases import Attachment, Incident, Signature
from models.cases import Conflict as DeclaredConflict
from models.papers import PRINTED, Document

_MOST = 1000


def shown(
    session: Session, definition: Any, instance: Any, viewer: Actor, variables: Mapping[str, Any]
) -> dict[str, Any]:
    """The facts of a step for `viewer`: its branch's variables, the documents, and what is open against the case.

    `instance` is the row of the case; what is sealed for the viewer is no part of it, an auditor's privilege apart.
    """
    sealed = Sealed(session, definition, instance, replace(viewer, roles=frozenset()))
    files = session.execute(
        sa.select(Attachment, Document)
        .outerjoin(Document, Document.attachment_id == Attachment.id)
        .where(Attachment.instance_id == instance.id)
        .order_by(Attachment.id)
        .limit(_MOST)
    )
    declared = sa.select(DeclaredConflict.person, sa.literal("conflicts")).where(
        DeclaredConflict.instance_id == instance.id
    )
    failed = sa.select(Incident.element, sa.literal("incidents")).where(
        Incident.instance_id == instance.id, Incident.resolved_at.is_(None)
    )
    against: dict[str, list[str]] = {"conflicts": [], "incidents": []}
    for name, what in session.execute(declared.union_all(failed)):
        against[what].append(name)
    return {
        "variables": dict(sorted(variables.items())),
        "documents": [_document(file, paper) for file, paper in files if not sealed.hides(file)],
        **{what: sorted(names) for what, names in against.items()},
    }


def _document(file: Attachment, paper: Document | None) -> dict[str, Any]:
    """A file by its hash; and as which paper, of whom, in which version and until when it was taken in."""
    shown: dict[str, Any] = {"name": file.name, "sha256": file.sha256, "number": str(file.id), "step": file.element}
    if paper is not None:
        until = paper.expires_on and paper.expires_on.isoformat()
        shown |= {"paper": paper.kind, "party": paper.party, "version": str(paper.version), "expires_on": until}
    return shown


def as_seen(facts: dict[str, Any], seen: str | None) -> dict[str, Any]:
    """The facts that a person has seen, by their hash: those of now, or those before the last papers were printed.

    What the program prints says nothing that the case did not say before, and comes at its own time: nobody need look
    again because of it. Raises `Conflict` when anything else has changed.
    """
    if seen is None or seen == fingerprint(facts):
        return facts
    documents = facts["documents"]
    while documents and documents[-1].get("paper") in PRINTED:
        documents = documents[:-1]
        before = {**facts, "documents": documents}
        if seen == fingerprint(before):
            return before
    raise Conflict(Reason("facts_changed", "What this step shows has changed since you looked: look at it again."))


def signed(session: Session, instance: Any, signature: Signature, viewer: Actor) -> tuple[dict[str, Any] | None, ...]:
    """What was shown and what was given with a signature, without what is still sealed for `viewer`."""
    everything = "auditor" in viewer.roles
    names = hidden_names(instance.sealed, viewer.name, reads_everything=everything)
    tasks = hidden_tasks(instance.sealed, viewer.name, reads_everything=everything)
    facts, form = read(session, signature.facts_hash), read(session, signature.form_hash)
    if facts is not None:
        held = facts.get("variables", {})
        facts = {**facts, "variables": {name: value for name, value in held.items() if name not in names}}
    if form is not None and signature.task_id.hex in tasks:
        form = None
    return facts, form
