"""The index that everything is found by: an entry for each thing with a number or a name, written with the thing.

What is `Searchable` writes its entry in the flush that writes its row, in the same transaction, and drops it likewise;
whoever changes such rows without the mapper calls `put` (the engine does, for cases). On SQLite the tokens are indexed
by FTS5, kept by triggers; on PostgreSQL by a GIN index.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.database import Base, table
from models.search_words import folded, middles, number_key, tokens

KINDS = ("case", "customer", "prospect", "loan", "contract", "title", "document", "complaint", "volume")
_LONGEST = 4_000
_BATCH = 500


class SearchEntry(Base):
    """By what one thing is found. `ref` names it among its kind; who may find it follows from case, unit or person."""

    __tablename__ = "search_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    ref: Mapped[str] = mapped_column(sa.String(64))
    number_key: Mapped[str] = mapped_column(sa.String(255))
    title: Mapped[str] = mapped_column(sa.String(300))
    tokens: Mapped[str] = mapped_column(sa.Text)
    instance_id: Mapped[uuid.UUID | None]
    unit_id: Mapped[int | None]
    person: Mapped[str | None] = mapped_column(sa.String(64))
    __table_args__ = (sa.UniqueConstraint("kind", "ref"),)


TOKENS_OF_POSTGRES = "array_to_tsvector(string_to_array(tokens, ' '))"
INDEX_DDL = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_fts USING fts5"
        "(tokens, content='search_entry', content_rowid='id', tokenize='ascii')",
        "CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN"
        " INSERT INTO search_fts(rowid, tokens) VALUES (new.id, new.tokens); END",
        "CREATE TRIGGER search_entry_dropped AFTER DELETE ON search_entry BEGIN"
        " INSERT INTO search_fts(search_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
        "CREATE TRIGGER search_entry_changed AFTER UPDATE OF tokens ON search_entry BEGIN"
        " INSERT INTO search_fts(search_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens);"
        " INSERT INTO search_fts(rowid, tokens) VALUES (new.id, new.tokens); END",
    ),
    "postgresql": (f"CREATE INDEX search_fts ON search_entry USING gin (({TOKENS_OF_POSTGRES}))",),
}
"""What no table of SQLAlchemy's describes: made with the table here, and by its migration."""

for _dialect, _statements in INDEX_DDL.items():
    for _statement in _statements:
        _ddl: Any = sa.DDL(_statement).execute_if(dialect=_dialect)
        event.listen(table(SearchEntry), "after_create", _ddl)


def is_of_the_index(name: str | None) -> bool:
    """Whether a table or index of the database is one that the index needs for itself."""
    return (name or "").startswith("search_fts")


@dataclass(frozen=True)
class Found:
    """What an entry holds: the number and the title by which people know the thing, and further texts."""

    kind: str
    ref: str
    number: str | None = None
    title: str = ""
    texts: tuple[str | None, ...] = ()
    instance_id: uuid.UUID | None = None
    unit_id: int | None = None
    person: str | None = None

    def row(self) -> dict[str, Any]:
        """The entry's columns."""
        return {
            "kind": self.kind,
            "ref": self.ref,
            "number_key": number_key(self.number)[:255],
            "title": folded(self.title)[:300],
            "tokens": " ".join(
                [
                    tokens(self.number, self.title[:_LONGEST], *(text and text[:_LONGEST] for text in self.texts)),
                    *middles(self.number),
                ]
            ),
            "instance_id": self.instance_id,
            "unit_id": self.unit_id,
            "person": self.person,
        }


class Searchable:
    """What can be found: a model that says by what. Its entry is written, changed and dropped with its row."""

    def found_by(self, connection: sa.Connection) -> Found:
        """By what it is found; `connection` is for what stands in other rows."""
        raise NotImplementedError


_ENTRY = table(SearchEntry)
_WRITTEN = ("number_key", "title", "tokens", "instance_id", "unit_id", "person")


def put(connection: sa.Connection, found: Found) -> None:
    """Write the entry of a thing, or change it."""
    insert: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(_ENTRY).values(found.row())
    changed = {name: statement.excluded[name] for name in _WRITTEN}
    connection.execute(statement.on_conflict_do_update(index_elements=["kind", "ref"], set_=changed))


def drop(connection: sa.Connection, kind: str, ref: str) -> None:
    """The thing is no longer there."""
    connection.execute(sa.delete(_ENTRY).where(_ENTRY.c.kind == kind, _ENTRY.c.ref == ref))


@event.listens_for(Searchable, "after_insert", propagate=True)
@event.listens_for(Searchable, "after_update", propagate=True)
def _written(_mapper: Any, connection: sa.Connection, thing: Searchable) -> None:
    put(connection, thing.found_by(connection))


@event.listens_for(Searchable, "after_delete", propagate=True)
def _deleted(_mapper: Any, connection: sa.Connection, thing: Searchable) -> None:
    found = thing.found_by(connection)
    drop(connection, found.kind, found.ref)


def is_empty(session: Session) -> bool:
    """Whether nothing is indexed yet."""
    return session.execute(sa.select(_ENTRY.c.id).limit(1)).first() is None


def rebuild(session: Session) -> tuple[int, int]:
    """Write anew what does not agree with the rows it is about; how many entries there are, how many were wrong."""
    connection = session.connection()
    names = ("kind", "ref", *_WRITTEN)
    there = {
        (row.kind, row.ref): dict(row._mapping) for row in session.execute(sa.select(*(_ENTRY.c[n] for n in names)))
    }
    wrong, seen = 0, set()
    for thing in _everything(session):
        found = thing.found_by(connection)
        seen.add((found.kind, found.ref))
        if there.get((found.kind, found.ref)) != found.row():
            put(connection, found)
            wrong += 1
    for kind, ref in there.keys() - seen:
        drop(connection, kind, ref)
        wrong += 1
    if connection.dialect.name == "sqlite":
        connection.execute(sa.text("INSERT INTO search_fts(search_fts) VALUES ('rebuild')"))
    return len(seen), wrong


def _everything(session: Session) -> Iterator[Searchable]:
    for model in _models(Searchable):
        mapper: Any = sa.inspect(model)
        key, last = mapper.primary_key[0], None
        while True:
            query: sa.Select[Any] = sa.select(model).order_by(key).limit(_BATCH)
            rows = session.scalars(query if last is None else query.where(key > last)).all()
            yield from rows
            if len(rows) < _BATCH:
                break
            last = mapper.primary_key_from_instance(rows[-1])[0]
            session.expunge_all()


def _models(base: type[Any]) -> Iterator[type[Any]]:
    for model in base.__subclasses__():
        yield model
        yield from _models(model)
