"""The main facts of a case: what members and the department head read, on the page, on paper and over REST (INV-8)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from models.notices import Delivery
from models.registers import OutgoingNotice
from operations.notices.passing_on import House, pass_on_outgoing
from tests.web.api.test_loan_over_rest import Replay, origination
from tests.web.api.test_meetings import until
from tests.web.pages.conftest import Visitor


@pytest.fixture
def package():
    return origination()


@pytest.fixture
def replay(package, settings):
    return Replay("25_committee_approves_with_conditions", package, settings, nemo=["designer"])


def at(replay, name, language="zh"):
    visitor = Visitor(replay.app, language)
    visitor.enter(replay.house, name)
    visitor.post("/language", {"locale": language})
    return visitor


def test_members_and_the_department_head_are_told_and_led_to_the_main_facts(replay):
    until(replay, "propose_terms")
    with replay.house.step() as step:
        sent = step.session.scalars(sa.select(OutgoingNotice).where(OutgoingNotice.template == "main_facts")).all()
        assert {notice.recipient for notice in sent} == {"committee_member", "dept_manager"}
        for notice in sent:
            pass_on_outgoing(step, notice.id, House(url="https://bank.example"))
        mails = step.session.scalars(sa.select(Delivery.text)).all()
        assert all(f"https://bank.example/cases/{replay.case}/brief" in text for text in mails)
    for name in ("bai", "cao", "ding", "qian"):
        inbox = at(replay, name).get("/inbox").text
        assert "贷款主要情况" in inbox, name
        assert f'href="/cases/{replay.case}/brief"' in inbox, name


def test_a_member_reads_application_ratios_rating_exposure_security_opinions_and_differences(replay):
    until(replay, "propose_terms")
    page = at(replay, "bai").get(f"/cases/{replay.case}/brief").text
    for words in (
        "建议方案",
        "信用等级",
        "资产负债率",
        "授信与关联方",
        "两份报告的差异",
        "A 角调查",
        "B 角调查",
        "逐件评估",
    ):
        assert words in page, words
    assert "已送达 · 按时办完" in page, "the clock of their sending"
    english = at(replay, "bai", "en").get(f"/cases/{replay.case}/brief").text
    for words in ("Proposal", "Rating and risk", "Customer rating", "Differences of the two reports"):
        assert words in english, words
    answer = at(replay, "bai").client.get(f"/cases/{replay.case}/brief.pdf")
    assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")


def test_the_same_is_there_over_rest(replay):
    until(replay, "propose_terms")
    told = replay.as_("bai").get(f"/instances/{replay.case}/brief").json
    assert [section["title"] for section in told["sections"]][:2] == ["申请", "建议方案"]
    facts = {fact["name"]: fact for section in told["sections"] for fact in section["facts"]}
    assert (facts["amount"]["label"], facts["amount"]["words"]) == ("申请金额", "1,500,000.00 元")
    assert {opinion["stage"] for opinion in told["opinions"]} == {"A 角调查", "B 角调查"}
    assert {row["section"] for row in told["differences"]} >= {"现场调查"}
    assert told["sealed"] is False
    assert replay.as_("nemo").get(f"/instances/{replay.case}/brief").status_code == 404


def test_a_report_is_sealed_until_the_other_one_is_in(replay):
    until(replay, "investigate_a")
    told = replay.as_("bai").get(f"/instances/{replay.case}/brief").json
    assert (told["differences"], told["opinions"], told["sealed"]) == ([], [], True)
    assert "内容暂时密封" in at(replay, "zhao").get(f"/cases/{replay.case}/brief").text
    assert "经营正常" not in at(replay, "zhao").get(f"/cases/{replay.case}/brief").text
    at(replay, "nemo").get(f"/cases/{replay.case}/brief", status=404)


def test_the_department_heads_step_leads_there(replay):
    until(replay, "propose_terms")
    tasks = replay.as_("qian").get(f"/instances/{replay.case}/tasks", state="open").json["items"]
    [task] = [task for task in tasks if task["element"] == "dept_review"]
    assert f'href="/cases/{replay.case}/brief"' in at(replay, "qian").get(f"/tasks/{task['id']}").text


def test_a_package_that_names_none_has_no_such_page(lending, browse, work):
    case = work.start()
    browse("audit").get(f"/cases/{case.id}/brief", status=404)
    assert f"/cases/{case.id}/brief" not in browse("audit").get(f"/cases/{case.id}").text
