"""A house on an empty database of its own, with one officer and the benchmark's packages."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import migrations
from engine.packages import read_folder
from engine.service import actors, deployments
from engine.service.actors import Actor
from engine.service.house import House
from lending.calendar import WorkingCalendar
from models.database import Sessions, make_engine
from models.people import Person, PersonRole, Unit
from operations.relations import RecordedRelations

PACKAGES = Path(__file__).parent / "packages"
OFFICER = "officer"
PASSWORD_HASH = "!"  # nobody signs in


class WallClock:
    """The clock on the wall."""

    def now(self) -> dt.datetime:
        """The present instant."""
        return dt.datetime.now(dt.UTC)


@contextmanager
def databases(kinds: list[str]) -> Iterator[dict[str, str]]:
    """Addresses of empty databases by kind: durable SQLite in a file, durable PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="loanflow-bench-") as folder:
        urls = {"sqlite": f"sqlite:///{folder}/bench.db"}
        if "postgres" not in kinds:
            yield urls
            return
        from tests import postgres

        with postgres.server(durable=True) as server, postgres.database_from_template(server, "bench") as url:
            yield {**urls, "postgres": url if isinstance(url, str) else url.render_as_string(hide_password=False)}


@contextmanager
def house_on(url: str) -> Iterator[tuple[House, Actor]]:
    """A house on the database at `url`, made ready, and its officer."""
    sessions = Sessions(make_engine(url))
    migrations.upgrade(sessions.engine)
    house = House(sessions, WallClock(), WorkingCalendar("Asia/Shanghai"), {}, RecordedRelations())
    try:
        yield house, _prepare(house)
    finally:
        sessions.engine.dispose()


def _prepare(house: House) -> Actor:
    with house.step() as step:
        session: Any = step.session
        if session.get(Unit, 1) is None:
            session.add(Unit(id=1, name="bench", path="/1/"))
            session.flush()
        session.add(
            Person(
                name=OFFICER,
                password_hash=PASSWORD_HASH,
                unit_id=1,
                created_at=step.now,
                roles=[PersonRole(role="officer"), PersonRole(role="admin")],
            )
        )
        for folder in sorted(PACKAGES.iterdir()):
            if folder.is_dir():
                deployments.deploy(step, read_folder(folder), None)
    with house.sessions.reading() as session:
        return actors.load(session, OFFICER)
