"""The demonstration, built once for the walks over every address."""

import datetime as dt
import shutil

import pytest

from engine.service.attachments import FileStore
from engine.service.definitions import Definitions
from loanflow.settings import Settings
from models.database import Sessions, make_engine
from operations.demo.play import StandingClock
from operations.registry import OPERATIONS
from tests.web.conftest import SECRET, house_on
from tests.web.security import demonstration
from web import context

NOW = dt.datetime(2026, 11, 23, 14, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture(scope="session")
def built(_sqlite_template, tmp_path_factory, password_hash):
    """A folder with the database and the files of a built house, and its compiled definitions."""
    folder = tmp_path_factory.mktemp("demonstration")
    shutil.copyfile(_sqlite_template, folder / "house.db")
    engine = make_engine(f"sqlite:///{folder / 'house.db'}", durable=False)
    house = _house(engine, Definitions())
    demonstration.build(house, FileStore(folder))
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return folder, house.definitions


def _house(engine, definitions):
    house = house_on(Sessions(engine), definitions)
    house.clock, house.operations = StandingClock(NOW), OPERATIONS
    return house


@pytest.fixture
def demo_house(built, tmp_path):
    """The built house, on files of this test's own."""
    folder, definitions = built
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    engine = make_engine(f"sqlite:///{tmp_path / 'house.db'}", durable=False)
    yield _house(engine, definitions)
    engine.dispose()


@pytest.fixture
def demo(one_app, demo_house, tmp_path):
    """The addresses of the application before the built house."""
    settings = Settings(secret_key=SECRET, data_dir=tmp_path, embedded_scheduler=False, max_upload_mb=1)
    kept = dict(one_app.config), dict(one_app.extensions)
    context.put(one_app, demo_house, settings)
    with demo_house.sessions.reading() as session:
        yield demonstration.Addresses(one_app, session)
    for held, before in zip((one_app.config, one_app.extensions), kept, strict=True):
        held.clear()
        held.update(before)
