"""Prospects and targets on pages and over REST, by account managers and managers of the test house."""

import re

import pytest

from engine.packages import read_files
from engine.service import deployments
from engine.service.definitions import Definitions
from models.queries.people import grant_role
from tests.web.conftest import signed_in
from tests.web.pages.small_loan import FILES


@pytest.fixture
def team(lending):
    with lending.step() as step:
        for name in ("wang", "zhao"):
            grant_role(step.session, name, "account_manager")
        grant_role(step.session, "qian", "dept_manager")
    return lending


FACTS = {"name": "陈梅", "source": "visit", "need": "想买农机", "phone": "13800138000", "next_contact_on": "2026-03-02"}


def test_a_prospect_on_its_pages(team, browse):
    wang = browse("wang")
    page = wang.post("/prospects", FACTS).text
    assert "已登记潜在客户" in page
    assert "P-2026-" in page
    number = re.search(r"P-2026-\d+-\d+", page)[0]
    assert "愿意面谈" in wang.post(f"/prospects/{number}/talk", {"way": "phone", "note": "愿意面谈"}).text
    assert "没有保存" in wang.post(f"/prospects/{number}/convert", {"application_no": "A-0"}).text
    assert "流失原因" in wang.post(f"/prospects/{number}/lose", {"reason": "同业利率低"}).text
    assert "陈梅" in wang.get("/prospects?state=lost").text
    assert "没有符合条件" in wang.get("/prospects?state=applied").text
    browse("zhao").get(f"/prospects/{number}", 404)
    browse("zhao").post(f"/prospects/{number}/lose", {"reason": "x"}, 404)
    assert "陈梅" in browse("qian").get(f"/prospects/{number}").text
    assert "陈梅" in browse("wang").get("/search?q=陈梅").text
    assert "P-2026" not in browse("zhao").get("/search?q=陈梅").text


def test_the_week_is_shown_and_set_by_managers(team, browse):
    browse("wang").post("/prospects", FACTS)
    qian = browse("qian")
    assert "wang" in qian.get("/prospects/week").text or "王俊" in qian.get("/prospects/week").text
    page = qian.post("/prospects/week", {"person": "wang", "since": "2026-03-02", "prospects": "3"}).text
    assert "还差 2 户" in page
    assert "没有保存" in qian.post("/prospects/week", {"person": "wang", "since": "2026-03-02", "prospects": "x"}).text
    browse("wang").get("/prospects/week", 404)
    for week in ("nonsense", "0001-01-01", "9999-12-31"):
        qian.get(f"/prospects/week?week={week}", 400)
    for since in ("x" * 70_000, "9999-12-31"):  # no header could hold the one, no page show the other
        page = qian.post("/prospects/week", {"person": "wang", "since": since, "prospects": "x"})
        assert "没有保存" in page.text
        assert page.request.query_string == b""


def test_an_application_is_begun_with_what_is_known_of_the_prospect(team, browse):
    """CUS-2: at once by who may start one; else by a link for whoever may."""
    team.definitions = Definitions()  # others test with a package of this name
    asked = FILES["forms/application.form"].replace("amount", "id_number")
    starters = 'isExecutable="true" camunda:candidateStarterGroups="clerk"'
    limited = FILES["small_loan.bpmn"].replace('isExecutable="true"', starters)
    number = re.search(r"P-2026-\d+-\d+", browse("wang").post("/prospects", FACTS).text)[0]
    address = "/start/small_loan?customer_name=%E9%99%88%E6%A2%85&amp;phone=13800138000"
    for diagram, offered in ((FILES["small_loan.bpmn"], f'href="{address}"'), (limited, f'data-copy="{address}"')):
        files = {**FILES, "forms/application.form": asked, "small_loan.bpmn": diagram}
        with team.step() as step:
            package = read_files({name: content.encode() for name, content in files.items()}, "small_loans")
            deployments.deploy(step, package, "root")
        assert offered in browse("wang").get(f"/prospects/{number}").text
    assert "陈梅" in browse("li").get("/start/small_loan?customer_name=陈梅").text
    browse("wang").post(f"/prospects/{number}/lose", {"reason": "同业利率低"})
    assert address not in browse("wang").get(f"/prospects/{number}").text


def test_prospects_are_not_for_others(team, browse):
    for name in ("li", "nobody", "designer"):
        browse(name).get("/prospects", 404)
        browse(name).post("/prospects", FACTS, 404)


def test_prospects_over_rest(team, app):
    wang, zhao, qian = (signed_in(team, app, name) for name in ("wang", "zhao", "qian"))
    made = wang.post("/prospects", FACTS)
    assert made.status_code == 201, made.text
    number = made.json["number"]
    assert wang.get(f"/prospects/{number}").json == made.json
    changed = wang.post(f"/prospects/{number}", {**FACTS, "name": "陈梅芳", "version": 1})
    assert (changed.status_code, changed.json["name"], changed.json["version"]) == (200, "陈梅芳", 2)
    assert wang.post(f"/prospects/{number}", {**FACTS, "version": 1}).status_code == 409
    assert zhao.get(f"/prospects/{number}").status_code == 404
    assert qian.post(f"/prospects/{number}/hand-over", {"to": "zhao"}).json["owner"] == "zhao"
    assert wang.get("/prospects").json["items"] == []
    assert [item["number"] for item in qian.get("/prospects", owner="zhao").json["items"]] == [number]
    assert zhao.post(f"/prospects/{number}/talk", {"way": "phone", "note": "愿意"}).json["state"] == "talking"
    assert zhao.post(f"/prospects/{number}/lose", {"reason": "不做了"}).json["state"] == "lost"
    assert zhao.post(f"/prospects/{number}/lose", {"reason": "不做了"}).status_code == 409
    assert signed_in(team, app, "li").post("/prospects", FACTS).status_code == 403
    assert wang.post("/prospects", {**FACTS, "source": "heaven"}).status_code == 422


def test_weekly_targets_over_rest(team, app):
    wang, qian = signed_in(team, app, "wang"), signed_in(team, app, "qian")
    wang.post("/prospects", FACTS)
    target = {"role": "account_manager", "since": "2026-03-04", "prospects": 2}
    assert qian.post("/weekly-targets", target).json["since"] == "2026-03-02"
    assert wang.get("/weekly-targets").json["items"] == [{"person": "wang", "target": 2, "found": 1, "talks": 0}]
    assert len(qian.get("/weekly-targets", week="2026-03-08").json["items"]) == 3
    assert wang.post("/weekly-targets", target).status_code == 403
    assert qian.post("/weekly-targets", {**target, "person": "wang"}).status_code == 422
