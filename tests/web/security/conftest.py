"""The demonstration, built once for the walks over every address."""

import datetime as dt
import shutil

import pytest

from engine.service.attachments import FileStore
from engine.service.definitions import Definitions
from loanflow.settings import Settings
from loanflow.wiring import choices_of_the_house
from operations.demo.play import StandingClock
from operations.registry import OPERATIONS
from tests.databases import take
from tests.web.conftest import SECRET, house_on
from tests.web.security import demonstration
from web import context

NOW = dt.datetime(2026, 11, 23, 14, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture(scope="session")
def built(databases, sqlite_image, tmp_path_factory, password_hash):
    """The database and the folder of files of a built house, and its compiled definitions."""
    folder = tmp_path_factory.mktemp("demonstration")
    with databases.copy_of(sqlite_image) as sessions:
        house = _house(sessions, Definitions())
        demonstration.build(house, FileStore(folder / "files"))
        take(sessions.engine, folder / "house.db")
    return folder / "house.db", folder / "files", house.definitions


def _house(sessions, definitions):
    house = house_on(sessions, definitions)
    house.clock, house.operations = StandingClock(NOW), OPERATIONS
    house.choices = choices_of_the_house("Asia/Shanghai")
    return house


@pytest.fixture
def demo_house(built, databases, tmp_path):
    """The built house, on files of this test's own."""
    image, files, definitions = built
    shutil.copytree(files, tmp_path, dirs_exist_ok=True)
    with databases.copy_of(image) as sessions:
        yield _house(sessions, definitions)


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
