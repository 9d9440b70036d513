"""How much a request may bring: little from strangers, more from people who are known, most where files are sent."""

import pytest

from models.people import FailedSignIn
from tests.web.conftest import PASSWORD, signed_in
from web.security import bodies

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@pytest.fixture
def roomy(app):
    """The application, as it is set up by default: 32 MB a request."""
    app.config.update(MAX_CONTENT_LENGTH=32 * 1024 * 1024)
    return app


@pytest.mark.parametrize(("path", "kind"), [("/sign-in", FORM), ("/language", FORM), ("/api/v1/tokens", JSON)])
def test_a_stranger_may_send_little(roomy, path, kind):
    answer = roomy.test_client().post(path, data=b"a&" * bodies.BEFORE_SIGN_IN, content_type=kind)
    assert answer.status_code == 413


def test_json_of_a_known_person_is_bounded(roomy, house):
    client = signed_in(house, roomy, "li")
    body = b'{"variables": {"a": [' + b"1," * (bodies.USUAL // 2) + b"1]}}"
    assert client.post("/definitions/review/instances", data=body, content_type=JSON).status_code == 413


def test_the_longest_text_that_a_case_keeps_comes_in(roomy, house):
    client = signed_in(house, roomy, "li")
    answer = client.post("/definitions/review/instances", {"variables": {"text": "字" * 1_000_000}})
    assert answer.status_code == 201


def test_nothing_is_kept_of_a_name_that_nobody_can_have(app, house):
    """A count for every name that was tried, however long, would let anybody fill the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    answer = app.test_client().post("/sign-in", data={"name": "x" * 10_000, "password": PASSWORD})
    assert answer.status_code == 401
    with house.sessions.reading() as session:
        assert session.query(FailedSignIn).count() == 0
