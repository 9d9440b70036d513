"""Brings a database to the tables that the models describe, with Alembic. Knows no settings: it is handed an engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.engine import Engine

_ADVISORY_LOCK = 7_230_514
"""Any number that nobody else locks on the same PostgreSQL."""


def upgrade(engine: Engine) -> None:
    """Creates or migrates all tables, in one transaction; does nothing when they are up to date.

    Two processes may call it at once: one waits for the other.
    """
    writing = engine.execution_options(writing=True)
    with writing.connect() as connection, _tables_may_be_made_anew(connection), connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
        command.upgrade(configuration(connection), "head")
        _require_whole(connection)


@contextmanager
def _tables_may_be_made_anew(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew; while foreign keys are kept, dropping the old one fails, or takes along
    the rows that refer to it. The switch works only outside of a transaction."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _require_whole(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise RuntimeError(f"the migration would leave rows of {broken[0]} without their {broken[2]}")


def is_up_to_date(engine: Engine) -> bool:
    """Whether the database has the tables of this program, no older ones and no newer."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
        return set(current) == set(ScriptDirectory.from_config(configuration(connection)).get_heads())


def configuration(connection: Connection, **attributes: Any) -> Config:
    """Alembic's configuration for work on `connection`, without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes.update(connection=connection, **attributes)
    return config
