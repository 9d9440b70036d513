"""Fills the clauses of a template with facts. Nothing is executed but FEEL conditions: a placeholder is a name.

`{{customer_name}}` becomes the fact of that name, once: what a fact holds is never read as a placeholder again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.feel import FeelSyntaxError, compile_expression
from engine.values import dumps, to_json
from operations.contracting.facts import FACTS

MOST_CLAUSES = 200
LONGEST_TITLE = 100
LONGEST_TEXT = 8000
LONGEST_CONDITION = 1000
BLANK = "＿＿＿＿＿＿"
"""What stands in a contract where a fact is not known: a line to write on."""

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}")
_FIGURES = "零一二三四五六七八九"


@dataclass(frozen=True)
class Problem:
    """What is wrong with a clause; `clause` counts from 1, 0 is the template as a whole; `part` is title, text or when.

    Codes: `none`, `too_many`, `title_missing`, `title_twice`, `too_long`, `text_missing`, `unknown` (with `name`),
    `braces`, `condition` (with `name`: why), `condition_name` (with `name`).
    """

    clause: int
    code: str
    name: str = ""
    part: str = "text"


def problems(clauses: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """Everything that keeps a template from being filled, in the order of its clauses."""
    if not clauses:
        return [Problem(0, "none")]
    if len(clauses) > MOST_CLAUSES:
        return [Problem(0, "too_many")]
    found: list[Problem] = []
    titles: set[str] = set()
    for n, clause in enumerate(clauses, start=1):
        title = clause["title"].strip()
        found += [Problem(n, code, part="title") for code in _of_title(title, titles)]
        titles.add(title)
        found += _of_text(n, clause)
        found += _of_condition(n, clause.get("when", ""))
    return found


def _of_title(title: str, before: set[str]) -> Iterable[str]:
    if not title:
        yield "title_missing"
    elif title in before:
        yield "title_twice"
    if len(title) > LONGEST_TITLE:
        yield "too_long"


def _of_text(n: int, clause: Mapping[str, Any]) -> Iterable[Problem]:
    text: str = clause["text"]
    if not text.strip() and not clause.get("variable"):
        yield Problem(n, "text_missing")
    if len(text) > LONGEST_TEXT:
        yield Problem(n, "too_long")
    for name in dict.fromkeys(_PLACEHOLDER.findall(text)):
        if name not in FACTS:
            yield Problem(n, "unknown", name)
    if _LEFT_OVER.search(_PLACEHOLDER.sub("", text)):
        yield Problem(n, "braces")


def _of_condition(n: int, when: str) -> Iterable[Problem]:
    if not when.strip():
        return
    if len(when) > LONGEST_CONDITION:
        yield Problem(n, "too_long", part="when")
        return
    try:
        expression = compile_expression(when)
    except FeelSyntaxError as error:
        yield Problem(n, "condition", str(error), "when")
        return
    for name in sorted(expression.names - FACTS.keys()):
        yield Problem(n, "condition_name", name, "when")


def fill(
    clauses: Sequence[Mapping[str, Any]], facts: Mapping[str, Any], written: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """The clauses whose condition is true, numbered, with the facts in place.

    `written` gives the text of variable clauses by their title; a standard clause takes none. Each clause given back
    has `n`, `title`, `text`, `variable`.
    """
    filled: list[dict[str, Any]] = []
    for clause in clauses:
        if not holds(clause.get("when", ""), facts):
            continue
        variable = bool(clause.get("variable"))
        text = (written or {}).get(clause["title"], clause["text"]) if variable else clause["text"]
        put = substitute(text, facts)
        filled.append({"n": len(filled) + 1, "title": clause["title"], "text": put, "variable": variable})
    return filled


def holds(when: str, facts: Mapping[str, Any]) -> bool:
    """Whether a condition is true; an empty one always is, one that is null never."""
    return not when.strip() or compile_expression(when).evaluate(dict(facts)) is True


def substitute(text: str, facts: Mapping[str, Any]) -> str:
    """The text with each known placeholder replaced by its fact; a fact without a value leaves a line to write on."""

    def put(match: re.Match[str]) -> str:
        name = match[1]
        if name not in FACTS:
            return match[0]
        return FACTS[name].written(facts.get(name)) or BLANK

    return _PLACEHOLDER.sub(put, text)


def labelled(text: str) -> str:
    """The text with the labels of facts where their values will stand."""
    return _PLACEHOLDER.sub(lambda found: f"〔{FACTS[found[1]].label}〕" if found[1] in FACTS else found[0], text)


def unfilled(clauses: Iterable[Mapping[str, Any]]) -> list[str]:
    """The titles of variable clauses that nobody has written yet."""
    return [clause["title"] for clause in clauses if clause["variable"] and not clause["text"].strip()]


def text_hash(number: str, title: str, parties: Sequence[str], clauses: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 over all that a contract says, in hex."""
    said = {"number": number, "title": title, "parties": list(parties), "clauses": to_json(list(clauses))}
    return hashlib.sha256(dumps(said).encode()).hexdigest()


def differences(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What changed between two wordings, by the titles of clauses: `title`, `before`, `after` (None: not there)."""
    old = {clause["title"]: clause["text"] for clause in before}
    new = {clause["title"]: clause["text"] for clause in after}
    return [
        {"title": title, "before": old.get(title), "after": new.get(title)}
        for title in dict.fromkeys([*new, *old])
        if old.get(title) != new.get(title)
    ]


def article(n: int) -> str:
    """`第十二条`, for numbers from 1 to 999."""
    hundreds, tens, ones = n // 100, n // 10 % 10, n % 10
    words = f"{_FIGURES[hundreds]}百" if hundreds else ""
    if tens:
        words += "十" if tens == 1 and not hundreds else f"{_FIGURES[tens]}十"
    elif hundreds and ones:
        words += "零"
    return f"第{words}{_FIGURES[ones] if ones else ''}条"
