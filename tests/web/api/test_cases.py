"""Cases over REST: starting, seeing, cancelling; incidents."""

import uuid
from decimal import Decimal

import pytest
import sqlalchemy as sa

from models.care import Complaint
from models.people import Unit


def test_a_started_case_shows_its_variables_exactly(as_):
    raw = '{"variables": {"amount": 10000000000000000.10, "days": [1, 2.50]}, "business_key": "A-1"}'
    answer = as_("li").post("/definitions/review/instances", data=raw, content_type="application/json")
    assert answer.status_code == 201
    assert answer.json["variables"] == {"amount": Decimal("10000000000000000.10"), "days": [1, Decimal("2.50")]}
    assert "10000000000000000.10" in answer.text
    assert "2.50" in answer.text
    assert answer.json["definition"] == {"key": "review", "version": 1}
    assert (answer.json["state"], answer.json["business_key"]) == ("running", "A-1")


def test_a_case_has_the_same_shape_after_its_end(as_, start, task_of):
    case = start("checked")
    as_("li").post(f"/tasks/{task_of(case, 'fill')['id']}/complete", {"form": {"limit": 5}})
    ended = as_("li").get(f"/instances/{case['id']}").json
    assert set(ended) == set(case)
    assert (ended["state"], ended["outcome"], ended["variables"]) == ("completed", "done", {"limit": 5})


@pytest.mark.parametrize(
    ("who", "sees_head_office", "sees_branch"),
    [
        ("li", True, True),
        ("qian", True, True),
        ("sun", False, True),
        ("root", True, True),
        ("audit", True, True),
        ("nobody", False, False),
        ("robot", False, False),
        ("designer", False, False),
    ],
)
def test_who_sees_which_case(as_, start, who, sees_head_office, sees_branch):
    for case, sees in ((start(by="li"), sees_head_office), (start(by="sun"), sees_branch)):
        listed = [item["id"] for item in as_(who).get("/instances").json["items"]]
        assert (case["id"] in listed) is sees
        for path in ("", "/events", "/tasks"):
            assert as_(who).get(f"/instances/{case['id']}{path}").status_code == (200 if sees else 404)


def test_whoever_took_part_sees_it_without_a_role(as_, start, house):
    from models.queries.people import revoke_role

    case = start()
    with house.step() as step:
        revoke_role(step.session, "li", "clerk")
    assert as_("li").get(f"/instances/{case['id']}").status_code == 200


def test_finding_cases(as_, start):
    mei, firm = start(customer_name="陈梅", amount=1), start("checked", customer_name="刘家农场")

    def found(**query):
        return {item["id"] for item in as_("li").get("/instances", **query).json["items"]}

    assert found(search="陈") == found(search="陈梅") == {mei["id"]}
    assert found(search="100% _") == set()
    assert found(definition="checked") == {firm["id"]}
    assert found(state="completed") == set()
    assert found(state="running") == {mei["id"], firm["id"]}
    assert as_("li").get("/instances", state="asleep").status_code == 400


def test_a_search_for_a_thousand_words_is_refused(as_):
    assert as_("li").get("/instances", search="a " * 1000).status_code == 400


def test_lists_open_no_workflow(as_, start, monkeypatch):
    start(amount=3)
    from engine.runtime import state

    def never(*_args, **_kwargs):
        raise AssertionError("a list loaded a workflow")

    monkeypatch.setattr("engine.service.views.load", never)
    monkeypatch.setattr(state, "load", never)
    assert as_("li").get("/instances").json["items"][0]["facts"] == {"amount": 3}
    assert as_("li").get("/tasks").json["items"][0]["facts"] == {"amount": 3}


def test_events_come_in_order_and_by_pages(as_, start, task_of):
    case = start()
    as_("li").post(f"/tasks/{task_of(case, 'prepare')['id']}/claim")
    first = as_("li").get(f"/instances/{case['id']}/events", limit=1).json
    second = as_("li").get(f"/instances/{case['id']}/events", limit=1, cursor=first["next_cursor"]).json
    events = first["items"] + second["items"]
    assert [event["seq"] for event in events] == [1, 2]
    assert [event["kind"] for event in events] == ["case.started", "task.claimed"]
    assert second["next_cursor"] is None


def test_starting_needs_a_role_of_the_process(as_):
    refused = as_("nobody").post("/definitions/review/instances", {})
    assert (refused.status_code, refused.json["rule"]) == (403, "not_a_candidate")
    assert as_("li").post("/definitions/unknown/instances", {}).status_code == 404


@pytest.mark.parametrize(
    "variables", [{"parameters": 1}, {"item": 1}, {"a b": 1}, {"typename": "x"}, [1], "text", {"x": {"typename": "y"}}]
)
def test_variables_that_cannot_be_are_422(as_, variables):
    answer = as_("li").post("/definitions/review/instances", {"variables": variables})
    assert answer.status_code == 422
    assert answer.json["errors"]


def test_only_administrators_cancel_and_with_a_reason(as_, start):
    case = start()
    path = f"/instances/{case['id']}/cancel"
    assert as_("li").post(path, {"reason": "no"}).status_code == 403
    assert as_("nobody").post(path, {"reason": "no"}).status_code == 404
    assert as_("root").post(path, {}).status_code == 422
    cancelled = as_("root").post(path, {"reason": "entered twice"})
    assert (cancelled.status_code, cancelled.json["state"]) == (200, "terminated")
    assert as_("root").post(path, {"reason": "again"}).status_code == 409
    assert as_("li").get("/tasks", candidate=1).json["items"] == []


def test_an_incident_is_retried_with_repaired_variables(as_, start, task_of):
    case = start("broken_sum", parts=[1])
    as_("li").post(f"/tasks/{task_of(case, 'enter')['id']}/complete", {"form": {"rest": "x"}})
    assert as_("li").get(f"/instances/{case['id']}").json["state"] == "incident"
    assert as_("li").get("/incidents").status_code == 403
    [incident] = as_("root").get("/incidents").json["items"]
    assert incident["instance_id"] == case["id"]
    path = f"/incidents/{incident['id']}/retry"
    assert as_("li").post(path, {"variables": {}}).status_code == 403
    assert as_("root").post(path, {"variables": {"total": 3, "rest": "2"}}).status_code == 200
    assert as_("root").get("/incidents").json["items"] == []
    assert as_("li").get(f"/instances/{case['id']}").json["state"] == "completed"
    assert as_("root").post("/incidents/99999999999999/retry", {}).status_code == 404


def test_what_is_sealed_is_kept_from_others(as_, start, task_of):
    case = start("sealed", by="qian")
    first = task_of(case, "first")["id"]
    as_("wang").post(f"/tasks/{first}/complete", {"form": {"opinion": "against"}})

    def opinion(who):
        shown = as_(who).get(f"/instances/{case['id']}")
        events = as_(who).get(f"/instances/{case['id']}/events").text
        assert ("against" in events) == ("opinion" in shown.json["variables"])
        return shown.json["variables"].get("opinion")

    assert opinion("wang") == opinion("audit") == "against"
    assert opinion("zhao") is opinion("qian") is opinion("root") is None
    as_("zhao").post(f"/tasks/{task_of(case, 'second')['id']}/complete")
    assert opinion("zhao") == opinion("qian") == "against"


def test_a_complaint_does_not_exist_for_whom_it_is_about(as_, start, task_of, house):
    """CUS-4: neither by role nor for having had a part in it; only while a step of it is that person's."""
    case, other = start(by="li"), start(by="li")
    as_("li").post(f"/tasks/{task_of(case, 'prepare')['id']}/complete")
    with house.step() as step:
        root = step.session.scalar(sa.select(Unit.id).where(Unit.parent_id.is_(None)))
        for about, instance in (("wang", case["id"]), (None, other["id"])):
            given = {"channel": "phone", "kind": "service", "content": "态度不好", "answer_due": step.now}
            row = Complaint(number=f"CP-{instance}", instance_id=uuid.UUID(instance), unit_id=root, **given)
            row.about_person, row.received_at = about, step.now
            step.session.add(row)
    path = f"/instances/{case['id']}"
    approve = task_of(case, "approve")["id"]
    for who, status in (("wang", 404), ("zhao", 200), ("audit", 200)):
        assert as_(who).get(path).status_code == status
        assert as_(who).get(f"/tasks/{approve}").status_code == status
        listed = [item["id"] for item in as_(who).get("/instances").json["items"]]
        assert (case["id"] in listed, len(listed)) == (status == 200, 2 if status == 200 else 1)
    assert as_("wang").post(f"/tasks/{approve}/claim").status_code == 404
    as_("zhao").post(f"/tasks/{approve}/transfer", {"to": "wang", "reason": "忙"})
    assert as_("wang").get(path).status_code == 200
