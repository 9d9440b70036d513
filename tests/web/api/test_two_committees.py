"""Two meetings and two secretaries at once: votes do not mix, one wins and the other is told (REV-3, REV-4)."""

from __future__ import annotations

import datetime as dt
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from models.meetings import Meeting
from tests.web.api.test_loan_over_rest import Replay, origination
from tests.web.api.test_meetings import until

MEMBERS = ("bai", "cao", "ding")
VOTE = {"vote": "for", "vote_reasons": "情况清楚，同意发放"}


@pytest.fixture
def package():
    return origination()


@pytest.fixture
def first(package, settings, database):
    mo = ["committee_secretary"]
    replay = Replay("25_committee_approves_with_conditions", package, settings, database, mo=mo)
    until(replay, "compliance_review")
    return replay


@pytest.fixture
def second(first):
    other = first.another()
    until(other, "compliance_review")
    return other


def task_of(replay, element, assignee=None):
    listed = replay.as_("eyes").get(f"/instances/{replay.case}/tasks", limit=500, state="open").json["items"]
    return next(task for task in listed if task["element"] == element and task["assignee"] in (assignee, None))


def task_is_open(replay, element):
    listed = replay.as_("eyes").get(f"/instances/{replay.case}/tasks", limit=500, state="open").json["items"]
    return any(task["element"] == element for task in listed)


def complete(replay, who, element, form):
    return replay.as_(who).post(f"/tasks/{task_of(replay, element, who)['id']}/complete", {"form": form})


def new_meeting(hour=14, members=MEMBERS, secretary="mi"):
    return {
        "meeting_at": f"2026-03-03T{hour}:00:00+08:00",
        "meeting_place": "三楼会议室",
        "secretary": secretary,
        "committee_rows": [{"sign_in": name, "seat": "member"} for name in members],
    }


def meetings_offered(replay, who="mi"):
    lists = replay.as_(who).get(f"/tasks/{task_of(replay, 'convene')['id']}/choices").json["lists"]
    return [offer["value"] for offer in lists.get("open_meetings", [])]


def at_once(*actions):
    """The answers to requests that are sent at the same moment."""
    ready, answers = Barrier(len(actions)), []

    def act(action):
        ready.wait()
        answers.append(action())

    threads = [Thread(target=act, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers, key=lambda answer: answer.status_code)


def meeting(replay, number):
    return replay.as_("eyes").get(f"/meetings/{number}").json


def test_a_case_is_put_on_the_agenda_of_an_open_meeting(first, second):
    assert meetings_offered(first) == []
    assert complete(first, "mi", "convene", new_meeting()).status_code == 200
    [number] = meetings_offered(second)
    assert meetings_offered(second, "bai") == [], "only for who may convene"
    assert complete(second, "mi", "convene", {"agenda_of": number}).status_code == 200
    assert [item["n"] for item in meeting(first, number)["items"]] == [1, 2]


def test_a_meeting_that_does_not_take_the_case_is_no_choice(first, second):
    complete(first, "mi", "convene", new_meeting())
    [number] = meetings_offered(second)
    second.clock.moment = dt.datetime(2026, 3, 3, 6, tzinfo=dt.UTC)  # 14:00 there: it begins
    assert meetings_offered(second) == []
    answer = complete(second, "mi", "convene", {"agenda_of": number})
    assert (answer.status_code, answer.json["rule"]) == (422, "form_invalid")
    assert list(answer.json["errors"]) == ["agenda_of"]


def test_one_member_sits_on_two_committees_of_one_day(first, second):
    complete(first, "mi", "convene", new_meeting(10))
    complete(second, "mo", "convene", new_meeting(15, secretary="mo"))
    numbers = sorted(item["number"] for item in first.as_("bai").get("/meetings").json["items"])
    assert len(numbers) == 2
    assert complete(first, "bai", "vote", VOTE).status_code == 200
    assert complete(second, "bai", "vote", {**VOTE, "vote": "against"}).status_code == 200
    for name in ("cao", "ding"):
        complete(first, name, "vote", VOTE)
    complete(first, "fa", "legal_opinion", {"legal_view": "for", "legal_reasons": "抵押权属清晰"})
    here, there = (meeting(first, number)["items"][0] for number in numbers)
    assert [ballot["ballot"] for ballot in here["ballots"]] == ["for"] * 3
    assert (there["state"], there["ballots"]) == ("open", []), "sealed until all have voted there"


def test_of_two_secretaries_who_convene_at_once_one_wins(first):
    task = task_of(first, "convene")["id"]
    mi, mo = first.as_("mi"), first.as_("mo")
    one, other = at_once(
        lambda: mi.post(f"/tasks/{task}/complete", {"form": new_meeting(10)}),
        lambda: mo.post(f"/tasks/{task}/complete", {"form": new_meeting(15, secretary="mo")}),
    )
    assert (one.status_code, other.status_code, other.json["rule"]) == (200, 409, "not_open")
    assert len(first.as_("eyes").get("/meetings").json["items"]) == 1


def test_of_two_secretaries_who_end_a_meeting_at_once_one_wins(first):
    until(first, "legal_opinion")
    [listed] = first.as_("mi").get("/meetings").json["items"]
    address = f"/meetings/{listed['number']}"
    first.as_("mi").post(f"{address}/begin")
    mi, mo = first.as_("mi"), first.as_("mo")
    one, other = at_once(lambda: mi.post(f"{address}/end"), lambda: mo.post(f"{address}/end"))
    assert (one.status_code, other.status_code) == (200, 409)
    assert "closed" in other.json["detail"]


def test_the_last_place_on_an_agenda_goes_to_one_of_two_cases(first, second):
    third = second.another()
    until(third, "compliance_review")
    complete(first, "mi", "convene", new_meeting())
    [number] = meetings_offered(second)
    with first.house.step() as step:
        step.session.execute(sa.update(Meeting).values(most_cases=2))
    asked = [(first.as_(who), task_of(replay, "convene")["id"]) for replay, who in ((second, "mi"), (third, "mo"))]
    at_once(
        *(
            lambda client=client, task=task: client.post(f"/tasks/{task}/complete", {"form": {"agenda_of": number}})
            for client, task in asked
        )
    )
    assert [item["n"] for item in meeting(first, number)["items"]] == [1, 2]
    waiting = [replay for replay in (second, third) if task_is_open(replay, "convene")]
    assert len(waiting) == 1, "told, and asked again"
    assert meetings_offered(waiting[0], "mi" if waiting[0] is second else "mo") == []
