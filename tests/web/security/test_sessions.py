"""Sessions of browsers: who is in, who is out at once, and what cookies say."""

import pytest
from flask import jsonify
from flask_login import current_user, login_required

from models.queries.people import disable, find_person, grant_role, set_password
from tests.web.conftest import PASSWORD
from web.context import actor, person
from web.security.sessions import safe_next, sign_in, sign_out
from web.security.signin import WrongCredentials, change_own_password, check_credentials

CREDENTIALS = {"name": "li", "password": PASSWORD}


@pytest.fixture
def site(own_app):
    """The application with four small pages of its own: in, out, who am I, and changing one's password."""
    own_app.config["WTF_CSRF_ENABLED"] = False

    @own_app.post("/test/in")
    def enter():
        from flask import request

        sign_in(check_credentials(request.form["name"], request.form["password"]))
        return "in"

    @own_app.post("/test/out")
    def leave():
        sign_out()
        return "out"

    @own_app.get("/test/me")
    def me():
        if not current_user.is_authenticated:
            return jsonify(name=None)
        return jsonify(name=actor().name, roles=sorted(actor().roles))

    @own_app.get("/test/closed")
    @login_required
    def closed():
        return "open"

    @own_app.post("/test/password")
    @login_required
    def password():
        from flask import request

        sign_in(change_own_password(person(), request.form["old"], request.form["new"]))
        return "changed"

    return own_app


def me(client):
    return client.get("/test/me").json["name"]


def test_in_and_out(site):
    client = site.test_client()
    assert me(client) is None
    assert client.post("/test/in", data=CREDENTIALS).status_code == 200
    assert me(client) == "li"
    client.post("/test/out")
    assert me(client) is None


@pytest.mark.parametrize("change", [disable, lambda s, name: set_password(find_person(s, name), "another one")])
def test_out_at_once_when_disabled_or_changed(site, house, change):
    client = site.test_client()
    client.post("/test/in", data=CREDENTIALS)
    with house.step() as step:
        change(step.session, "li")
    assert me(client) is None


def test_roles_count_at_once(site, house):
    client = site.test_client()
    client.post("/test/in", data=CREDENTIALS)
    with house.step() as step:
        grant_role(step.session, "li", "officer")
    assert client.get("/test/me").json["roles"] == ["clerk", "officer"]


def test_changing_ones_password_ends_all_other_sessions(site):
    here, elsewhere = site.test_client(), site.test_client()
    for client in (here, elsewhere):
        client.post("/test/in", data=CREDENTIALS)
    assert here.post("/test/password", data={"old": PASSWORD, "new": "another one"}).status_code == 200
    assert (me(here), me(elsewhere)) == ("li", None)
    with site.test_request_context(), pytest.raises(WrongCredentials):
        check_credentials("li", PASSWORD)


@pytest.mark.parametrize(("old", "new"), [("wrong", "another one"), (PASSWORD, "short")])
def test_a_password_is_changed_only_properly(site, old, new):
    client = site.test_client()
    client.post("/test/in", data=CREDENTIALS)
    assert client.post("/test/password", data={"old": old, "new": new}).status_code != 200
    with site.test_request_context():
        assert check_credentials("li", PASSWORD).name == "li"


def test_a_session_that_was_planted_is_dropped_at_sign_in(site):
    client = site.test_client()
    with client.session_transaction() as session:
        session["planted"] = "x"
        session["language"] = "en"
    client.post("/test/in", data=CREDENTIALS)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["language"] == "en"


@pytest.mark.parametrize("identity", ["1:99", "1", "x:y", "999:1", "1:1:1", "-1:1"])
def test_a_made_up_identity_is_nobody(site, identity):
    client = site.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = identity
    assert me(client) is None


@pytest.mark.parametrize("https", [False, True])
def test_cookies(site, https):
    answer = site.test_client().post("/test/in", data=CREDENTIALS, base_url=f"http{'s' * https}://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) is https


def test_closed_pages_lead_to_signing_in_or_say_401(site):
    client = site.test_client()
    assert client.post("/test/closed").status_code == 405
    answer = client.get("/test/closed")
    assert answer.status_code in (302, 401)
    client.post("/test/in", data=CREDENTIALS)
    assert client.get("/test/closed").text == "open"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/tasks?mine=1", "/tasks?mine=1"),
        (None, "/"),
        ("", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\nx", "/"),
    ],
)
def test_signing_in_sends_nobody_elsewhere(target, expected):
    assert safe_next(target, "/") == expected
