"""The floor: the same rows written by the bare driver, in one transaction a completion, on the same database.

The statements are those that a real completion sent, with their parameters, so that the floor holds exactly what has to
reach the disk and nothing of what decides it.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from models.database import Base

Written = list[tuple[str, Any, bool]]
"""Statements with parameters, and whether these are many."""


@contextmanager
def recording(engine: sa.Engine) -> Iterator[list[Written]]:
    """Records what each transaction writes while the block lasts; transactions that write nothing are left out."""
    transactions: list[Written] = []
    current: Written = []

    def remember(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.split(None, 1)[0].upper() in ("INSERT", "UPDATE", "DELETE"):
            current.append((statement, parameters, many))

    def committed(_connection: Any) -> None:
        if current:
            transactions.append(list(current))
            current.clear()

    sa.event.listen(engine, "before_cursor_execute", remember)
    sa.event.listen(engine, "commit", committed)
    try:
        yield transactions
    finally:
        sa.event.remove(engine, "before_cursor_execute", remember)
        sa.event.remove(engine, "commit", committed)


@contextmanager
def snapshot(engine: sa.Engine, instances: list[uuid.UUID]) -> Iterator[Callable[[], None]]:
    """Remembers all rows of some cases; calling what it gives puts them back as they were."""
    tables = [(table, _of_cases(table, instances)) for table in Base.metadata.sorted_tables]
    tables = [(table, where) for table, where in tables if where is not None]
    with engine.connect() as connection:
        rows = {table.name: [dict(row) for row in connection.execute(sa.select(table).where(where)).mappings()]
                for table, where in tables}  # fmt: skip

    def restore() -> None:
        with engine.execution_options(writing=True).begin() as connection:
            for table, where in reversed(tables):
                connection.execute(sa.delete(table).where(where))
            for table, _ in tables:
                if rows[table.name]:
                    connection.execute(sa.insert(table), rows[table.name])

    yield restore


def _of_cases(table: sa.Table, instances: list[uuid.UUID]) -> Any:
    if table.name == "instance":
        return table.c.id.in_(instances)
    if "instance_id" in table.c:
        return table.c.instance_id.in_(instances)
    if table.name == "candidate":
        task = Base.metadata.tables["task"]
        return table.c.task_id.in_(sa.select(task.c.id).where(task.c.instance_id.in_(instances)))
    return None


def replay(engine: sa.Engine, transactions: list[Written]) -> list[float]:
    """Write them again with the bare driver; seconds a transaction. The rows must not be there yet."""
    connection = engine.raw_connection()
    cursor = connection.cursor()
    times = []
    try:
        for written in transactions:
            begin = time.perf_counter()
            if engine.dialect.name == "sqlite":
                cursor.execute("BEGIN IMMEDIATE")
            for statement, parameters, many in written:
                (cursor.executemany if many else cursor.execute)(statement, parameters)
            if engine.dialect.name == "sqlite":
                cursor.execute("COMMIT")
            else:
                connection.commit()
            times.append(time.perf_counter() - begin)
    finally:
        connection.close()
    return times
