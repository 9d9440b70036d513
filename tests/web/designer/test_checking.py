"""Checking a draft on the server, unsaved work included."""

import io

from engine.check import RULES
from tests.web.designer.conftest import PACKAGE
from web.pages.designer.rule_words import CHINESE

GHOST = ('camunda:candidateGroups="clerk"', 'camunda:candidateGroups="ghost"')


def test_findings_name_rule_level_file_element_line_and_say_it_in_chinese(designer):
    seen = designer.facts("review.bpmn")
    designer.save("review.bpmn", seen["text"].replace(*GHOST), seen["version"])
    found = designer.post(f"{PACKAGE}/check").json
    assert found["errors"] == 1
    first = found["findings"][0]
    assert (first["rule"], first["level"], first["file"], first["element"], first["line"]) == (
        "unknown-role", "error", "review.bpmn", "prepare", 1,
    )  # fmt: skip
    assert first["rule_words"] == "这个岗位不在 package.yaml 里"
    assert "ghost" in first["message"]


def test_in_english_the_checker_speaks_for_itself(as_designer):
    found = as_designer(language="en").post(f"{PACKAGE}/check").json
    assert found["findings"]
    assert {finding["rule_words"] for finding in found["findings"]} == {""}


def test_unsaved_work_is_checked_and_not_stored(designer):
    seen = designer.facts("review.bpmn")
    mine = seen["text"].replace(*GHOST).encode()
    found = designer.post(f"{PACKAGE}/check", {"files": (io.BytesIO(mine), "review.bpmn")}).json
    assert found["findings"][0]["rule"] == "unknown-role"
    assert designer.post(f"{PACKAGE}/check").json["errors"] == 0
    assert designer.facts("review.bpmn")["version"] == seen["version"]


def test_a_draft_that_is_no_package_any_more_is_a_finding(designer):
    designer.post("new", {"key": "office", "title": "办公"})
    version = designer.facts("office.bpmn", "office")["version"]
    designer.post("office/remove", {"name": "office.bpmn", "version": version})
    found = designer.post("office/check").json
    assert [finding["rule"] for finding in found["findings"]] == ["package"]


def test_every_rule_has_its_chinese():
    assert CHINESE.keys() == RULES.keys()
