"""Pages of lists by keyset: each begins where the last row of the one before stood, however much was added meanwhile.

A cursor is opaque to whoever uses it; it holds the order, and the sort key and id of that last row.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
_BATCH = 100
_MOST_JUDGED = 5_000


class BadCursor(ValueError):
    """This is no cursor of this list in this order."""

    def __init__(self) -> None:
        super().__init__("The cursor is not one of this list in this order.")


class UnknownSort(ValueError):
    """The list cannot be sorted by this."""

    def __init__(self, name: str, known: Mapping[str, Key]) -> None:
        super().__init__(f"Cannot sort by {name!r}; possible are {', '.join(known)}, with - in front for descending.")


def _instant(text: Any) -> dt.datetime:
    value = dt.datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("no zone")
    return value.astimezone(dt.UTC)


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        raise ValueError("no number")
    return value


def _day(value: Any) -> dt.date:
    return dt.date.fromisoformat(_text(value))


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("no text")
    return value


def _uuid(value: Any) -> uuid.UUID:
    return uuid.UUID(hex=_text(value))


@dataclass(frozen=True)
class Key:
    """A column that a list can be sorted by. Rows without a value come last, in both directions."""

    column: Any
    read: Callable[[Any], Any]
    nullable: bool = False


def instant_key(column: Any, *, nullable: bool = False) -> Key:
    """A point in time."""
    return Key(column, _instant, nullable)


def number_key(column: Any) -> Key:
    """A whole number."""
    return Key(column, _number)


def date_key(column: Any) -> Key:
    """A day."""
    return Key(column, _day)


def text_key(column: Any) -> Key:
    """Text, in the database's order."""
    return Key(column, _text)


def uuid_key(column: Any) -> Key:
    """An id."""
    return Key(column, _uuid)


@dataclass(frozen=True)
class Order:
    """By what a list is sorted: a key, and the id that makes it unambiguous, both in the same direction."""

    name: str
    key: Key
    id: Key
    descending: bool = False


def order_by(sort: str, keys: Mapping[str, Key], id_key: Key) -> Order:
    """The order that `sort` names, as in `due_at` or `-due_at`. Raises `UnknownSort`."""
    name = sort.removeprefix("-")
    if name not in keys:
        raise UnknownSort(sort, keys)
    return Order(sort, keys[name], id_key, sort.startswith("-"))


@dataclass(frozen=True)
class Page:
    """Rows of a list, and the cursor of the next page (None at the end)."""

    items: list[Any]
    next_cursor: str | None


@dataclass(frozen=True)
class _Place:
    """The last row of a page: its key (None: without value) and id."""

    key: Any
    id: Any


def fetch_page(
    session: Session,
    query: sa.Select[Any],
    order: Order,
    cursor: str | None = None,
    limit: int = DEFAULT_LIMIT,
    keep: Callable[[list[Any]], list[Any]] | None = None,
) -> Page:
    """The rows of `query` (one entity a row) after `cursor`, at most `limit`. Raises `BadCursor`.

    `keep` judges rows where SQL cannot: it gets a batch and gives those that belong to the list; reading goes on until
    the page is full, or until so much was judged in vain that the caller had better come again.
    """
    place = None if cursor is None else _decode(cursor, order)
    kept: list[Any] = []
    judged = 0
    while True:
        wanted = limit - len(kept) + 1 if keep is None else max(limit - len(kept) + 1, _BATCH)
        rows = _read(session, query, order, place, wanted)
        for row in _belonging(rows, keep):
            if len(kept) == limit:
                return Page([item[0] for item in kept], _encode(order, kept[-1]))
            kept.append(row)
        if len(rows) < wanted:
            return Page([item[0] for item in kept], None)
        judged += len(rows)
        if judged >= _MOST_JUDGED:
            return Page([item[0] for item in kept], _encode(order, rows[-1]))
        place = _Place(rows[-1][1], rows[-1][2])


def _belonging(rows: list[Any], keep: Callable[[list[Any]], list[Any]] | None) -> list[Any]:
    if keep is None or not rows:
        return rows
    belongs = {id(item) for item in keep([row[0] for row in rows])}
    return [row for row in rows if id(row[0]) in belongs]


def _read(session: Session, query: sa.Select[Any], order: Order, place: _Place | None, wanted: int) -> list[Any]:
    """The next `wanted` rows after `place`: those with a key first, then those without.

    Two queries instead of NULLS LAST, so that both can follow an index.
    """
    query = query.add_columns(order.key.column, order.id.column)
    if not order.key.nullable:
        return _part(session, query, order, place, wanted)
    rows = []
    if place is None or place.key is not None:
        with_key = query.where(order.key.column.is_not(None))
        rows = _part(session, with_key, order, place, wanted)
        place = None
    if len(rows) < wanted:
        without_key = query.where(order.key.column.is_(None))
        rows += _part(session, without_key, order, place, wanted - len(rows), by_id_only=True)
    return rows


def _part(
    session: Session,
    query: sa.Select[Any],
    order: Order,
    place: _Place | None,
    wanted: int,
    *,
    by_id_only: bool = False,
) -> list[Any]:
    columns = [order.id.column] if by_id_only else [order.key.column, order.id.column]
    if place is not None:
        values = [place.id] if by_id_only else [place.key, place.id]
        here, there = sa.tuple_(*columns), sa.tuple_(*values)
        query = query.where(here < there if order.descending else here > there)
    direction = sa.desc if order.descending else sa.asc
    query = query.order_by(None).order_by(*(direction(column) for column in columns)).limit(wanted)
    return list(session.execute(query).unique())


def _encode(order: Order, row: Any) -> str:
    parts = [order.name, _plain(row[1]), _plain(row[2])]
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.hex if isinstance(value, uuid.UUID) else value


def _decode(cursor: str, order: Order) -> _Place:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        name, key, row_id = json.loads(text)
        if name != order.name or (key is None and not order.key.nullable):
            raise BadCursor
        return _Place(None if key is None else order.key.read(key), order.id.read(row_id))
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError, OverflowError):
        raise BadCursor from None
