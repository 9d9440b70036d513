"""Moves over REST: what is listed as possible is done, what stands against it is said with its rule or reason."""

from __future__ import annotations

REASON = {"reason": "流水不全"}


def prepared(as_, start, task_of):
    case = start()
    task = task_of(case, "prepare")["id"]
    assert as_("li").post(f"/tasks/{task}/complete").status_code == 200
    return case, task


def test_a_task_is_returned_and_comes_straight_back(as_, start, task_of):
    case, _ = prepared(as_, start, task_of)
    approve = task_of(case, "approve")["id"]
    listed = as_("wang").get(f"/tasks/{approve}/moves").json
    assert listed["returns"] == [
        {
            "element": "prepare",
            "name": "prepare",
            "last_by": "li",
            "straight_back": True,
            "cancels": [],
            "problem": None,
        }
    ]
    answer = as_("wang").post(f"/tasks/{approve}/return", {"to": "prepare", "resume": "back", **REASON})
    assert (answer.status_code, answer.json["state"]) == (200, "returned")
    again = task_of(case, "prepare")
    assert again["assignee"] == "li"
    assert as_("li").post(f"/tasks/{again['id']}/complete").status_code == 200
    assert task_of(case, "approve")["assignee"] == "wang"


def test_a_completion_is_withdrawn_until_somebody_takes_it_up(as_, start, task_of):
    case, task = prepared(as_, start, task_of)
    assert as_("li").get(f"/tasks/{task}/moves").json["withdraw"] is None
    answer = as_("li").post(f"/tasks/{task}/withdraw", {})
    assert (answer.status_code, answer.json["element"], answer.json["assignee"]) == (200, "prepare", "li")
    as_("li").post(f"/tasks/{answer.json['id']}/complete")
    as_("wang").post(f"/tasks/{task_of(case, 'approve')['id']}/claim")
    late = as_("li").post(f"/tasks/{answer.json['id']}/withdraw", {})
    assert late.status_code == 409
    assert "wang has taken up approve" in late.json["detail"]


def test_a_signature_is_asked_for_given_and_waited_for(as_, start, task_of):
    case, _ = prepared(as_, start, task_of)
    approve = task_of(case, "approve")["id"]
    asked = as_("wang").post(f"/tasks/{approve}/cosign", {"who": ["qian"], "when": "before", **REASON})
    assert (asked.status_code, asked.json["cosigners"]) == (200, 1)
    refused = as_("wang").post(f"/tasks/{approve}/complete")
    assert (refused.status_code, refused.json["rule"]) == (403, "awaiting_cosigner")
    [signature] = as_("qian").get("/tasks", mine=1).json["items"]
    assert (signature["kind"], signature["of_task"]) == ("cosign", approve)
    wrong = as_("qian").post(f"/tasks/{signature['id']}/complete", {"form": {"opinion": "perhaps"}})
    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["opinion"])
    assert as_("qian").post(f"/tasks/{signature['id']}/complete", {"form": {"opinion": "agree"}}).status_code == 200
    assert as_("wang").post(f"/tasks/{approve}/complete").status_code == 200


def test_a_signature_that_was_asked_for_is_called_back(as_, start, task_of):
    case, _ = prepared(as_, start, task_of)
    approve = task_of(case, "approve")["id"]
    as_("wang").post(f"/tasks/{approve}/cosign", {"who": ["qian"], "when": "after", "form": {"x": 1}, **REASON})
    [signature] = as_("qian").get("/tasks", mine=1).json["items"]
    assert as_("wang").post(f"/tasks/{signature['id']}/withdraw", {}).json["state"] == "cancelled"
    assert as_("wang").post(f"/tasks/{approve}/complete").status_code == 200


def test_a_task_is_transferred_and_its_clock_stopped(as_, start, task_of):
    case, _ = prepared(as_, start, task_of)
    approve = task_of(case, "approve")["id"]
    moved = as_("wang").post(f"/tasks/{approve}/transfer", {"to": "zhao", **REASON})
    assert (moved.status_code, moved.json["assignee"]) == (200, "zhao")
    paused = as_("zhao").post(f"/tasks/{approve}/pause", REASON)
    assert (paused.status_code, paused.json["due_at"]) == (200, None)
    assert paused.json["paused_at"] is not None
    assert as_("zhao").post(f"/tasks/{approve}/resume").json["due_at"] is not None
    assert as_("zhao").post(f"/tasks/{approve}/resume").status_code == 409


def test_administrators_set_a_case_right(as_, start, task_of):
    case = start()
    root, path = as_("root"), f"/instances/{case['id']}"
    [token] = root.get(f"{path}/tokens").json["items"]
    assert (token["element"], token["failed"]) == ("prepare", False)
    changed = root.post(f"{path}/variables", {"variables": {"amount": 5}, **REASON})
    assert changed.json["variables"]["amount"] == 5
    assert root.post(f"{path}/skip", {"token": token["token"], "variables": {"note": "x"}, **REASON}).status_code == 200
    assert task_of(case, "approve")
    assert root.post(f"{path}/jump", {"token": "approve", "to": "prepare", **REASON}).status_code == 200
    alone = root.post(f"{path}/cancel-branch", {"token": "prepare", **REASON})
    assert (alone.status_code, "only thing open" in alone.json["detail"]) == (409, True)
    assert root.post(f"{path}/jump", {"token": "nowhere", "to": "prepare", **REASON}).status_code == 404


def test_nobody_else_does(as_, start):
    path = f"/instances/{start()['id']}"
    for call, body in (
        ("jump", {"token": "prepare", "to": "approve"}),
        ("skip", {"token": "prepare"}),
        ("cancel-branch", {"token": "prepare"}),
        ("variables", {"variables": {"x": 1}}),
    ):
        assert as_("li").post(f"{path}/{call}", {**body, **REASON}).status_code == 403
        assert as_("sun").post(f"{path}/{call}", {**body, **REASON}).status_code == 404
    assert as_("li").get(f"{path}/tokens").status_code == 403


def test_every_reason_is_required(as_, start, task_of):
    task = task_of(start(), "prepare")["id"]
    for call, body in (
        ("return", {"to": "prepare"}),
        ("transfer", {"to": "sun"}),
        ("cosign", {"who": ["sun"], "when": "before"}),
        ("pause", {}),
    ):
        answer = as_("li").post(f"/tasks/{task}/{call}", body)
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["reason"])
