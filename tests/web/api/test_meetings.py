"""A meeting of the committee over REST and on its pages: agenda, attendance, sealed and named votes, minutes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from engine.service import attachments, errands, worker
from engine.service.attachments import FileStore
from models.cases import Attachment
from models.meetings import AgendaItem, Meeting, MeetingMember
from operations.committee import MINUTES
from operations.committee_papers import minutes_errand
from tests.databases import statements
from tests.web.api.test_loan_over_rest import Replay, origination
from tests.web.pages.conftest import Visitor


@pytest.fixture
def package():
    return origination()


@pytest.fixture
def replay(package, settings):
    return Replay("25_committee_approves_with_conditions", package, settings)


def until(replay, element, times=1):
    """Play the scenario up to the step that completes `element` for the n-th time, and that one too."""
    if replay.case is None:
        begun = replay.scenario.start
        answer = replay.as_(begun["as"]).post(
            f"/definitions/{replay.scenario.process}/instances", {"variables": begun["variables"]}
        )
        replay.case = answer.json["id"]
        replay.left = list(replay.scenario.steps)
    while replay.left:
        step = replay.left.pop(0)
        getattr(replay, step.action)(step.target, step.options)
        if step.action == "complete" and step.target == element:
            times -= 1
            if times == 0:
                return


def the_meeting(client):
    [meeting] = client.get("/meetings").json["items"]
    return meeting


def test_a_meeting_from_agenda_to_its_end(replay):
    until(replay, "convene")
    secretary, member = replay.as_("mi"), replay.as_("bai")
    meeting = the_meeting(secretary)
    address = f"/meetings/{meeting['number']}"
    assert (meeting["state"], meeting["size_advised"]) == ("planned", False)
    assert [person["person"] for person in meeting["members"]] == ["bai", "cao", "ding"]
    assert member.post(f"{address}/attend").status_code == 409
    assert member.post(f"{address}/begin").status_code == 403
    assert secretary.post(f"{address}/begin").json["state"] == "sitting"
    assert member.post(f"{address}/attend").json["members"][0]["attended_at"] is not None
    assert secretary.post(f"{address}/attend").status_code == 403
    assert secretary.post(f"{address}/end").status_code == 409

    until(replay, "vote", 2)
    assert the_meeting(secretary)["items"][0]["ballots"] == []  # sealed until all have voted
    until(replay, "legal_opinion")
    [item] = the_meeting(secretary)["items"]
    assert [ballot["person"] for ballot in item["ballots"]] == ["bai", "cao", "ding"]
    assert (item["result"], item["present"], item["quorum"], item["needed"]) == ("approved", 3, 2, 2)
    assert secretary.post(f"{address}/end").json["state"] == "closed"


def test_others_see_no_meeting(replay):
    until(replay, "convene")
    number = the_meeting(replay.as_("mi"))["number"]
    for name in ("wang", "lin", "cai"):
        assert replay.as_(name).get("/meetings").json["items"] == []
        assert replay.as_(name).get(f"/meetings/{number}").status_code == 404
        assert replay.as_(name).post(f"/meetings/{number}/begin").status_code == 404
    assert replay.as_("eyes").get(f"/meetings/{number}").status_code == 200
    assert replay.as_("eyes").post(f"/meetings/{number}/begin").status_code == 403


def test_a_meeting_is_moved_before_it_begins(replay):
    until(replay, "convene")
    number = the_meeting(replay.as_("mi"))["number"]
    given = {"held_at": "2026-03-04T09:30:00+08:00", "place": "二楼会议室"}
    assert replay.as_("bai").post(f"/meetings/{number}/move", given).status_code == 403
    assert replay.as_("mi").post(f"/meetings/{number}/move", {**given, "place": " "}).status_code == 422
    for beyond in ("2026-03-02T09:00:00+08:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"):
        refused = replay.as_("mi").post(f"/meetings/{number}/move", {**given, "held_at": beyond})
        assert (refused.status_code, list(refused.json["errors"])) == (422, ["held_at"]), "over, or in no calendar"
    assert replay.as_("mi").post(f"/meetings/{number}/move", given).json["place"] == "二楼会议室"
    replay.as_("mi").post(f"/meetings/{number}/begin")
    assert replay.as_("mi").post(f"/meetings/{number}/move", given).status_code == 409


def test_a_vote_is_nobody_elses(replay):
    """No proxy: a vote is neither delegated, transferred nor co-signed (REV-4)."""
    until(replay, "convene")
    [task] = replay.as_("bai").get("/tasks", mine=1).json["items"]
    for move, body in (
        ("delegate", {"to": "fa"}),
        ("transfer", {"to": "fa", "reason": "出差"}),
        ("cosign", {"who": ["fa"], "when": "before", "reason": "出差"}),
    ):
        answer = replay.as_("bai").post(f"/tasks/{task['id']}/{move}", body)
        assert (answer.status_code, answer.json["rule"]) == (403, "move_not_allowed"), move
    assert replay.as_("cao").post(f"/tasks/{task['id']}/claim").status_code == 403


def test_the_pages_show_sealed_votes_then_names_and_the_minutes(replay):
    until(replay, "vote", 2)
    number = the_meeting(replay.as_("mi"))["number"]
    visitor = Visitor(replay.app)
    visitor.enter(replay.house, "mi")
    page = visitor.get(f"/meetings/{number}").text
    assert "已投（密封）" in page
    assert "情况清楚" not in page
    until(replay, "write_minutes")
    page = visitor.get(f"/meetings/{number}").text
    assert "情况清楚，意见如下" in page
    assert "3 人中同意 3 票，须 2 票" in page
    assert "贷审会表决" in visitor.get(f"/cases/{replay.case}").text
    assert visitor.get(f"/meetings/{number}/minutes.pdf").get_data().startswith(b"%PDF")
    assert b"DTSTART:20260303T060000Z" in visitor.get(f"/meetings/{number}/calendar.ics").get_data()
    assert number in visitor.get("/meetings?state=planned").text
    assert visitor.get("/meetings?state=closed").text.count(number) == 0
    assert "未签到" in visitor.get(f"/meetings/{number}?part=presence").text


def test_the_minutes_become_a_paper_of_the_case(replay, tmp_path: Path):
    store = FileStore(tmp_path)
    replay.house.errands[MINUTES] = minutes_errand(store)
    until(replay, "confirm_resolution")
    assert errands.run(replay.house) == 1
    assert errands.run(replay.house) == 0
    with replay.house.sessions.reading() as session:
        [paper] = session.query(Attachment).all()
        assert paper.name.startswith("贷审会纪要 M-2026-1-001-1")
        assert paper.person == "mi"
        with store.open(attachments.find(session, paper.id).stored_as) as file:
            assert file.read(4) == b"%PDF"


def test_whoever_decides_sees_what_all_before_held_and_the_way_to_the_meeting(replay):
    until(replay, "convene")
    meeting = the_meeting(replay.as_("mi"))["number"]
    mine = replay.as_("bai").get(f"/instances/{replay.case}/tasks", state="open").json["items"]
    [task] = [task for task in mine if task["assignee"] == "bai"]
    visitor = Visitor(replay.app)
    visitor.enter(replay.house, "bai")
    page = visitor.get(f"/tasks/{task['id']}").text
    chain = page.split('id="chain-h"')[1].split("</section>")[0]
    assert [words in chain for words in ("A 角调查", "B 角调查", "部门经理", "合规审查")] == [True] * 4
    assert f"/meetings/{meeting}" in page.split('id="chain-h"')[0]
    assert f"/meetings/{meeting}" in visitor.get("/inbox").text


def test_who_minutes_and_who_signs_see_what_all_before_held(replay):
    """The chain of opinions, with that of the legal officer, at the minutes and at the last signature."""
    for before, step, who in (("legal_opinion", "write_minutes", "mi"), ("write_minutes", "confirm_resolution", "gao")):
        until(replay, before)
        listed = replay.as_(who).get(f"/instances/{replay.case}/tasks", state="open").json["items"]
        [task] = [task for task in listed if task["element"] == step]
        visitor = Visitor(replay.app)
        visitor.enter(replay.house, who)
        chain = visitor.get(f"/tasks/{task['id']}").text.split('id="chain-h"')[1].split("</section>")[0]
        for stage in ("A 角调查", "B 角调查", "部门经理", "合规审查", "法律意见"):
            assert stage in chain, (step, stage)


def test_who_has_no_vote_is_told_why_over_rest(replay):
    """Secretary, legal officer, general manager, outsiders, the recused and the late: by the rule that stands first."""
    until(replay, "convene")
    listed = replay.as_("eyes").get(f"/instances/{replay.case}/tasks", state="open").json["items"]
    votes = {task["assignee"]: task["id"] for task in listed if task["element"] == "vote"}
    form = {"form": {"vote": "for", "vote_reasons": "情况清楚，同意发放"}}

    def answer(who, of="bai"):
        told = replay.as_(who).post(f"/tasks/{votes[of]}/complete", form)
        return told.status_code, told.json.get("rule"), told.json["detail"]

    for who in ("mi", "fa", "gao", "cao", "wang", "cai"):
        assert answer(who) == (403, "not_a_candidate", "记名表决 is for bai."), who
    told = replay.as_("ding").post(f"/instances/{replay.case}/conflict", {"reason": "与借款人是亲属"})
    assert told.status_code in (200, 201), told.text
    assert answer("ding", "ding") == (403, "not_a_candidate", "记名表决 is for 贷审会委员."), "and of nobody by name"
    replay.clock.moment += dt.timedelta(days=10)
    while worker.sweep(replay.house):
        pass
    assert answer("bai") == (409, "not_open", "记名表决 is no longer open.")
    replay.complete("legal_opinion", {"as": "fa", "form": {"legal_view": "for", "legal_reasons": "抵押权属清晰"}})
    [item] = the_meeting(replay.as_("mi"))["items"]
    assert (item["recused"], item["state"], item["result"]) == (["ding"], "adjourned", "no_quorum")
    assert [ballot["ballot"] for ballot in item["ballots"]] == ["absent", "absent"]


def test_a_long_list_of_meetings_asks_no_more_than_a_short_one(replay):
    """A hundred times the rows: pages by cursor, no meeting twice, the same number of statements."""
    until(replay, "convene")
    visitor = Visitor(replay.app)
    visitor.enter(replay.house, "mi")
    clients = {"page": lambda: visitor.get("/meetings"), "rest": lambda: replay.as_("mi").get("/meetings")}

    def asked(send):
        send()
        with statements(replay.house.sessions.engine) as sent:
            assert send().status_code == 200
        return len(sent)

    few = {name: asked(send) for name, send in clients.items()}
    with replay.house.step() as step:
        [one] = step.session.query(Meeting)
        [case] = one.items
        for n in range(120):
            held_at = one.held_at + dt.timedelta(days=n)
            item = {
                "n": 1,
                "instance_id": case.instance_id,
                "application_id": case.application_id,
                "state": "adjourned",
            }
            shares = {"quorum_share": "2/3", "majority_share": "2/3", "counted_over": "members"}
            step.session.add(
                Meeting(
                    number=f"M-{n}", unit_id=one.unit_id, kind="meeting", held_at=held_at, place="三楼", secretary="mi",
                    state="closed", size_advised=True, convened_at=held_at,
                    members=[MeetingMember(person=name, n=i, seat="member") for i, name in enumerate(("bai", "cao"))],
                    items=[AgendaItem(**item, **shares, added_at=held_at)],
                )
            )  # fmt: skip
    assert {name: asked(send) for name, send in clients.items()} == few
    seen, cursor = [], None
    while not seen or cursor:
        answer = replay.as_("mi").get("/meetings", limit=50, **({"cursor": cursor} if cursor else {})).json
        seen += [meeting["number"] for meeting in answer["items"]]
        cursor = answer["next_cursor"]
    assert len(seen) == len(set(seen)) == 121
    assert seen[0] == "M-119"
