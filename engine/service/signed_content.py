"""What was signed, kept under its hash for life, and the proof that it is still that (GOV-3)."""

from __future__ import annotations

import hashlib
import uuid
import zlib
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.values import decode, encode
from models.cases import Signature, SignedContent
from models.database import insert_missing


def fingerprint(content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of what was shown or given."""
    return _hash(_text(content))


def _text(content: Mapping[str, Any]) -> bytes:
    return encode(dict(sorted(content.items()))).encode()


def _hash(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def keep(session: Session, *contents: Mapping[str, Any]) -> list[str]:
    """Keep what somebody has signed; returns the hash of each. The same content is kept once."""
    texts = [_text(content) for content in contents]
    hashes = [_hash(text) for text in texts]
    rows = [{"hash": number, "content": zlib.compress(text)} for number, text in zip(hashes, texts, strict=True)]
    insert_missing(session, SignedContent, rows, ["hash"])
    return hashes


def read(session: Session, number: str) -> dict[str, Any] | None:
    """What was kept under a hash; None when it is gone, or is not what its hash says."""
    kept = session.scalar(sa.select(SignedContent.content).where(SignedContent.hash == number))
    text = None if kept is None else _unpacked(kept)
    if text is None or _hash(text) != number:
        return None
    content: dict[str, Any] = decode(text.decode())
    return content


def _unpacked(kept: bytes) -> bytes | None:
    try:
        return zlib.decompress(kept)
    except zlib.error:
        return None


def problem_with(session: Session, instance_id: uuid.UUID, recorded: Mapping[uuid.UUID, Any]) -> tuple[int, str] | None:
    """What is wrong with the signatures of a case, with the event that shows it; None when nothing is.

    `recorded` says for each task which event tells of its signature: sequence number, hashes of facts and form, person.
    """
    rows = session.scalars(sa.select(Signature).where(Signature.instance_id == instance_id)).all()
    by_task = {row.task_id: row for row in rows}
    for task_id, (seq, facts_hash, form_hash, person) in recorded.items():
        row = by_task.get(task_id)
        if row is None:
            return seq, "tells of a signature that is missing"
        if (row.facts_hash, row.form_hash, row.person) != (facts_hash, form_hash, person):
            return seq, "tells of another signature than the one that is kept"
        if read(session, facts_hash) is None or read(session, form_hash) is None:
            return seq, "tells of a signature whose facts were altered or are missing"
    return None
