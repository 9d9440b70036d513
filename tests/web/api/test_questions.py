"""Rounds of questions and answers over REST and on the case's page (REV-2)."""

from __future__ import annotations

import pytest

from tests.web.api.test_loan_over_rest import Replay, origination
from tests.web.api.test_meetings import until
from tests.web.pages.conftest import Visitor


@pytest.fixture
def package():
    return origination()


def test_every_question_keeps_who_said_what_in_which_round(package, settings):
    replay = Replay("49_two_questions_one_reopened", package, settings)
    until(replay, "compliance_review")
    first = replay.as_("wang").get(f"/instances/{replay.case}/questions").json["items"]
    assert [(question["n"], question["state"]) for question in first] == [(1, "asked"), (2, "asked")]
    until(replay, "compliance_review", 2)
    _, second = replay.as_("he").get(f"/instances/{replay.case}/questions").json["items"]
    assert [(entry["kind"], entry["round"], entry["by"]) for entry in second["entries"]] == [
        ("asked", 1, "he"),
        ("answered", 1, "wang"),
        ("reopened", 2, "he"),
        ("answered", 2, "wang"),
    ]
    visitor = Visitor(replay.app)
    visitor.enter(replay.house, "he")
    page = visitor.get(f"/cases/{replay.case}").text
    assert "合规问答" in page
    assert "证明没有登记号" in page
    assert "登记号已补在证明上（放款条件已与客户落实）" in page
