"""Messages, and work for other programs."""

import pytest


def test_a_message_reaches_the_case_that_waits_for_it(as_, start, task_of):
    case, other = start("papers", nr="A-1"), start("papers", nr="A-2")
    sent = as_("robot").post("/messages", {"name": "papers_in", "correlation": {"nr": "A-1"}, "payload": {"docs": 2}})
    assert (sent.status_code, sent.json) == (202, {"state": "delivered", "instance_id": case["id"]})
    assert as_("li").get(f"/instances/{case['id']}").json["variables"] == {"nr": "A-1", "docs": 2}
    assert task_of(case, "file")
    assert as_("li").get(f"/instances/{other['id']}/tasks").json["items"] == []


def test_a_message_for_nobody_yet_is_kept(as_, start, task_of):
    sent = as_("root").post("/messages", {"name": "papers_in", "correlation": {"nr": "A-3"}})
    assert (sent.status_code, sent.json["state"]) == (202, "kept")
    assert task_of(start("papers", nr="A-3"), "file")


def test_a_message_that_several_cases_wait_for_is_refused(as_, start):
    start("papers", nr="A-1"), start("papers", nr="A-1")
    assert as_("robot").post("/messages", {"name": "papers_in", "correlation": {"nr": "A-1"}}).status_code == 409


@pytest.mark.parametrize("who", ["li", "audit", "designer"])
def test_messages_and_work_need_their_roles(as_, who):
    assert as_(who).post("/messages", {"name": "x"}).status_code == 403
    assert as_(who).post("/external-tasks/fetch", {"worker": "w", "topics": ["valuation"]}).status_code == 403


@pytest.fixture
def fetch(as_):
    def call(worker="w1", lock="PT5M"):
        answer = as_("robot").post("/external-tasks/fetch", {"worker": worker, "topics": ["valuation"], "lock": lock})
        assert answer.status_code == 200, answer.text
        return answer.json["items"]

    return call


def test_work_is_fetched_once_and_answered_once(as_, start, task_of, fetch):
    case = start("valued", address="Main St")
    [work] = fetch()
    assert (work["topic"], work["instance_id"], work["worker"]) == ("valuation", case["id"], "w1")
    assert fetch("w2") == []
    path = f"/external-tasks/{work['id']}/complete"
    assert as_("robot").post(path, {"worker": "w2", "variables": {}}).status_code == 409
    assert as_("robot").post(path, {"worker": "w1", "variables": {"value": 800000}}).status_code == 200
    assert as_("robot").post(path, {"worker": "w1"}).status_code == 409
    assert as_("li").get(f"/instances/{case['id']}").json["variables"]["value"] == 800000
    assert task_of(case, "look")


def test_a_lock_ends(as_, start, fetch, house):
    start("valued")
    assert fetch("w1", "PT5M")
    house.clock.forward(minutes=5)
    assert fetch("w2", 300)


@pytest.mark.parametrize("lock", ["soon", "P1M", {}, True])
def test_a_lock_is_a_duration(as_, lock):
    answer = as_("robot").post("/external-tasks/fetch", {"worker": "w", "topics": ["x"], "lock": lock})
    assert answer.status_code == 422


def test_after_the_last_failure_there_is_an_incident(as_, start, fetch):
    case = start("valued")
    for left in (2, 1, 0):
        [work] = fetch()
        failed = as_("robot").post(f"/external-tasks/{work['id']}/failure", {"worker": "w1", "message": "no line"})
        assert (failed.status_code, failed.json["retries"]) == (200, left)
    assert fetch() == []
    assert as_("li").get(f"/instances/{case['id']}").json["state"] == "incident"


def test_a_business_error_that_nobody_catches_is_an_incident(as_, start, fetch):
    case = start("valued")
    [work] = fetch()
    answer = as_("robot").post(f"/external-tasks/{work['id']}/bpmn-error", {"worker": "w1", "code": "NO_VALUE"})
    assert answer.status_code == 200
    assert as_("li").get(f"/instances/{case['id']}").json["state"] == "incident"
