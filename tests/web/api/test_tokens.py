"""Signing in over REST: tokens, and the limits on failed sign-ins."""

import pytest

from models.queries.people import disable, find_person, set_password
from tests.web.conftest import PASSWORD, As
from web.app import create_app


def sign_in(app, name, password=PASSWORD, address="10.0.0.1"):
    return app.test_client().post(
        "/api/v1/tokens",
        json={"username": name, "password": password},
        environ_overrides={"REMOTE_ADDR": address},
    )


def test_a_token_opens_and_survives_a_restart(app, house, settings):
    answer = sign_in(app, "li")
    assert answer.status_code == 200
    assert answer.json["expires_at"] == "2026-04-01T01:00:00+00:00"
    for running in (app, create_app(house, settings)):
        assert As(running, answer.json["token"]).get("/tasks").status_code == 200


def test_only_its_hash_is_stored(app, house):
    from models.people import ApiToken

    token = sign_in(app, "li").json["token"]
    with house.sessions.reading() as session:
        [row] = session.query(ApiToken).all()
        assert token not in str(vars(row))


def test_a_token_ends_with_its_time(app, house):
    client = As(app, sign_in(app, "li").json["token"])
    house.clock.forward(days=30, seconds=-1)
    assert client.get("/tasks").status_code == 200
    house.clock.forward(seconds=1)
    assert client.get("/tasks").status_code == 401


@pytest.mark.parametrize("change", [disable, lambda s, name: set_password(find_person(s, name), "another one")])
def test_a_token_ends_at_once_when_the_person_is_disabled_or_changed(app, house, change):
    client = As(app, sign_in(app, "li").json["token"])
    with house.step() as step:
        change(step.session, "li")
    assert client.get("/tasks").status_code == 401
    assert sign_in(app, "li").status_code == 401


def test_roles_count_at_once(as_, house, start):
    from models.queries.people import grant_role

    start()
    assert as_("nobody").get("/tasks", candidate=1).json["items"] == []
    with house.step() as step:
        grant_role(step.session, "nobody", "clerk")
    assert len(as_("nobody").get("/tasks", candidate=1).json["items"]) == 1


def test_unknown_and_wrong_are_told_in_the_same_words(app):
    wrong, unknown = sign_in(app, "li", "wrong"), sign_in(app, "ghost", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json == unknown.json


@pytest.mark.parametrize("name", ["li", "ghost"])
def test_ten_failures_a_minute_for_a_name(app, house, name):
    assert [sign_in(app, name, "wrong").status_code for _ in range(11)] == [401] * 10 + [429]
    refused = sign_in(app, name)
    assert refused.status_code == 429
    assert refused.content_type == "application/problem+json"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert sign_in(app, "wang").status_code == 200
    house.clock.forward(seconds=60)
    assert sign_in(app, name).status_code == (200 if name == "li" else 401)


def test_several_processes_count_together(app, house, settings):
    processes = [app, create_app(house, settings)]
    assert {sign_in(processes[n % 2], "li", "wrong").status_code for n in range(10)} == {401}
    assert [sign_in(process, "li").status_code for process in processes] == [429, 429]


def test_a_success_clears_the_count_of_the_name(app):
    for _ in range(2):
        assert {sign_in(app, "li", "wrong").status_code for _ in range(9)} == {401}
        assert sign_in(app, "li").status_code == 200


def test_successes_are_not_limited(app):
    assert {sign_in(app, "li").status_code for _ in range(15)} == {200}


def test_a_hundred_failures_a_minute_for_an_address(app):
    assert {sign_in(app, f"ghost{n // 9}", "wrong").status_code for n in range(100)} == {401}
    assert sign_in(app, "li").status_code == 429
    assert sign_in(app, "li", address="10.0.0.2").status_code == 200


def test_demo_people_sign_in_to_demonstrations_alone(house, settings):
    from dataclasses import replace

    with house.step() as step:
        find_person(step.session, "li").demo = True
    assert sign_in(create_app(house, settings), "li").status_code == 401
    assert sign_in(create_app(house, replace(settings, demo=True)), "li").status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"username": "li"}, {"username": "", "password": "x"}, {"username": 1, "password": "x"}]
)
def test_what_is_missing_is_422(anonymous, body):
    assert anonymous.post("/tokens", body).status_code == 422
