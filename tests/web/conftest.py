"""A house with people and small processes, and clients that speak to it as one of them."""

import datetime as dt
import functools
import io
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher

from engine.packages import read_files
from engine.service import deployments
from engine.service.definitions import Definitions
from engine.service.house import House
from lending.calendar import WorkingCalendar
from loanflow.logging import configure_logging
from loanflow.settings import Settings
from models import passwords
from models.queries import people
from models.queries.tokens import issue_token
from operations.choosing import ChoicesOfTheHouse
from operations.relations import RecordedRelations
from tests.databases import take
from tests.web.packages import REVIEW
from web import context
from web.app import create_app

MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PASSWORD = "long enough"
SECRET = "k" * 32
PEOPLE = {
    "li": (["clerk"], None),
    "wang": (["officer"], None),
    "zhao": (["officer"], None),
    "qian": (["manager"], None),
    "sun": (["clerk", "officer"], "branch"),
    "root": (["admin"], None),
    "audit": (["auditor"], None),
    "robot": (["integration"], None),
    "designer": (["designer"], None),
    "nobody": ([], None),
}


@pytest.fixture(autouse=True)
def _plain_logs(own_logging):
    """Logs without the colourful tracebacks that structlog draws when nobody has configured it: they take seconds."""
    configure_logging("error", "json", io.StringIO())


class StillClock:
    """Stands still until somebody moves it."""

    def __init__(self, now):
        self.time = now

    def now(self):
        return self.time

    def forward(self, **amount):
        self.time += dt.timedelta(**amount)


@pytest.fixture(scope="session", autouse=True)
def password_hash():
    """One hash for all people, and a cheap one: argon2 takes its time, which is the point of it, but not here."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._NOBODY = passwords.hash_password("nobody has this password")
    return passwords.hash_password(PASSWORD)


@pytest.fixture(scope="session")
def furnished_image(databases, sqlite_image, tmp_path_factory, password_hash):
    """A database file with people and the test package, and its definitions, compiled once for all tests."""
    image = tmp_path_factory.mktemp("furnished") / "loanflow.db"
    with databases.copy_of(sqlite_image) as sessions:
        house = furnished(sessions, password_hash)
        take(sessions.engine, image)
    return image, house.definitions


@pytest.fixture
def house(databases, furnished_image):
    """A house with people and small processes, on an SQLite file of its own."""
    image, definitions = furnished_image
    with databases.copy_of(image) as sessions:
        yield house_on(sessions, definitions)


def house_on(sessions, definitions):
    return House(
        sessions=sessions,
        clock=StillClock(MONDAY),
        calendar=WorkingCalendar("Asia/Shanghai"),
        operations={},
        relations=RecordedRelations(),
        choices=ChoicesOfTheHouse(MONDAY.tzinfo),
        definitions=definitions,
    )


def furnished(sessions, password_hash):
    """A house on `sessions`, with people and the test package in it."""
    house = house_on(sessions, Definitions())
    with pytest.MonkeyPatch.context() as monkeypatch, house.step() as step:
        monkeypatch.setattr(people, "hash_password", lambda _password: password_hash)
        people.add_unit(step.session, "branch")
        people.add_unit(step.session, "other branch")
        for name, (roles, unit) in PEOPLE.items():
            people.add_person(step.session, step.now, name, PASSWORD, roles=roles, unit=unit)
        files = {name: content.encode() for name, content in REVIEW.items()}
        deployments.deploy(step, read_files(files, "review_package"), "root")
    return house


@pytest.fixture
def settings(tmp_path):
    return Settings(secret_key=SECRET, data_dir=Path(tmp_path), embedded_scheduler=False, max_upload_mb=1)


@pytest.fixture(scope="session")
def one_app():
    """The application, made once; its templates stay compiled. Both take longer than most tests."""
    return create_app(None, Settings(secret_key=SECRET, embedded_scheduler=False, max_upload_mb=1))


@pytest.fixture
def app(one_app, house, settings):
    """The application before this test's house; what a test leaves in its configuration and extensions goes with it."""
    with patch.dict(one_app.config), patch.dict(one_app.extensions):
        context.put(one_app, house, settings)
        yield one_app


@pytest.fixture
def own_app(house, settings):
    """An application of this test's own, for what adds pages to it."""
    return create_app(house, settings)


class As:
    """Calls the REST interface as one person; `json` of an answer keeps decimals exact."""

    def __init__(self, app, token=None):
        self._client = app.test_client()
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path, **query):
        return self._client.get("/api/v1" + path, query_string=query, headers=self._headers)

    def post(self, path, json=None, headers=None, **kwargs):
        if json is not None:
            kwargs["json"] = json
        return self._client.post("/api/v1" + path, headers={**self._headers, **(headers or {})}, **kwargs)


def signed_in(house, app, name):
    """A client with a token of that person."""
    with house.step() as step:
        person = people.find_person(step.session, name)
        token, _ = issue_token(step.session, person, step.now, dt.timedelta(days=30))
    return As(app, token)


@pytest.fixture
def as_on():
    """`as_on(house, app, "li")`, for tests with a house of their own."""
    return signed_in


@pytest.fixture
def as_(house, app):
    """`as_("li")` is a client with a token of that person."""
    return functools.cache(functools.partial(signed_in, house, app))


@pytest.fixture
def anonymous(app):
    return As(app)


@pytest.fixture
def start(as_):
    """`start("review", amount=1)` starts a case as li (or `by`) and gives its JSON."""

    def begin(key="review", by="li", **variables):
        answer = as_(by).post(f"/definitions/{key}/instances", {"variables": variables})
        assert answer.status_code == 201, answer.text
        return answer.json

    return begin


@pytest.fixture
def task_of(as_):
    """`task_of(case, "prepare")` is the open task at an element, as the auditor sees it."""

    def find(case, element):
        items = as_("audit").get(f"/instances/{case['id']}/tasks", state="open").json["items"]
        [task] = [item for item in items if item["element"] == element]
        return task

    return find


@pytest.fixture
def token_of_root(house):
    """A token of an administrator, as text."""
    with house.step() as step:
        person = people.find_person(step.session, "root")
        return issue_token(step.session, person, step.now, dt.timedelta(days=30))[0]
