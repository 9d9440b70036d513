"""The demonstration and what it lacks, built once for the walks over every address."""

import shutil

import pytest

from engine.service.attachments import FileStore
from loanflow.settings import Settings
from tests.databases import take
from tests.demonstration import house_on
from tests.web.conftest import SECRET
from tests.web.security import demonstration as walking
from web import context


@pytest.fixture(scope="session")
def built(databases, demonstration, tmp_path_factory, password_hash):
    """The database and the folder of files of a built house, and its compiled definitions."""
    folder = tmp_path_factory.mktemp("built")
    with databases.copy_of(demonstration.file) as sessions:
        walking.build(house_on(sessions, demonstration.definitions), FileStore(folder / "files"))
        take(sessions.engine, folder / "house.db")
    return folder / "house.db", folder / "files", demonstration.definitions


@pytest.fixture
def demo_house(built, databases, tmp_path):
    """The built house, on files of this test's own."""
    image, files, definitions = built
    shutil.copytree(files, tmp_path, dirs_exist_ok=True)
    with databases.copy_of(image) as sessions:
        yield house_on(sessions, definitions)


@pytest.fixture
def demo(one_app, demo_house, tmp_path):
    """The addresses of the application before the built house."""
    settings = Settings(secret_key=SECRET, data_dir=tmp_path, embedded_scheduler=False, max_upload_mb=1)
    kept = dict(one_app.config), dict(one_app.extensions)
    context.put(one_app, demo_house, settings)
    with demo_house.sessions.reading() as session:
        yield walking.Addresses(one_app, session)
    for held, before in zip((one_app.config, one_app.extensions), kept, strict=True):
        held.clear()
        held.update(before)
