"""Handovers of posts on pages and over REST: for those whom they concern, and for those who oversee."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from engine.packages import read_folder
from engine.service import actors, cases, deployments, tasks
from models.queries.people import grant_role
from operations.registry import OPERATIONS
from tests.web.pages.conftest import Cases

PACKAGE = Path(__file__).parents[3] / "bpmn" / "post_handover"


@pytest.fixture
def handover(work):
    work.house.operations = OPERATIONS
    with work.house.step() as step:
        deployments.deploy(step, read_folder(PACKAGE), None)
        grant_role(step.session, "qian", "dept_manager")
    case = work.start()
    work.complete(case, "check", "li")
    work.claim(case, "a", "wang")
    with work.house.step() as step:
        begun = cases.start(step, "post_handover", actors.load(step.session, "qian"))
    listing = Cases(work.house).task(begun, "list_open")
    given = {"leaver": "wang", "receiver": "zhao", "supervisor": "li", "reason": "调任分行"}
    with work.house.step() as step:
        tasks.complete(step, listing.id, actors.load(step.session, "qian"), given)
    return begun


def test_the_list_is_shown_to_the_three_and_to_those_who_oversee(browse, handover, as_):
    [listed] = as_("audit").get("/handovers").json["items"]
    number = listed["number"]
    for name in ("wang", "zhao", "li", "audit"):
        assert number in browse(name).get("/handovers").text
        page = browse(name).get(f"/handovers/{number}").text
        assert "A 角调查" in page
        assert "待移交" in page
    assert number not in browse("sun").get("/handovers").text
    browse("sun").get(f"/handovers/{number}", status=404)
    paper = browse("wang").get(f"/handovers/{number}/print")
    assert "岗位交接书" in "".join(leaf.extract_text() for leaf in PdfReader(io.BytesIO(paper.data)).pages)
    told = as_("zhao").get(f"/handovers/{number}").json
    assert (told["leaver"], [item["state"] for item in told["items"]]) == ("wang", ["listed"])
    assert as_("sun").get(f"/handovers/{number}").status_code == 404


def test_the_list_is_read_in_the_readers_language(browse, handover, as_, work):
    [listed] = as_("audit").get("/handovers").json["items"]
    visitor = browse("wang")
    visitor.post("/language", {"locale": "en"})
    page = visitor.get(f"/handovers/{listed['number']}").text
    assert "Investigation A" in page
    assert "A 角调查" not in page
    paper = visitor.get(f"/handovers/{listed['number']}/print")
    words = "".join(leaf.extract_text() for leaf in PdfReader(io.BytesIO(paper.data)).pages)
    assert "Investigation A" in words
    assert "Page 1 of 1" in words
    assert "编号" not in words


def test_a_case_without_a_checklist_has_no_paper_file(browse, handover):
    assert 'id="paper-file"' not in browse("qian").get(f"/cases/{handover.id}").text
