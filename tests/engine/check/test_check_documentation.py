"""The documentation names every rule and every element, as they are enforced."""

from pathlib import Path

import pytest

from engine.check import RULES
from engine.check.support import SUPPORT
from engine.check.vocabulary import LOANFLOW_ATTRIBUTES, LOANFLOW_ELEMENTS

DOCS = Path(__file__).parents[3] / "docs"


def rule_row(rule_id: str) -> str:
    rule = RULES[rule_id]
    return f"| `{rule.id}` | {rule.level} | {rule.summary} |"


def element_row(key: str) -> str:
    kind, _, variant = key.partition(":")
    support = SUPPORT[key]
    runs = "runs" if support.runs else "refused"
    shown = f"[{support.test}](../tests/engine/{support.test})" if support.test else ""
    return f"| `{kind}` | {variant} | {runs} | {support.since} | {shown} | {support.note} |"


@pytest.mark.parametrize("rule_id", RULES)
def test_every_rule_is_listed(rule_id):
    assert rule_row(rule_id) in (DOCS / "packages.md").read_text()


@pytest.mark.parametrize("key", SUPPORT)
def test_every_element_is_listed(key):
    assert element_row(key) in (DOCS / "bpmn.md").read_text()


@pytest.mark.parametrize("key", SUPPORT)
def test_what_runs_says_since_when_and_what_shows_it(key):
    support = SUPPORT[key]
    assert bool(support.since) == support.runs
    assert (DOCS.parent / "tests" / "engine" / support.test).is_file() == support.runs


@pytest.mark.parametrize("name", [*LOANFLOW_ATTRIBUTES, *LOANFLOW_ELEMENTS])
def test_every_word_of_ours_is_explained(name):
    assert f"loanflow:{name}" in (DOCS / "packages.md").read_text()
