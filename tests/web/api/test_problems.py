"""Every error of the REST interface is application/problem+json, and says no more than it should."""

import pytest

REQUIRED = {"type", "title", "status", "detail"}


def is_problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json.keys() >= REQUIRED
    assert answer.json["status"] == status
    assert answer.json["type"].startswith("urn:loanflow:problem:")
    return answer.json


def test_without_a_token_nothing_is_told(anonymous):
    for path in ("/tasks", "/instances", "/definitions", "/incidents"):
        answer = anonymous.get(path)
        is_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic bGk6eA==", "Bearer lf_wrong", "bearer \x00"])
def test_a_wrong_token_is_401(app, header):
    answer = app.test_client().get("/api/v1/tasks", headers={"Authorization": header})
    is_problem(answer, 401)


def test_an_unknown_address_is_404(as_):
    is_problem(as_("li").get("/nothing"), 404)
    is_problem(as_("li").get("/definitions/a%00b"), 404)


def test_a_wrong_method_keeps_allow(as_):
    answer = as_("li").post("/tasks")
    is_problem(answer, 405)
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"x=1", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b'{"name": NaN}', "application/json", 400),
        (b'{"name": 1e999999999}', "application/json", 400),
        (b'{"name": "\\ud800"}', "application/json", 400),
        (b'{"name": "\\u0000"}', "application/json", 400),
        (b"[" * 100000, "application/json", 400),
        (b"[]", "application/json", 422),
        (b'{"name": 1}', "application/json", 422),
        (b'{"name": "x", "unknown": 1}', "application/json", 422),
        (b"", "application/json", 422),
    ],
)
def test_bodies_that_are_not_right(as_, body, content_type, status):
    is_problem(as_("robot").post("/messages", data=body, content_type=content_type), status)


def test_what_nobody_foresaw_is_500_without_its_words(app, as_, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("the password is hunter22")

    monkeypatch.setattr("web.api.tasks.lists.all_tasks", fail)
    problem = is_problem(as_("li").get("/tasks"), 500)
    assert "hunter22" not in str(problem)


def test_the_openapi_document_is_public_and_names_every_call(anonymous):
    answer = anonymous.get("/openapi.json")
    assert answer.status_code == 200
    document = answer.json
    assert document["openapi"].startswith("3.1")
    calls = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, item in document["paths"].items()
        for method in item
    }
    assert calls >= {
        "POST /tokens",
        "POST /deployments",
        "GET /definitions",
        "GET /definitions/{key}",
        "GET /definitions/{key}/xml",
        "POST /definitions/{key}/instances",
        "GET /instances",
        "GET /instances/{instance_id}",
        "GET /instances/{instance_id}/events",
        "GET /instances/{instance_id}/tasks",
        "POST /instances/{instance_id}/cancel",
        "GET /incidents",
        "POST /incidents/{incident_id}/retry",
        "GET /tasks",
        "POST /tasks/{task_id}/claim",
        "POST /tasks/{task_id}/release",
        "POST /tasks/{task_id}/delegate",
        "POST /tasks/{task_id}/complete",
        "POST /messages",
        "POST /external-tasks/fetch",
        "POST /external-tasks/{task_id}/complete",
        "POST /external-tasks/{task_id}/failure",
        "POST /external-tasks/{task_id}/bpmn-error",
    }
    keyed = {
        path.removeprefix("/api/v1")
        for path, item in document["paths"].items()
        if "Idempotency-Key" in {given["name"] for given in item.get("post", {}).get("parameters", [])}
    }
    assert keyed == {call.removeprefix("POST ") for call in calls if call.startswith("POST ")} - {"/tokens"}


def test_the_same_for_reading(app):
    page = app.test_client().get("/api")
    assert page.status_code == 200
    assert "/api/v1/tasks/{task_id}/claim" in page.text
    assert "due_before" in page.text
