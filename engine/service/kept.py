"""Correlation of messages, and messages that came before anybody waited for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.values import dumps, loads
from models.tasks import KeptMessage

_TURN = 0x6C6F616E
"""The number of the lock under which messages and those who wait for them meet."""

MAX_KEYS = 1_000
"""Characters that the keys of a message with their values may have: they are searched by an index."""

_LOOKED_AT = 1_000
"""Kept messages of one name that are compared one by one when a case begins to wait."""


def in_turn(session: Session) -> None:
    """Wait until nobody else keeps a message or begins to wait for one, until the end of the transaction.

    Else a message that is being kept and a case that begins to wait could miss one another on PostgreSQL, each looking
    before the other has committed. SQLite has one writer at a time anyway. Whoever holds this locks no case afterwards.
    """
    if session.connection().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN)))


def canonical(correlation: Mapping[str, Any]) -> str:
    """One text for equal keys and values, however a number was written."""
    return dumps({key: _canonical(correlation[key]) for key in sorted(correlation)})


def keys(correlation: Mapping[str, Any]) -> str:
    """The names of the keys, as one text."""
    return dumps(sorted(correlation))


def subsets(correlation: Mapping[str, Any], declared: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(keys, correlation) as stored, for each declared set of keys that a message's correlation covers."""
    for text in declared:
        names = loads(text)
        if all(name in correlation for name in names):
            yield text, canonical({name: correlation[name] for name in names})


def _canonical(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value.normalize() + 0
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, dict):
        return {key: _canonical(value[key]) for key in sorted(value)}
    return value


def oldest_kept(session: Session, name: str, correlation: Mapping[str, Any]) -> KeptMessage | None:
    """The oldest kept message of this name that covers and agrees with the declared keys, locked."""
    query = (
        sa.select(KeptMessage)
        .where(KeptMessage.state == "kept", KeptMessage.name == name)
        .order_by(KeptMessage.id)
        .with_for_update()
    )
    exact = session.scalars(query.where(KeptMessage.correlation == canonical(correlation)).limit(1)).first()
    if exact is not None:
        return exact
    wanted = {key: _canonical(value) for key, value in correlation.items()}
    for message in session.scalars(query.limit(_LOOKED_AT)):
        given = loads(message.correlation)
        if all(key in given and _canonical(given[key]) == value for key, value in wanted.items()):
            return message
    return None
