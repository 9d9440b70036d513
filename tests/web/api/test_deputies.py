"""Deputies over REST: arranged, listed to whom it concerns, ended; their tasks, and what counts for both."""

WEEK = {"from": "2026-03-02", "until": "2026-03-06", "reason": "年休假"}


def test_a_deputy_does_the_work_in_the_others_name(as_, start, task_of):
    answer = as_("li").post("/deputies", {"deputy": "qian", **WEEK})
    assert answer.status_code == 201
    assert {"person": "li", "deputy": "qian", "set_by": "li", "roles": []}.items() <= answer.json.items()
    task = task_of(start(), "prepare")
    [listed] = as_("qian").get("/tasks", deputy=1).json["items"]
    assert listed["id"] == task["id"]
    assert as_("zhao").get("/tasks", deputy=1).json["items"] == []
    claimed = as_("qian").post(f"/tasks/{task['id']}/claim")
    assert (claimed.status_code, claimed.json["assignee"]) == (200, "li")
    done = as_("qian").post(f"/tasks/{task['id']}/complete").json
    assert (done["completed_by"], done["completed_for"]) == ("qian", "li")


def test_whom_it_does_not_concern_knows_nothing_of_it(as_):
    number = as_("li").post("/deputies", {"deputy": "qian", **WEEK}).json["id"]
    for name, seen in {"li": 1, "qian": 1, "root": 1, "audit": 1, "zhao": 0}.items():
        assert len(as_(name).get("/deputies").json["items"]) == seen
    assert as_("zhao").post(f"/deputies/{number}/end").status_code == 404
    assert as_("audit").post(f"/deputies/{number}/end").status_code == 403
    assert as_("root").get("/deputies", person="wang").json["items"] == []
    ended = as_("li").post(f"/deputies/{number}/end")
    assert (ended.status_code, ended.json["ended_by"]) == (200, "li")
    assert as_("li").post(f"/deputies/{number}/end").status_code == 422
    assert as_("li").post(f"/deputies/{2**40}/end").status_code == 404


def test_what_cannot_be_is_said_by_field(as_):
    assert as_("li").post("/deputies", {"deputy": "qian", "person": "wang", **WEEK}).status_code == 403
    wrong = as_("li").post("/deputies", {"deputy": "li", **WEEK})
    assert (wrong.status_code, wrong.json["errors"]) == (422, {"deputy": ["self"]})
    assert as_("root").post("/deputies", {"deputy": "qian", "person": "wang", **WEEK}).status_code == 201
    assert as_("root").post("/deputies", {"deputy": "zhao", "person": "wang", **WEEK}).json["errors"] == {
        "begins": ["overlaps"]
    }
