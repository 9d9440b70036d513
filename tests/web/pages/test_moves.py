"""Moves on the pages: returning, withdrawing, signing together, handing on, stopping the clock, and what is said."""

import datetime as dt
import re

import pytest

from engine.packages import read_files
from engine.service import actors, cosigning, deployments, moves
from tests.web.pages.small_loan import FILES, SMALL_LOAN

REVIEW_FORM = {"review_reasons": "同意"}


@pytest.fixture
def reviewed(work):
    """A case that waits for the review."""
    case = work.investigated()
    work.complete(case, "b", "zhao", b_opinion="for", b_amount=90000, b_reasons="受季节影响")
    return case


@pytest.fixture
def ask(work, lending):
    def asking(case, element, by, whom, when="before", form=None):
        task = work.task(case, element)
        with lending.step() as step:
            return cosigning.ask(step, task.id, actors.load(step.session, by), whom, when, "金额较大", form)

    return asking


def dialog(page, name):
    return page.text.split(f'<dialog id="{name}"')[1].split("</dialog>")[0]


def signature(work, case, who):
    from models.queries import tasks as task_lists

    with work.house.sessions.reading() as session:
        query = task_lists.filtered(task_lists.all_tasks(), instance_id=case.id, state="open")
        [found] = [task for task in session.scalars(query) if task.kind == "cosign" and task.assignee == who]
        return found


def test_a_review_is_returned_to_an_investigation(browse, work, reviewed):
    task = work.task(reviewed, "review")
    qian = browse("qian")
    offered = dialog(qian.get(f"/tasks/{task.id}"), "return")
    assert re.findall(r'name="to" value="(\w+)"', offered) == ["b", "a", "check"]
    assert "王俊" in offered
    assert "直接交回" in offered
    address = f"/tasks/{task.id}/return"
    assert "请填写内容" in qian.post(address, {"to": "a", "reason": " "}).text
    assert "请选一个本案办过的步骤" in qian.post(address, {"to": "nowhere", "reason": "流水不全"}).text
    page = qian.post(address, {"to": "a", "reason": "流水不全", "resume": "back"})
    assert "已退回到 A 角调查" in page.text
    wang = browse("wang")
    inbox = wang.get("/inbox").text
    assert "已退回：流水不全" in inbox, "the notice"
    assert re.search(r"退回</span> <span lang=\"zh\">流水不全", inbox), "the mark of the row"
    again = wang.get(f"/tasks/{work.task(reviewed, 'a').id}").text
    assert "已退回，请重办" in again
    assert "退回 部门审核 到 A 角调查，办完直接交回" in again
    closed = qian.get(f"/tasks/{task.id}").text
    assert "已退回</span>" in closed
    assert "已退回</span>" in qian.get("/inbox/done").text


def test_what_a_return_would_end_is_said_before_and_agreed_to(browse, work):
    case = work.start()
    work.complete(case, "check", "li")
    task = work.task(case, "b")
    zhao = browse("zhao")
    offered = dialog(zhao.get(f"/tasks/{task.id}"), "return")
    assert "会取消 A 角调查" in offered
    address, given = f"/tasks/{task.id}/return", {"to": "check", "reason": "缺营业执照"}
    assert "这样做会取消 A 角调查，须先确认" in zhao.post(address, given).text
    assert "已退回到 核对资料" in zhao.post(address, {**given, "cancel_others": "1"}).text
    zhao.post("/language", {"locale": "en"})
    assert "Returned Investigation B to Check the papers, and cancelled Investigation A" in (
        zhao.get(f"/cases/{case.id}").text
    )


def test_a_completion_is_withdrawn_while_nobody_has_taken_it_up(browse, work):
    case = work.start()
    task = work.task(case, "check")
    li = browse("li")
    li.get(f"/tasks/{task.id}")
    done = li.post(f"/tasks/{task.id}/complete")
    undo = re.search(r'<form method="post" action="(/tasks/[^"]+/withdraw)"', done.text)[1]
    assert undo == f"/tasks/{task.id}/withdraw"
    assert undo in li.get("/inbox/done").text
    assert "后一步还没有人办" in li.get(f"/tasks/{task.id}").text
    page = li.post(undo, {"reason": "点错了"})
    assert "已撤回：核对资料" in page.text
    assert "由您办理" in page.text, "the step is open again"
    assert "已撤回" in li.get(f"/tasks/{task.id}").text
    assert "撤回 核对资料" in li.get(f"/cases/{case.id}").text


def test_what_was_taken_up_cannot_be_withdrawn_and_the_page_says_why(browse, work):
    case = work.start()
    done = work.complete(case, "check", "li")
    work.claim(case, "a", "wang")
    li = browse("li")
    assert f"/tasks/{done.id}/withdraw" not in li.get("/inbox/done").text
    assert "不能撤回：王俊 已在办 A 角调查" in li.get(f"/tasks/{done.id}").text
    assert "没有办成：王俊 已在办 A 角调查" in li.post(f"/tasks/{done.id}/withdraw").text
    assert "不能撤回" not in browse("wang").get(f"/tasks/{done.id}").text, "it was never theirs"


def test_a_task_is_given_to_somebody_else_for_good(browse, work):
    task = work.task(work.start(), "check")
    root, li = browse("root"), browse("li")
    li.get(f"/tasks/{task.id}")
    assert "没有其他人能办这一步" in dialog(li.get(f"/tasks/{task.id}"), "transfer")
    told = li.post(f"/tasks/{task.id}/transfer", {"to": "qian", "reason": "休假"})
    assert "核对资料 由 受理岗 办理" in told.text
    assert root.get(f"/tasks/{task.id}").status_code == 200


def test_others_sign_before_a_step(browse, work, reviewed):
    task = work.task(reviewed, "review")
    qian, sun = browse("qian"), browse("zhao")
    offered = dialog(qian.get(f"/tasks/{task.id}"), "before")
    assert re.findall(r'name="who" value="(\w+)"', offered) == [
        "audit",
        "designer",
        "li",
        "nobody",
        "root",
        "sun",
    ]
    address = f"/tasks/{task.id}/cosign"
    assert "请选一个人，最多二十人" in qian.post(address, {"when": "before", "reason": "金额较大"}).text
    assert "职责分离" in qian.post(address, {"when": "before", "reason": "金额较大", "who": "zhao"}).text
    page = qian.post(address, {"when": "before", "reason": "金额较大", "who": ["li", "root"]})
    assert "已请人加签" in page.text
    assert "等 2 人签" in page.text
    assert "还在等 2 人加签，签完才能办" in page.text
    del sun
    li = browse("li")
    inbox = li.get("/inbox").text
    assert "加签</span>" in inbox
    own = signature(work, reviewed, "li")
    seen = li.get(f"/tasks/{own.id}").text
    assert "qian 请您在办理前签" in seen
    assert "金额较大" in seen
    assert "task-form" not in seen, "a signature is no form of form-js"
    told = li.post(f"/tasks/{own.id}/complete", {"opinion": "disagree"}).text
    assert "还不能提交：请改正标出的各项 必填" in told
    li.post(f"/tasks/{own.id}/complete", {"opinion": "disagree", "comment": "抵押不足"})
    root_s = signature(work, reviewed, "root")
    page = qian.get(f"/tasks/{task.id}")
    assert "抵押不足" in page.text
    assert f"/tasks/{root_s.id}/call-back" in page.text
    assert "已撤回加签" in qian.post(f"/tasks/{root_s.id}/call-back").text
    done = qian.send(f"/tasks/{task.id}/complete", {"form": REVIEW_FORM})
    assert done["next"] == "/inbox"
    case = qian.get(f"/cases/{reviewed.id}/history").text
    for words in ("办 部门审核 前，请 li、root 加签", "加签 部门审核：不同意", "撤回请 root 对 部门审核 的加签"):
        assert words in case
    whole = qian.get(f"/cases/{reviewed.id}").text
    assert "加签意见" in whole
    assert re.search(r"部门审核 <span class=\"chip chip-plain\">.{0,120}加签</span>", whole), "the signature says so"


def test_others_sign_after_a_step_what_its_form_gave(browse, work, reviewed):
    task = work.task(reviewed, "review")
    qian, li = browse("qian"), browse("li")
    qian.get(f"/tasks/{task.id}")
    asked = {"when": "after", "reason": "请会签", "who": ["li"], "form": {}}
    assert qian.send(f"/tasks/{task.id}/cosign", asked, status=422)["rule"] == "form_invalid"
    assert qian.send(f"/tasks/{task.id}/cosign", {**asked, "form": REVIEW_FORM})["next"] == f"/tasks/{task.id}"
    assert "已按表中内容提交" in qian.get(f"/tasks/{task.id}").text
    own = signature(work, reviewed, "li")
    seen = li.get(f"/tasks/{own.id}").text
    assert "请您在提交后签" in seen
    assert re.search(r"<dt>审核意见</dt><dd>同意</dd>", seen)
    li.post(f"/tasks/{own.id}/complete", {"opinion": "disagree", "comment": "利率不符"})
    assert "li 加签不同意：利率不符" in qian.get("/inbox").text
    qian.post("/language", {"locale": "en"})
    assert "li does not agree to sign: 利率不符" in qian.get("/inbox").text
    again = qian.get(f"/tasks/{task.id}").text
    assert '"review_reasons": "同意"' in again or '"review_reasons":"同意"' in again, "it is back as a draft"


def test_the_opinion_of_a_sealed_step_is_not_shown_to_who_signs_after_it(browse, work, ask):
    case = work.start()
    work.complete(case, "check", "li")
    form = {"a_opinion": "for", "a_amount": 120000, "a_reasons": "菜棚两座，销路稳定"}
    ask(case, "a", "wang", ["qian"], "after", form)
    page = browse("qian").get(f"/tasks/{signature(work, case, 'qian').id}").text
    assert "菜棚两座" not in page
    assert "内容暂时密封" in page


def test_a_signature_is_not_for_others(browse, work, reviewed, ask):
    ask(reviewed, "review", "qian", ["li"])
    own = signature(work, reviewed, "li")
    wang = browse("wang")
    page = wang.get(f"/tasks/{own.id}").text
    assert "不能签" in page
    assert 'name="opinion"' not in page
    told = wang.post(f"/tasks/{own.id}/call-back").text
    assert "加签由 qian 发起，只有本人能撤回" in told


def test_the_clock_stands_and_goes_on(browse, work):
    task = work.task(work.start(), "check")
    li = browse("li")
    li.get(f"/tasks/{task.id}")
    address = f"/tasks/{task.id}/pause"
    assert "时间须晚于现在" in li.post(address, {"reason": "等补件", "until": "2026-03-01T09:00"}).text
    assert "时间写得不对" in li.post(address, {"reason": "等补件", "until": "soon"}).text
    page = li.post(address, {"reason": "等客户补件", "until": "2026-03-05T09:00"})
    assert "等客户补件" in page.text
    assert "到 周四 09:00 自动恢复" in page.text
    assert "已停表</span>" in li.get("/inbox/roles").text
    work.house.clock.forward(hours=2)
    page = li.post(f"/tasks/{task.id}/resume")
    assert "核对资料 停表，到 2026-03-05 09:00" in page.text
    assert "核对资料 恢复计时" in page.text


def test_what_was_delegated_is_given_back(browse, work):
    task = work.task(work.start(), "check")
    with work.house.step() as step:
        from models.queries import people

        people.add_person(step.session, step.now, "mei", "long enough", title="何梅", roles=["clerk"])
    li = browse("li")
    li.get(f"/tasks/{task.id}")
    li.post(f"/tasks/{task.id}/claim")
    li.post(f"/tasks/{task.id}/delegate", {"to": "mei"})
    mei = browse("mei")
    assert "交还 li" in mei.get(f"/tasks/{task.id}").text
    assert "已交还" in mei.post(f"/tasks/{task.id}/release").text
    assert "把 核对资料 交还 li" in li.get(f"/tasks/{task.id}").text


def test_what_the_diagram_forbids_is_explained(browse, work, lending):
    forbidding = SMALL_LOAN.replace(
        'id="review"', 'id="review" loanflow:returnTo="none" loanflow:cosign="none" loanflow:pause="false"'
    )
    files = {**FILES, "small_loan.bpmn": forbidding}
    with lending.step() as step:
        package = read_files({name: text.encode() for name, text in files.items()}, "small_loans")
        deployments.deploy(step, package, "root")
    case = work.investigated()
    work.complete(case, "b", "zhao", b_opinion="for", b_amount=90000, b_reasons="受季节影响")
    qian = browse("qian")
    task = work.task(case, "review")
    page = qian.get(f"/tasks/{task.id}").text
    for action in ("退回", "加签", "停表"):
        assert f"流程规定 部门审核 不能{action}" in page
    assert '<dialog id="return"' not in page
    assert "流程规定 部门审核 不能退回" in qian.post(f"/tasks/{task.id}/return", {"to": "a", "reason": "再查"}).text
    assert "未获准办理 部门审核 的退回：流程不许" in qian.get(f"/cases/{case.id}").text


def test_a_step_that_was_returned_is_not_drawn_as_done(browse, work, lending, reviewed):
    from tests.web.pages.test_cases import diagram_of

    task = work.task(reviewed, "review")
    with lending.step() as step:
        moves.send_back(step, task.id, actors.load(step.session, "qian"), "a", "流水不全")
    drawn = diagram_of(browse("qian").get(f"/cases/{reviewed.id}"))
    assert [mark["element"] for mark in drawn["now"]] == ["a"]
    assert not {"review", "a"} & {mark["element"] for mark in drawn["done"]}
    lending.clock.time += dt.timedelta(minutes=5)
    work.complete(reviewed, "a", "wang", a_opinion="for", a_amount=100000, a_reasons="补了流水")
    work.complete(reviewed, "review", "qian", **REVIEW_FORM)
    drawn = diagram_of(browse("qian").get(f"/cases/{reviewed.id}"))
    assert {"review", "a"} <= {mark["element"] for mark in drawn["done"]}
