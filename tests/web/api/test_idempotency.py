"""Writes with an Idempotency-Key happen once, also when two arrive at the same time."""

import io
import threading

import pytest

from models.cases import Instance
from tests.web.conftest import furnished
from tests.web.packages import REVIEW, as_zip
from web.app import create_app

KEY = {"Idempotency-Key": "k-1"}
START = "/definitions/review/instances"


def cases(house):
    with house.sessions.reading() as session:
        return session.query(Instance).count()


def test_the_same_again_answers_the_same_and_does_nothing(as_, house):
    first = as_("li").post(START, {"variables": {"a": 1}}, headers=KEY)
    again = as_("li").post(START, {"variables": {"a": 1}}, headers=KEY)
    assert (first.status_code, first.text) == (again.status_code, again.text) == (201, first.text)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert cases(house) == 1


def test_another_body_with_the_same_key_is_422(as_, house):
    as_("li").post(START, {"variables": {"a": 1}}, headers=KEY)
    assert as_("li").post(START, {"variables": {"a": 2}}, headers=KEY).status_code == 422
    assert cases(house) == 1


def test_a_field_beside_the_files_belongs_to_the_body(as_):
    def deploy(key):
        package = (io.BytesIO(as_zip(REVIEW)), "p.zip")
        return as_("root").post("/deployments", data={"package": package, "key": key}, headers=KEY)

    assert deploy("one").status_code == 201
    assert deploy("two").status_code == 422


def test_keys_belong_to_person_and_path(as_, house):
    bodies = {"variables": {}}
    as_("li").post(START, bodies, headers=KEY)
    as_("sun").post(START, bodies, headers=KEY)
    as_("li").post("/definitions/checked/instances", bodies, headers=KEY)
    assert cases(house) == 3


def test_a_key_is_forgotten_after_a_day(as_, house):
    as_("li").post(START, {}, headers=KEY)
    house.clock.forward(hours=23, minutes=59)
    as_("li").post(START, {}, headers=KEY)
    assert cases(house) == 1
    house.clock.forward(minutes=1)
    as_("li").post(START, {}, headers=KEY)
    assert cases(house) == 2


def test_what_failed_may_be_tried_again_with_the_same_key(as_, start, task_of):
    task = task_of(start("checked"), "fill")["id"]
    path = f"/tasks/{task}/complete"
    assert as_("li").post(path, {"form": {}}, headers=KEY).status_code == 422
    assert as_("li").post(path, {"form": {"limit": 1}}, headers=KEY).status_code == 200
    assert as_("li").post(path, {"form": {"limit": 1}}, headers=KEY).status_code == 200


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_has_1_to_255_characters(as_, key):
    assert as_("li").post(START, {}, headers={"Idempotency-Key": key}).status_code == 400


@pytest.fixture
def both(database, password_hash, settings):
    """House and application on SQLite and on PostgreSQL."""
    house = furnished(database, password_hash)
    return house, create_app(house, settings)


def test_what_no_column_can_hold_is_not_found(both, as_on):
    li = as_on(*both, "li")
    assert li.get("/definitions/review", version=10**12).status_code == 404
    assert li.get("/definitions/review/xml", version=10**12).status_code == 404
    assert li.post(f"/definitions/{'x' * 300}/instances", {}, headers=KEY).status_code == 404


def together(count, work):
    """Runs `work(n)` in `count` threads at once; what they gave, in order."""
    barrier, results = threading.Barrier(count), [None] * count

    def run(n):
        barrier.wait()
        results[n] = work(n)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize("same_body", [True, False])
def test_the_same_key_at_the_same_time(both, as_on, same_body):
    house, app = both
    clients = [as_on(house, app, "li") for _ in range(4)]

    def post(n):
        body = {"variables": {"n": 0 if same_body else n}}
        return clients[n].post(START, body, headers=KEY)

    answers = together(4, post)
    assert cases(house) == 1
    if same_body:
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json["id"] for answer in answers}) == 1
    else:
        assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]


def test_two_people_completing_the_same_task(both, as_on):
    house, app = both
    li = as_on(house, app, "li")
    case = li.post(START, {}).json
    [prepare] = li.get(f"/instances/{case['id']}/tasks").json["items"]
    li.post(f"/tasks/{prepare['id']}/complete")
    [approve] = li.get(f"/instances/{case['id']}/tasks", state="open").json["items"]
    people = [as_on(house, app, name) for name in ("wang", "zhao", "qian")]
    answers = together(3, lambda n: people[n].post(f"/tasks/{approve['id']}/complete", {"form": {"by": n}}))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert {answer.json.get("rule") for answer in answers if answer.status_code == 409} == {"not_open"}
    [winner] = [n for n, answer in enumerate(answers) if answer.status_code == 200]
    assert li.get(f"/instances/{case['id']}").json["variables"] == {"by": winner}
