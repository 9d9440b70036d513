"""Contracts on their pages: read by whoever sees the case, written by the contract desk, marked by the legal desk."""

import io

import pytest
from docx import Document
from icalendar import Calendar
from pypdf import PdfReader

from engine.service import attachments
from engine.service.actors import load
from engine.service.attachments import FileStore
from models.contracts import Contract
from tests.operations.conftest import SHANGHAI, Case
from tests.operations.test_signing import arrange, record


def test_the_list_and_the_contract(visit, contract):
    clerk = visit("hong")
    assert contract in clerk.get("/contracts?kind=loan").text
    assert contract not in clerk.get("/contracts?status=signed").text
    page = clerk.get(f"/contracts/{contract}").text
    for words in ("借款合同", "第二条", "壹拾万元整", "权证 1", "财险公司", "还有 18 天", 'name="clause-提前还款"'):
        assert words in page
    assert 'name="clause-借款期限"' not in page


def test_whoever_does_not_see_the_case_finds_nothing(visit, contract):
    far = visit("far")
    assert contract not in far.get("/contracts").text
    for path in ("", "/pdf", "/word"):
        far.get(f"/contracts/{contract}{path}", 404)
    for path in ("/clauses", "/remarks", "/keep"):
        far.post(f"/contracts/{contract}{path}", {"text": "x"}, 404)
    assert "P-1" not in far.get("/securities").text


def test_the_desk_writes_and_the_version_grows(visit, contract):
    clerk = visit("hong")
    clerk.post(f"/contracts/{contract}/clauses", {"version": 1, "clause-提前还款": "随时可还<script>"})
    page = clerk.get(f"/contracts/{contract}").text
    assert "第 2 版" in page
    assert "随时可还&lt;script&gt;" in page
    assert "与上一版的差异" in page
    refused = clerk.post(f"/contracts/{contract}/clauses", {"version": 1, "clause-提前还款": "乙"}).text
    assert "没有改动" in refused
    assert "第 3 版" not in refused


@pytest.mark.parametrize("who", ["li", "fa", "audit", "root"])
def test_nobody_else_writes(visit, contract, who):
    visit(who).post(f"/contracts/{contract}/clauses", {"version": 1, "clause-提前还款": "乙"}, 403)


def test_the_legal_desk_marks(visit, contract):
    legal = visit("fa")
    legal.post(f"/contracts/{contract}/remarks", {"clause": "借款期限", "text": "期限不符"})
    assert "期限不符" in visit("hong").get(f"/contracts/{contract}").text
    visit("hong").post(f"/contracts/{contract}/remarks", {"text": "x"}, 403)


def test_pdf_and_word_come_as_downloads_and_stay_with_the_case(visit, contract, house):
    clerk = visit("hong")
    pdf = clerk.get(f"/contracts/{contract}/pdf")
    assert pdf.headers["Content-Disposition"].startswith("attachment")
    assert "借款合同" in PdfReader(io.BytesIO(pdf.data)).pages[0].extract_text()
    word = clerk.get(f"/contracts/{contract}/word")
    assert Document(io.BytesIO(word.data)).paragraphs[0].text == "借款合同"
    clerk.post(f"/contracts/{contract}/keep")
    with house.sessions.reading() as session:
        from models.cases import Attachment

        assert session.query(Attachment).one().name == f"借款合同 {contract} v1.pdf"
    clerk.get(f"/contracts/{contract}/pdf?version=9", 404)


def test_the_appointment_is_a_calendar_file(visit, contract, house):
    clerk = visit("hong")
    with house.step() as step:
        found = step.session.query(Contract).filter_by(number=contract).one().application
        arrange(Case(step.session, found.unit_id, instance_id=found.instance_id), contract)
        instance = found.instance_id
    answer = clerk.get(f"/cases/{instance}/signing.ics")
    assert answer.mimetype == "text/calendar"
    [event] = Calendar.from_ical(answer.data).walk("VEVENT")
    assert event["DTSTART"].dt.astimezone(SHANGHAI).hour == 15
    page = clerk.get(f"/cases/{instance}").text
    for words in ("面签室", contract, "抵押合同", "权证 1", "signing.ics"):
        assert words in page


def test_a_scan_that_is_attached_to_the_step_is_seen(contract, house, tmp_path):
    with house.step() as step:
        found = step.session.query(Contract).filter_by(number=contract).one().application
        case = Case(step.session, found.unit_id, instance_id=found.instance_id)
        case.call("contract.review", contract_no=contract, contract_check="pass", contract_check_reasons="可")
        clerk = load(step.session, "hong")
        scan = b"%PDF-1.4\n%%EOF\n"
        attachments.attach(step, FileStore(tmp_path), case.instance_id, clerk, "签字页.pdf", scan, element="step")
        assert record(case, contract, scan_required=True)["scan_missing"] is False


def test_what_ends_is_listed_soonest_first(visit):
    page = visit("hong").get("/securities").text
    assert "P-1" in page
    assert "P-1" not in visit("hong").get("/securities?kind=valuation").text
    assert "P-1" in visit("hong").get("/securities?within=30").text
    assert "P-1" not in visit("hong").get("/securities?within=7").text


@pytest.mark.parametrize("path", ["/contracts", "/securities", "/contract-templates", "/contract-templates/loan"])
def test_pages_speak_english(visit, path):
    page = visit("fa", "en").get(path).text
    assert 'lang="en"' in page
