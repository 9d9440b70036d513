"""Papers that the program makes of a case: found among its documents by their kind, on the page and over REST."""

from __future__ import annotations

import pytest

from engine.service import errands
from engine.service.attachments import FileStore
from operations.contracting.keeping import errand as contracts_errand
from operations.interview_papers import record_errand
from operations.interviews import JOB
from operations.loan_papers import JOB as OF_THE_PAYOUT
from operations.loan_papers import papers_errand
from operations.signing import PAPERS
from tests.web.api.test_loan_over_rest import Replay, origination
from tests.web.api.test_meetings import until
from tests.web.pages.conftest import Visitor


@pytest.fixture
def package():
    return origination()


def test_the_record_of_the_interview_lies_with_the_case(package, settings):
    replay = Replay("54_interview_on_record", package, settings)
    replay.house.errands[JOB] = record_errand(FileStore(settings.data_dir))
    until(replay, "interview")
    assert errands.run(replay.house) == 1
    clerk = replay.as_("lin")
    [document] = clerk.get(f"/instances/{replay.case}/documents", kind="interview").json["items"]
    assert (document["name"], document["version"]) == ("面谈记录 A1-2026-0001.pdf", 1)
    assert (document["uploaded_by"], document["element"]) == ("lin", "interview")
    with clerk.get(f"/documents/{document['id']}/content") as sent:
        assert sent.get_data().startswith(b"%PDF")
    visitor = Visitor(replay.app)
    visitor.enter(replay.house, "lin")
    assert "面谈记录</span> · 第 1 版" in visitor.get(f"/files/{document['id']}/show").text


def test_the_paper_file_goes_from_desk_to_desk(package, settings):
    replay = Replay("54_interview_on_record", package, settings)
    until(replay, "check_documents")
    address = f"/instances/{replay.case}/paper-file"
    clerk, stranger = replay.as_("lin"), replay.as_("wang")
    assert clerk.get(address).json == {"holder": None, "since": None, "items": []}
    assert stranger.post(address).status_code == 403  # no step of the case is theirs yet
    assert clerk.post(address, {"note": "长" * 301}).status_code == 422
    made = clerk.post(address, {"note": "受理岗资料柜"})
    assert (made.status_code, made.json["holder"]) == (201, "lin")
    assert clerk.post(address).status_code == 409
    until(replay, "interview")
    holders = [name for name in ("wang", "zhao") if replay.as_(name).post(address).status_code == 201]
    assert holders
    shown = clerk.get(address).json
    assert shown["holder"] == holders[-1]
    assert shown["items"][-1]["note"] == "受理岗资料柜"
    visitor = Visitor(replay.app)
    visitor.enter(replay.house, "lin")
    page = visitor.get(f"/cases/{replay.case}").text.split('id="paper-file-h"')[1].split("</section>")[0]
    assert f"{len(holders)} 次" in page
    assert "受理岗资料柜" in page
    assert "纸质资料已在我手中" not in page  # the clerk has no open step any more
    assert replay.as_("eyes").get(address).status_code == 200
    assert replay.as_("eyes").post(address).status_code == 403


def test_the_button_of_the_page_confirms_it(package, settings):
    replay = Replay("54_interview_on_record", package, settings)
    until(replay, "check_documents")
    visitor = Visitor(replay.app)
    visitor.enter(replay.house, "lin")
    assert "还没有人确认纸质资料在手" in visitor.get(f"/cases/{replay.case}").text
    page = visitor.post(f"/cases/{replay.case}/paper-file", {"note": "资料柜"}).text
    section = page.split('id="paper-file-h"')[1].split("</section>")[0]
    assert "资料柜" in section
    assert "<form" not in section
    assert "确认纸质资料在手" in page.split('id="history-h"')[1]


def test_contracts_and_papers_of_the_payout_lie_with_the_case_by_kind_and_version(package, settings):
    """A loan of 12 guarantors: each letter is a document of its own, under its number."""
    replay = Replay("88_twelve_guarantors", package, settings)
    store = FileStore(settings.data_dir)
    replay.house.errands |= {PAPERS: contracts_errand(store), OF_THE_PAYOUT: papers_errand(store)}
    replay.run()
    clerk = replay.as_("hong")
    kept = clerk.get(f"/instances/{replay.case}/documents", limit=100).json["items"]
    kinds = [document["kind"] for document in kept]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "loan_contract": 1, "guarantee_contract": 12, "notice": 1, "voucher": 1, "schedule": 1,
    }  # fmt: skip
    letters = {document["party"] for document in kept if document["kind"] == "guarantee_contract"}
    assert len(letters) == 12
    number = min(letters)
    assert clerk.post(f"/contracts/{number}/keep").status_code == 200
    assert replay.as_("lin").post(f"/contracts/{number}/keep").status_code == 403
    versions = clerk.get(f"/instances/{replay.case}/documents", kind="guarantee_contract", party=number).json["items"]
    assert sorted(document["version"] for document in versions) == [1, 2]
    visitor = Visitor(replay.app)
    visitor.enter(replay.house, "hong")
    page = visitor.get(f"/cases/{replay.case}").text
    for words in ("保证合同", "借款合同", "还款清册"):
        assert words in page
