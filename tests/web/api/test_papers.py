"""Papers that the program makes of a case: found among its documents by their kind, on the page and over REST."""

from __future__ import annotations

import pytest

from engine.packages import read_folder
from engine.service import errands
from engine.service.attachments import FileStore
from engine.service.definitions import Definitions
from operations.interview_papers import record_errand
from operations.interviews import JOB
from tests.web.api.test_loan_over_rest import PACKAGE, Replay
from tests.web.api.test_meetings import until
from tests.web.pages.conftest import Visitor


@pytest.fixture(scope="module")
def package():
    return read_folder(PACKAGE), Definitions()


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
