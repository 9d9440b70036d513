"""Makes the configured database ready for use: its folder, its tables, the root unit, what a new house starts with."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

import migrations
from loanflow.settings import Settings
from models.database import Sessions, make_engine
from models.metadata import all_tables
from models.queries.people import ROOT_UNIT, root_unit
from models.search import is_empty, rebuild
from operations.furnishing import furnish


def initialise(settings: Settings) -> None:
    """Creates or migrates the database; what is in it stays. Raises `SettingError`."""
    url = settings.require_database()
    make_folder(url)
    engine = make_engine(url)
    try:
        migrations.upgrade(engine)
        with Sessions(engine).writing.begin() as session:
            house = root_unit(session)
            if settings.institution and house.name == ROOT_UNIT:
                house.name = settings.institution
            furnish(session)
            if is_empty(session):  # of a database from before the index, or a new one
                all_tables()
                rebuild(session)
    finally:
        engine.dispose()


def make_folder(url: str) -> None:
    """The folder in which a SQLite file will lie, for the eyes of this user alone."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        Path(str(parsed.database)).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
