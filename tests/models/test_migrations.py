"""Migrations lead from nothing to exactly the tables that the models describe, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

import migrations
from migrations.comparing import OPTIONS
from models.database import Sessions
from models.metadata import all_tables
from models.search import is_of_the_index


def test_an_empty_database_gets_every_table(empty_database: Sessions) -> None:
    engine = empty_database.engine
    assert not migrations.is_up_to_date(engine)
    migrations.upgrade(engine)
    assert migrations.is_up_to_date(engine)
    made = {name for name in sa.inspect(engine).get_table_names() if not is_of_the_index(name)}
    assert made == {*all_tables().tables, "alembic_version"}


def test_migrating_again_keeps_what_is_there(database: Sessions) -> None:
    with database.writing.begin() as session:
        session.execute(sa.text("INSERT INTO case_number (pattern, unit_id, year, last) VALUES ('A', 1, 2026, 7)"))
    migrations.upgrade(database.engine)
    with database.reading() as session:
        assert session.scalar(sa.text("SELECT last FROM case_number")) == 7


def test_two_processes_may_migrate_at_once(empty_database: Sessions) -> None:
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(migrations.upgrade, empty_database.engine) for _ in range(2)]:
            done.result()
    assert migrations.is_up_to_date(empty_database.engine)


def test_nothing_is_left_to_autogenerate(database: Sessions) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        assert compare_metadata(context, all_tables()) == []


def test_migrated_tables_equal_those_made_from_the_models(database: Sessions, empty_database: Sessions) -> None:
    """Sees what autogenerate does not look at: check constraints, conditions of indexes, actions of foreign keys."""
    all_tables().create_all(empty_database.engine)
    assert _described(database.engine) == _described(empty_database.engine)


def _described(engine: sa.Engine) -> dict[str, Any]:
    inspector = sa.inspect(engine)
    return {table: _table(inspector, table) for table in inspector.get_table_names() if table != "alembic_version"}


def _table(inspector: sa.Inspector, table: str) -> dict[str, Any]:
    parts = {
        "columns": inspector.get_columns(table),
        "checks": inspector.get_check_constraints(table),
        "foreign keys": inspector.get_foreign_keys(table),
        "uniques": inspector.get_unique_constraints(table),
        "indexes": inspector.get_indexes(table),
        "primary key": [inspector.get_pk_constraint(table)],
    }
    return {kind: sorted(str(_plain(part)) for part in found) for kind, found in parts.items()}


def _plain(found: Any) -> Any:
    """Dicts in order and the inspector's objects as their text, so that equal ones compare equal."""
    if isinstance(found, dict):
        return {key: _plain(found[key]) for key in sorted(found)}
    return str(found)


FIRST = (
    "INSERT INTO unit (id, name, path) VALUES (1, 'u', '/1/')",
    "INSERT INTO product (id, code, version, title_zh, title_en, min_amount, max_amount, min_term_months,"
    " max_term_months, annual_rate, day_count, approval_days, valid_from)"
    " VALUES (1, 'p', 1, 'p', 'p', 1, 2, 1, 2, '0.05', 'ACT/360', 5, '2026-01-01')",
    "INSERT INTO customer (id, number, kind, name, id_kind, id_number, recorded_at)"
    " VALUES (1, 'C-000001', 'person', 'c', 'resident_id', '1', '2026-01-01')",
    "INSERT INTO application (id, unit_id, number, instance_id, customer_id, product_id, amount, term_months, purpose,"
    " repayment_method, guarantee_kind, status, registered_at) VALUES"
    " (1, 1, 'A-1', '00000000000000000000000000000001', 1, 1, 100, 12, 'p', 'single', 'credit', 'registered',"
    " '2026-01-01')",
    "INSERT INTO archive_entry (id, number, application_id, location, registered_at)"
    " VALUES (1, 'AR-1', 1, 'l', '2026-01-01')",
    "INSERT INTO archive_item (archive_entry_id, n, title) VALUES (1, 1, 't')",
)
"""Rows of the released tables that refer to one another."""


def test_what_refers_to_a_table_that_is_made_anew_stays(empty_database: Sessions) -> None:
    with empty_database.engine.execution_options(writing=True).begin() as connection:
        command.upgrade(migrations.configuration(connection), "0001")
        for statement in FIRST:
            connection.exec_driver_sql(statement)
    migrations.upgrade(empty_database.engine)
    with empty_database.reading() as session:
        items = "SELECT i.title FROM archive_item i JOIN archive_entry e ON e.id = i.archive_entry_id"
        assert session.scalars(sa.text(items)).all() == ["t"]
