"""Deputies on pages: arranged and ended there, their work in the inbox, in whose name it is, and why not."""

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.packages import read_folder
from engine.service import deployments
from engine.service.definitions import Compiled, Definitions
from models.deputies import Deputy
from models.queries.people import add_person, grant_role
from models.tasks import Task
from operations.registry import OPERATIONS

TODAY, FRIDAY = "2026-03-02", "2026-03-06"


def arrange(visitor, deputy, status=200, **given):
    form = {"person": "", "deputy": deputy, "begins": TODAY, "until": FRIDAY, "reason": "回乡探亲", **given}
    visitor.get("/deputies")
    return visitor.post("/deputies", form, status=status)


def test_arranged_for_oneself_and_ended_by_the_deputy(browse, lending):
    page = arrange(browse("wang"), "qian")
    assert "代理已设置" in page.text
    assert "代理中" in page.text
    assert "回乡探亲" in browse("qian").get("/deputies").text
    assert "回乡探亲" not in browse("zhao").get("/deputies").text
    assert "回乡探亲" in browse("audit").get("/deputies").text
    assert "代理已结束" in browse("qian").post("/deputies/1/end").text
    assert "没有办成" in browse("qian").post("/deputies/1/end").text
    browse("zhao").post("/deputies/1/end", status=404)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"deputy": "wang"}, "不能由本人代理本人"),
        ({"deputy": ""}, "没有这一项"),
        ({"until": ""}, "请选择日期"),
        ({"until": "2026-02-01"}, "最后一天不能早于第一天"),
        ({"reason": ""}, "请填写内容"),
        ({"person": "li"}, "只能由本人"),
    ],
)
def test_what_is_wrong_stands_at_its_field(browse, lending, given, words):
    page = arrange(browse("wang"), given.pop("deputy", "qian"), 422, **given)
    assert words in page.text
    with lending.sessions.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Deputy)) == 0


def test_the_deputys_inbox_says_for_whom(browse, work):
    case = work.start()
    work.complete(case, "check", "li")
    work.claim(case, "a", "wang")
    assert "代办" not in browse("qian").get("/inbox").text
    arrange(browse("wang"), "qian")
    inbox = browse("qian").get("/inbox/deputy").text
    assert "代 王俊 办理" in inbox
    assert "A 角调查" in inbox
    assert "B 角调查" in inbox
    assert "A 角调查" not in browse("qian").get("/inbox").text
    task = work.task(case, "a")
    assert "办完记为您代 王俊 办理" in browse("qian").get(f"/tasks/{task.id}").text
    assert "代理的工作不能再转给别人" in browse("qian").get(f"/tasks/{task.id}").text
    given = {"a_opinion": "for", "a_amount": 120000, "a_reasons": "代为调查"}
    browse("qian").send(f"/tasks/{task.id}/complete", {"form": given, "version": task.lock_version})
    page = browse("audit").get(f"/cases/{case.id}").text
    assert "代 王俊" in page
    assert "代 王俊" in browse("qian").get("/inbox/done").text
    assert "A 角调查" in browse("wang").get("/inbox/done").text


def test_why_not_names_whom_one_stands_in_for_and_who_could_with_their_deputies(browse, work):
    case = work.start()
    work.complete(case, "check", "li")
    arrange(browse("wang"), "li")
    work.complete(case, "a", "wang", a_opinion="for", a_amount=120000, a_reasons="属实")
    b = work.task(case, "b")
    page = browse("li").get(f"/tasks/{b.id}").text
    assert "职责分离：您所代的 王俊 已办理本案的 A 角调查" in page
    assert "zhao" in page
    with work.house.step() as step:
        away = {"begins": dt.date(2026, 3, 1), "until": dt.date(2026, 3, 6), "reason": "外出", "set_by": "zhao"}
        step.session.add(Deputy(person="zhao", deputy="qian", set_at=step.now, **away))
    assert "zhao（qian 代）" in browse("li").get(f"/tasks/{b.id}").text


def test_what_the_deputy_sees_ends_with_the_day(browse, work):
    with work.house.step() as step:
        step.session.execute(sa.text("DELETE FROM person_role WHERE role = 'manager'"))
    case = work.start()
    work.complete(case, "check", "li")
    task = work.task(case, "a")
    browse("qian").get(f"/cases/{case.id}", status=404)
    arrange(browse("wang"), "qian", until=TODAY)
    browse("qian").get(f"/cases/{case.id}")
    work.house.clock.forward(days=1)
    browse("qian").get(f"/cases/{case.id}", status=404)
    browse("qian").get(f"/tasks/{task.id}", status=404)
    with work.house.sessions.reading() as session:
        assert session.get_one(Task, task.id).assignee is None


def test_a_manager_arranges_it_for_others(browse, lending):
    with lending.step() as step:
        step.session.execute(sa.text("UPDATE person_role SET role = 'dept_manager' WHERE role = 'manager'"))
    qian = browse("qian")
    assert "为谁设置" in qian.get("/deputies?person=wang").text
    assert "代理已设置" in arrange(qian, "zhao", person="wang").text


def test_only_processes_that_bring_people_work_are_offered(browse, lending):
    lending.operations, lending.definitions = OPERATIONS, Definitions()
    with lending.step() as step:
        deployments.deploy(step, read_folder(Path(__file__).parents[3] / "bpmn" / "customer_care"), None)
        grant_role(step.session, "wang", "account_manager")
    page = browse("wang").get("/deputies").text
    assert 'value="return_visit"' in page
    assert 'value="small_loan"' in page
    assert 'value="daily_care"' not in page
    assert 'value="weekly_targets"' not in page


def test_what_another_process_calls_is_part_of_its_cases():
    package = read_folder(Path(__file__).parents[3] / "bpmn" / "loan_origination")
    has = {key: Compiled(package, key).has_steps_of_people for key in ("loan_origination", "draw", "investigation")}
    assert has == {"loan_origination": True, "draw": True, "investigation": False}


def test_programs_stand_in_for_nobody(browse, lending):
    with lending.step() as step:
        for name, roles in (("bank_core", ["integration"]), ("clerk", ["integration", "officer"])):
            add_person(step.session, step.now, name, "a-long-password", roles=roles)
    page = browse("wang").get("/deputies").text
    assert 'value="clerk"' in page
    assert 'value="bank_core"' not in page
