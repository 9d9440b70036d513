"""Engines, session makers and column types that behave alike on SQLite and PostgreSQL.

Knows how to talk to a database, not what is in it.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from typing import Any, cast

import simplejson
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 30_000

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables; constraint names are fixed so that migrations can name them."""

    metadata = sa.MetaData(naming_convention=NAMING)


class Instant(TypeDecorator[dt.datetime]):
    """A point in time: aware in Python, UTC in the database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a point in time needs a zone")
        value = value.astimezone(dt.UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Money(TypeDecorator[Decimal]):
    """An amount in yuan with two decimals: NUMERIC(18,2) on PostgreSQL, whole fen on SQLite."""

    impl = sa.Numeric(18, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.Numeric(18, 2))

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, float):
            raise TypeError("an amount is a Decimal, never a float")
        cents = Decimal(value).scaleb(2)
        if cents != cents.to_integral_value():
            raise ValueError(f"an amount has at most two decimals: {value}")
        return int(cents) if dialect.name == "sqlite" else Decimal(value)

    def process_result_value(self, value: Any, dialect: Any) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value).scaleb(-2) if dialect.name == "sqlite" else Decimal(value)


class Rate(TypeDecorator[Decimal]):
    """A fraction (a rate per year, a ratio) exactly as written, up to 10 decimals.

    Text on SQLite, which has no exact decimals.
    """

    impl = sa.Numeric(20, 10)
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        return dialect.type_descriptor(sa.String(32) if dialect.name == "sqlite" else sa.Numeric(20, 10))

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, float):
            raise TypeError("a rate is a Decimal, never a float")
        return format(Decimal(value), "f") if dialect.name == "sqlite" else Decimal(value)

    def process_result_value(self, value: Any, dialect: Any) -> Decimal | None:
        return None if value is None else Decimal(value).normalize() + 0


class Json(TypeDecorator[Any]):
    """Plain JSON as text, decimals digit for digit; the database never looks into it."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        if value is None:
            return None
        return simplejson.dumps(value, use_decimal=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        return None if value is None else simplejson.loads(value, use_decimal=True)


def make_engine(url: str, *, durable: bool = True) -> Engine:
    """An engine for `url`. SQLite runs in WAL mode; each commit reaches the disk unless it need not be `durable`.

    Its errors do not tell what was written: they reach logs. Raises `ArgumentError` for other addresses.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise ArgumentError(
            f"a database of kind {parsed.get_backend_name()} is not supported: use sqlite or postgresql"
        )
    if parsed.get_backend_name() == "postgresql":
        return sa.create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True, hide_parameters=True)
    in_memory = parsed.database in (None, "", ":memory:")
    # Transactions are begun below, by hand: sqlite3's own idea of when to begin one is too late for a writer.
    engine = sa.create_engine(
        url,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000, "isolation_level": None},
        **({"poolclass": StaticPool} if in_memory else {"pool_size": 20, "max_overflow": 20}),
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={'FULL' if durable and not in_memory else 'OFF'}",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # A writer takes the lock at once: a reader that turned into a writer would fail with "database is locked".
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


class Sessions:
    """The two session makers of a database: `reading` and `writing` (which locks at its beginning on SQLite)."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.reading = sessionmaker(engine, expire_on_commit=False)
        self.writing = sessionmaker(engine.execution_options(writing=True), expire_on_commit=False)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"


def table(model: type[Base]) -> sa.Table:
    """The table of a mapped class, for statements that need nothing of the mapper and run often."""
    return cast(sa.Table, model.__table__)


def insert_or_ignore(session: Session, model: type[Base], values: dict[str, Any], conflict: list[str]) -> bool:
    """Insert one row unless a row with the same `conflict` columns exists; tells whether it was inserted."""
    connection = session.connection()
    statement = _insert_or_ignore(model, connection.dialect.name, tuple(values), tuple(conflict))
    return bool(connection.execute(statement, values).rowcount)


def insert_missing(session: Session, model: type[Base], rows: list[dict[str, Any]], conflict: list[str]) -> None:
    """Insert those rows whose `conflict` columns no row has yet, in one statement; all rows have the same columns."""
    if rows:
        connection = session.connection()
        statement = _insert_or_ignore(model, connection.dialect.name, tuple(rows[0]), tuple(conflict))
        connection.execute(statement, rows)


@cache
def _insert_or_ignore(model: type[Base], dialect: str, columns: tuple[str, ...], conflict: tuple[str, ...]) -> Any:
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values: dict[str, Any] = {name: sa.bindparam(name) for name in columns}
    statement = insert(table(model)).values(values).on_conflict_do_nothing(index_elements=conflict)
    # Without it SQLAlchemy gives up the count of an INSERT on PostgreSQL, and -1 would mean "inserted".
    return statement.execution_options(preserve_rowcount=True)
