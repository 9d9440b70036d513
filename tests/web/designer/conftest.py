"""Designers at work: clients of the designer's pages, and drafts made by them."""

import json
import re

import pytest

from models.queries.people import find_person
from tests.web.packages import REVIEW

PACKAGE = "review_package"
TASK = 'name="prepare"'


class Designer:
    """The browser of one person, at the designer's pages; every writing call carries the anti-forgery token."""

    def __init__(self, app, house, name, language="zh"):
        self.client = app.test_client()
        with house.sessions.reading() as session:
            person = find_person(session, name)
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = f"{person.id}:{person.credential_version}"
            cookie["_fresh"] = True
            cookie["language"] = language
        page = self.client.get("/password").text
        self.token = re.search(r'name="csrf-token" content="([^"]+)"', page)[1]

    def get(self, path, **kwargs):
        return self.client.get(f"/designer/{path}", **kwargs)

    def post(self, path, data=None, **kwargs):
        headers = {"X-CSRFToken": self.token, **kwargs.pop("headers", {})}
        return self.client.post(f"/designer/{path}", data=data, headers=headers, **kwargs)

    def save(self, name, content, version, package=PACKAGE):
        headers = {"X-CSRFToken": self.token, "If-Match": f'"{version}"', "Accept": "application/json"}
        return self.client.put(f"/designer/{package}/files/{name}", data=content, headers=headers)

    def facts(self, name, package=PACKAGE):
        """What the editor's page tells its scripts."""
        page = self.get(f"{package}/edit/{name}")
        assert page.status_code == 200, page.text[-800:]
        return json.loads(re.search(r'id="designer-facts">(.*?)</script>', page.text, re.DOTALL)[1])

    def rename(self, words, package=PACKAGE):
        """Saves the diagram with another name of its first task."""
        seen = self.facts("review.bpmn", package)
        answer = self.save("review.bpmn", seen["text"].replace(TASK, f'name="{words}"'), seen["version"], package)
        assert answer.status_code == 200, answer.text
        return answer.json


@pytest.fixture
def as_designer(app, house):
    """`as_designer("designer")` is the browser of that person."""
    return lambda name="designer", language="zh": Designer(app, house, name, language)


@pytest.fixture
def designer(as_designer):
    return as_designer()


@pytest.fixture
def review():
    """The files of the deployed package."""
    return {name: content.encode() for name, content in REVIEW.items()}
