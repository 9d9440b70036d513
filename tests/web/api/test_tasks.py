"""Tasks over REST: the inbox, and every way in which doing a task can be refused."""

import base64
import json
from decimal import Decimal

import pytest


def ids(answer):
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json["items"]]


def test_a_task_goes_from_candidate_to_mine_to_done(as_, start, task_of):
    case = start(customer_name="陈梅", amount=Decimal("120000.50"))
    [offered] = as_("li").get("/tasks", candidate=1).json["items"]
    assert offered["element"] == "prepare"
    assert offered["facts"] == {"customer_name": "陈梅", "amount": Decimal("120000.50")}
    assert (offered["assignee"], offered["role"], offered["state"]) == (None, "clerk", "open")
    assert offered["definition"] == {"key": "review", "version": 1}
    assert offered["instance_id"] == case["id"]

    claimed = as_("li").post(f"/tasks/{offered['id']}/claim")
    assert (claimed.status_code, claimed.json["assignee"]) == (200, "li")
    assert ids(as_("li").get("/tasks", candidate=1)) == []
    assert ids(as_("li").get("/tasks", mine=1)) == [offered["id"]]

    done = as_("li").post(f"/tasks/{offered['id']}/complete", {"form": {"note": "ok"}})
    assert (done.status_code, done.json["state"]) == (200, "completed")
    assert ids(as_("li").get("/tasks", mine=1)) == []
    assert ids(as_("li").get("/tasks", mine=1, state="completed")) == [offered["id"]]
    assert task_of(case, "approve")["due_at"] == "2026-03-02T06:00:00+00:00"


def test_a_candidate_may_complete_what_nobody_claimed(as_, start, task_of):
    task = task_of(start(), "prepare")
    assert as_("li").post(f"/tasks/{task['id']}/complete").json["assignee"] == "li"


def test_candidate_asks_every_rule_but_the_form(as_, start, task_of, house):
    case = start(by="sun")
    as_("sun").post(f"/tasks/{task_of(case, 'prepare')['id']}/complete")
    approve = task_of(case, "approve")["id"]
    assert approve in ids(as_("wang").get("/tasks", candidate=1))
    assert approve not in ids(as_("sun").get("/tasks", candidate=1)), "separation of duties"
    assert approve in ids(as_("sun").get("/tasks")), "but the case, and so the task, may be seen"


def test_a_role_counts_in_its_own_unit_and_below(as_, start, task_of):
    at_head_office, at_branch = start(by="li"), start(by="sun")
    offered = ids(as_("sun").get("/tasks", candidate=1))
    assert offered == [task_of(at_branch, "prepare")["id"]]
    assert set(ids(as_("li").get("/tasks", candidate=1))) == {
        task_of(at_head_office, "prepare")["id"],
        task_of(at_branch, "prepare")["id"],
    }


def test_a_task_given_back_is_offered_again(as_, start, task_of):
    task = task_of(start(), "prepare")["id"]
    as_("li").post(f"/tasks/{task}/claim")
    assert as_("li").post(f"/tasks/{task}/release").json["assignee"] is None
    assert task in ids(as_("li").get("/tasks", candidate=1))


def test_delegating_hands_a_task_to_somebody_who_may(as_, start, task_of):
    case = start()
    as_("li").post(f"/tasks/{task_of(case, 'prepare')['id']}/complete")
    task = task_of(case, "approve")["id"]
    as_("wang").post(f"/tasks/{task}/claim")
    refused = as_("wang").post(f"/tasks/{task}/delegate", {"to": "li"})
    assert (refused.status_code, refused.json["rule"]) == (403, "not_a_candidate")
    unknown = as_("wang").post(f"/tasks/{task}/delegate", {"to": "ghost"})
    assert (unknown.status_code, list(unknown.json["errors"])) == (422, ["to"])
    assert as_("wang").post(f"/tasks/{task}/delegate", {"to": "zhao"}).json["assignee"] == "zhao"


def test_refusals_name_their_rule(as_, start, task_of):
    case = start(by="sun")
    prepare = task_of(case, "prepare")["id"]
    not_mine = as_("qian").post(f"/tasks/{prepare}/complete")
    assert (not_mine.status_code, not_mine.json["rule"]) == (403, "not_a_candidate")
    as_("sun").post(f"/tasks/{prepare}/complete")
    again = as_("sun").post(f"/tasks/{prepare}/complete")
    assert (again.status_code, again.json["rule"]) == (409, "not_open")
    approve = task_of(case, "approve")["id"]
    both = as_("sun").post(f"/tasks/{approve}/claim")
    assert (both.status_code, both.json["rule"]) == (403, "separation_of_duties")
    as_("wang").post(f"/tasks/{approve}/claim")
    taken = as_("zhao").post(f"/tasks/{approve}/complete")
    assert (taken.status_code, taken.json["rule"]) == (403, "not_the_assignee")


def test_authority_is_asked(as_, start, task_of, house):
    from models.queries.people import set_authority

    task = task_of(start("limited", by="qian", amount=100), "sign")["id"]
    refused = as_("qian").post(f"/tasks/{task}/complete")
    assert (refused.status_code, refused.json["rule"]) == (403, "authority")
    with house.step() as step:
        set_authority(step.session, "qian", "approve_loan", Decimal(100), None)
    assert as_("qian").post(f"/tasks/{task}/complete").status_code == 200


def test_a_form_that_does_not_hold_is_422_by_field(as_, start, task_of):
    task = task_of(start("checked"), "fill")["id"]
    refused = as_("li").post(f"/tasks/{task}/complete", {"form": {"limit": 1001, "extra": 1}})
    assert (refused.status_code, refused.json["rule"]) == (422, "form_invalid")
    assert {"limit", "extra"} <= set(refused.json["errors"])
    assert as_("li").post(f"/tasks/{task}/complete", {"form": {"limit": Decimal("999.99")}}).status_code == 200


def test_strangers_see_and_do_nothing(as_, start, task_of):
    case = start()
    task = task_of(case, "prepare")["id"]
    assert ids(as_("nobody").get("/tasks")) == []
    for answer in (
        as_("nobody").get(f"/tasks/{task}"),
        as_("nobody").post(f"/tasks/{task}/claim"),
        as_("nobody").post(f"/tasks/{task}/complete"),
        as_("sun").get(f"/tasks/{task}"),
        as_("nobody").get("/tasks/00000000-0000-0000-0000-000000000000"),
        as_("nobody").get("/tasks/no-id"),
    ):
        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"


def test_filters(as_, start, task_of):
    case, other = start(), start("checked")
    prepare, fill = task_of(case, "prepare")["id"], task_of(other, "fill")["id"]
    assert ids(as_("li").get("/tasks", definition="checked")) == [fill]
    assert set(ids(as_("li").get("/tasks", role="clerk"))) == {prepare, fill}
    assert ids(as_("li").get("/tasks", role="officer")) == []
    as_("li").post(f"/tasks/{prepare}/complete")
    approve = task_of(case, "approve")["id"]
    assert ids(as_("li").get("/tasks", due_before="2026-03-02T14:00:01+08:00")) == [approve]
    assert ids(as_("li").get("/tasks", due_before="2026-03-02T14:00:00+08:00")) == []
    assert ids(as_("li").get("/tasks", due_before="2026-03-02T14:00:01 08:00")) == [approve]
    assert ids(as_("li").get("/tasks", state="completed")) == [prepare]


@pytest.mark.parametrize("direction", ["", "-"])
@pytest.mark.parametrize("column", ["due_at", "priority", "created_at", "name"])
def test_every_order_lists_everything_once(as_, start, column, direction):
    sort = direction + column
    cases = [start() for _ in range(3)]
    as_("li").post(f"/tasks/{as_('li').get('/tasks', candidate=1).json['items'][0]['id']}/complete")
    seen, cursor = [], {}
    while True:
        page = as_("li").get("/tasks", sort=sort, limit=1, **cursor).json
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len(seen) == len(set(seen)) == len(cases) + 1


def cursor(*parts):
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "assignee"},
        {"sort": "due_at; DROP TABLE task"},
        {"sort": "--due_at"},
        {"cursor": "nonsense"},
        {"cursor": "WyJuYW1lIiwxLDJd"},
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "ten"},
        {"due_before": "2026-03-02"},
        {"due_before": "2026-03-02T10:00:00"},
        {"due_before": "0001-01-01T00:00:00+14:00"},
        {"due_before": "9999-12-31T23:59:59-14:00"},
        {"sort": "created_at", "cursor": cursor("created_at", "0001-01-01T00:00:00+14:00", "0" * 32)},
        {"state": "odd"},
        {"mine": "perhaps"},
        {"definition": "a\0b"},
    ],
)
def test_what_is_wrong_in_a_query_is_400(as_, query):
    answer = as_("li").get("/tasks", **query)
    assert answer.status_code == 400, answer.text
    assert answer.content_type == "application/problem+json"


def test_a_cursor_belongs_to_its_order(as_, start):
    for _ in range(2):
        start()
    cursor = as_("li").get("/tasks", sort="name", limit=1).json["next_cursor"]
    assert as_("li").get("/tasks", sort="-name", cursor=cursor).status_code == 400
    assert as_("li").get("/tasks", sort="name", cursor=cursor).status_code == 200


def test_more_than_500_is_taken_as_500(as_, start):
    start()
    assert len(ids(as_("li").get("/tasks", limit=100000))) == 1
    assert len(ids(as_("li").get("/tasks", limit=10**30))) == 1


def test_a_parameter_without_a_value_was_not_given(as_):
    unsaid = dict.fromkeys(("limit", "cursor", "state", "definition", "sort"), "")
    assert as_("li").get("/tasks", **unsaid).json == as_("li").get("/tasks").json
    unsaid = dict.fromkeys(("definition", "state", "business_key", "search"), "")
    assert as_("li").get("/instances", **unsaid).json == as_("li").get("/instances").json
