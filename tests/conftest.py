"""Fixtures for all tests: databases with all tables on SQLite and PostgreSQL, and no network but this machine's own.

`session` is a session on both that is rolled back, the quickest; `database` is a database of the test's own on both,
`sqlite_database` and `postgres_database` on one; `empty_database` has no tables yet.
Deselect PostgreSQL with `-m "not postgres"`.
"""

from __future__ import annotations

import gc
import itertools
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_socket
import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

import migrations
from loanflow.cli import COLLECTED_AFTER
from models.database import Sessions, make_engine
from tests import demonstration as house_of_the_demonstration
from tests import postgres, stages
from tests.databases import Databases

BOTH = [pytest.param("sqlite", id="sqlite"), pytest.param("postgres", id="postgres", marks=pytest.mark.postgres)]
_TEMPLATE = "loanflow_template"
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest goes first, so that of several processes none has to wait for it at the end."""
    items.sort(key=lambda item: _shared_by(item.nodeid) != house_of_the_demonstration.__name__)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where several processes share a run, the tests of a file stay in one, for what the file makes once; and so do all
    that need the demonstration.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _shared_by(nodeid)

    return ByFile(config, log)


def _shared_by(nodeid: str) -> str:
    file = nodeid.partition("::")[0]
    return house_of_the_demonstration.__name__ if file in house_of_the_demonstration.LOOKED_AT_BY else file


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not walk it again and again, which took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)


@pytest.fixture(autouse=True)
def _no_network() -> None:
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _stages_are_struck() -> Iterator[None]:
    yield
    stages.strike()


@pytest.fixture
def own_logging() -> Iterator[None]:
    """What the test configures of logs is undone after it: the next test captures logs as if nothing had been."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[sa.URL]:
    """The address of a PostgreSQL that lives as long as the test run."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Makes databases from images, on engines that know their statements already."""
    return Databases(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def sqlite_image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all tables, empty."""
    path = tmp_path_factory.mktemp("image") / "loanflow.db"
    with _sessions(f"sqlite:///{path}") as sessions:
        migrations.upgrade(sessions.engine)
    return path


@pytest.fixture(scope="session")
def demonstration(
    databases: Databases, sqlite_image: Path, tmp_path_factory: pytest.TempPathFactory
) -> house_of_the_demonstration.Image:
    """The demonstration as a database file. All tests that need it run in one process, which makes it once."""
    return house_of_the_demonstration.make(
        databases, sqlite_image, tmp_path_factory.mktemp("demonstration") / "loanflow.db"
    )


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: sa.URL) -> Iterator[str]:
    with postgres.database_from_template(postgres_server, _TEMPLATE) as url:
        with _sessions(url) as sessions:
            migrations.upgrade(sessions.engine)
        yield _TEMPLATE


@pytest.fixture
def sqlite_database(databases: Databases, sqlite_image: Path) -> Iterator[Sessions]:
    """All tables, empty, in an SQLite file of its own."""
    with databases.copy_of(sqlite_image) as sessions:
        yield sessions


@pytest.fixture
def postgres_database(postgres_server: sa.URL, _postgres_template: str) -> Iterator[Sessions]:
    """All tables, empty, in a PostgreSQL database of its own. Mark the test with `postgres`."""
    with (
        postgres.database_from_template(postgres_server, f"test_{next(_numbers)}", _postgres_template) as url,
        _sessions(url) as sessions,
    ):
        yield sessions


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> Sessions:
    """All tables, empty: the test runs once on SQLite and once, marked `postgres`, on PostgreSQL."""
    sessions: Sessions = request.getfixturevalue(f"{request.param}_database")
    return sessions


@pytest.fixture(scope="session", params=BOTH)
def shared_database(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Sessions]:
    """All tables, for many tests: nothing may be committed to it. Use `session`."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield stack.enter_context(databases.copy_of(request.getfixturevalue("sqlite_image")))
        else:
            server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("_postgres_template")
            url = stack.enter_context(postgres.database_from_template(server, "shared", template))
            yield stack.enter_context(_sessions(url))


@pytest.fixture
def session(shared_database: Sessions) -> Iterator[Session]:
    """A writing session on both databases in turn, rolled back at the end: the quickest for what needs only one."""
    with shared_database.writing() as session:
        yield session
        session.rollback()


@pytest.fixture
def empty_database(database: Sessions, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sessions]:
    """A database without any table, of the same kind as `database`."""
    with ExitStack() as stack:
        url: str | sa.URL = f"sqlite:///{tmp_path / 'empty.db'}"
        if not database.is_sqlite:
            server = request.getfixturevalue("postgres_server")
            url = stack.enter_context(postgres.database_from_template(server, f"empty_{next(_numbers)}"))
        yield stack.enter_context(_sessions(url))


@contextmanager
def _sessions(url: str | sa.URL) -> Iterator[Sessions]:
    engine = make_engine(url if isinstance(url, str) else url.render_as_string(hide_password=False), durable=False)
    try:
        yield Sessions(engine)
    finally:
        engine.dispose()
