"""Browsers without a browser: clients that sign in, follow pages and carry the anti-forgery token."""

import re
from decimal import Decimal

import pytest

from engine.packages import read_files
from engine.service import actors, cases, deployments, tasks
from models.queries import tasks as task_lists
from models.queries.people import find_person, set_authority
from tests.web.conftest import PASSWORD
from tests.web.pages.small_loan import FILES


class Visitor:
    """One person's browser. `get` and `post` follow redirects; `post` sends the token of the last page."""

    def __init__(self, app, language="zh"):
        self.client = app.test_client()
        self.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        self.token = None

    def get(self, path, status=200, **kwargs):
        return self._seen(self.client.get(path, follow_redirects=True, **kwargs), status)

    def post(self, path, data=None, status=200, **kwargs):
        headers = {"X-CSRFToken": self.token or "", "Accept": kwargs.pop("accept", "text/html")}
        return self._seen(self.client.post(path, data=data, headers=headers, follow_redirects=True, **kwargs), status)

    def send(self, path, json, status=200):
        answer = self.client.post(
            path, json=json, headers={"X-CSRFToken": self.token or "", "Accept": "application/json"}
        )
        assert answer.status_code == status, answer.text
        return answer.json

    def sign_in(self, name, password=PASSWORD, status=200):
        self.get("/sign-in")
        return self.post("/sign-in", {"name": name, "password": password}, status)

    def enter(self, house, name):
        """Signed in without the page for it: hashing takes its time, and is tested once."""
        with house.sessions.reading() as session:
            person = find_person(session, name)
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = f"{person.id}:{person.credential_version}"
            cookie["_fresh"] = True
        self.get("/password")

    def _seen(self, answer, status):
        assert answer.status_code == status, (answer.status_code, answer.text[-1500:])
        for _name, value in answer.headers:
            value.encode("latin-1")  # a server cannot send another header
        found = re.search(r'name="csrf-token" content="([^"]+)"', answer.text if answer.mimetype == "text/html" else "")
        if found:
            self.token = found[1]
        return answer


@pytest.fixture
def visitor(app):
    return Visitor(app)


@pytest.fixture
def lending(house):
    """The small lending process deployed; qian may approve."""
    with house.step() as step:
        deployments.deploy(
            step, read_files({name: content.encode() for name, content in FILES.items()}, "small_loans"), "root"
        )
        set_authority(step.session, "qian", "approve_loan", Decimal(500000), None)
        find_person(step.session, "wang").title = "王俊"
    return house


@pytest.fixture
def browse(app, lending):
    """`browse("li")` is the browser of that person, signed in."""
    visitors = {}

    def visit(name):
        if name not in visitors:
            visitors[name] = Visitor(app)
            visitors[name].enter(lending, name)
        return visitors[name]

    return visit


class Cases:
    """Cases of the small lending process, driven without pages."""

    def __init__(self, house):
        self.house = house

    def start(self, by="li", key="small_loan", **variables):
        given = {"customer_name": "陈梅", "amount": Decimal(120000), **variables} if key == "small_loan" else variables
        with self.house.step() as step:
            return cases.start(step, key, actors.load(step.session, by), given)

    def task(self, case, element):
        with self.house.sessions.reading() as session:
            query = task_lists.filtered(task_lists.all_tasks(), instance_id=case.id, state="open")
            [found] = [task for task in session.scalars(query) if task.element == element]
            return found

    def complete(self, case, element, by, **form):
        task = self.task(case, element)
        with self.house.step() as step:
            return tasks.complete(step, task.id, actors.load(step.session, by), form)

    def claim(self, case, element, by):
        task = self.task(case, element)
        with self.house.step() as step:
            return tasks.claim(step, task.id, actors.load(step.session, by))

    def investigated(self, **variables):
        """A case with opinion A given, and B waiting."""
        case = self.start(**variables)
        self.complete(case, "check", "li")
        self.complete(
            case, "a", "wang", a_opinion="for", a_amount=Decimal(120000), a_reasons="菜棚两座，销路稳定，负债不高"
        )
        return case


@pytest.fixture
def work(lending):
    return Cases(lending)
