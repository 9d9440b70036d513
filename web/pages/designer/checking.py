"""What the checker says of a draft, together with what the browser has not saved yet. Nothing is stored."""

from __future__ import annotations

from typing import Any

from engine.check import Finding, check_source
from engine.packages import read_files
from web.context import house
from web.language import language
from web.pages.designer.base import blueprint
from web.pages.designer.drafting import draft_of, unsaved
from web.pages.designer.rule_words import summary_of
from web.security.bodies import takes_files

MOST_SHOWN = 500


@blueprint.post("/<package>/check")
@takes_files
def check(package: str) -> dict[str, Any]:
    """The findings as JSON; parts `files` of a multipart body stand in for the saved files of their names."""
    draft = draft_of(package)
    files = unsaved(draft)
    found = check_source(lambda: read_files(files, package), house().operations)[1]
    return {
        "version": draft.version,
        "errors": sum(finding.level == "error" for finding in found),
        "warnings": sum(finding.level == "warning" for finding in found),
        "findings": [shown(finding) for finding in sorted(found, key=_gravest_first)[:MOST_SHOWN]],
    }


def shown(finding: Finding) -> dict[str, Any]:
    """A finding for people: what its rule says in the language of the page, and the particulars as the checker does."""
    return {**finding.as_dict(), "rule_words": summary_of(finding.rule) if language() == "zh" else ""}


def _gravest_first(finding: Finding) -> tuple[bool, tuple[str, int, str, str]]:
    return (finding.level != "error", finding.sort_key)
