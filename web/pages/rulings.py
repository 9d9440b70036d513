"""Why the rules of a case gave what they gave: inputs, matched rules and results, as its events keep them (INV-5).

Read from the hash-chained events, so that what is shown is what counted at the time, with the version of then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flask_babel import ngettext

from engine.dmn.xml import children, id_of, name_of, parse
from engine.service import views
from engine.service.definitions import Compiled
from models.cases import CaseEvent, Instance
from web.context import actor
from web.pages.vocabulary import Vocabulary


@dataclass(frozen=True)
class Made:
    """One decision on the way: its name, what it gave, and the rules that matched, each with its description."""

    name: str
    result: str
    rules: Sequence[str]


@dataclass(frozen=True)
class Ruling:
    """What one business rule task found last: `inputs` as label and value, then each decision in turn."""

    element: str
    name: str
    at: Any
    seq: int
    inputs: Sequence[Mapping[str, Any]]
    made: Sequence[Made] = field(default_factory=list)

    @property
    def result(self) -> str:
        """What the last decision gave."""
        return self.made[-1].result if self.made else "—"


def rulings(instance: Instance, events: Sequence[CaseEvent], words: Vocabulary) -> list[Ruling]:
    """The latest evaluation of each step that asks rules, in order; `events` come oldest first."""
    found: dict[str, Ruling] = {}
    texts = _texts(words.definition)
    for event in events:
        by_element: dict[str, list[dict[str, Any]]] = {}
        for item in views.event_data(event, instance, actor()).get("decisions") or []:
            if "decision" in item:
                by_element.setdefault(item["element"], []).append(item)
        for element, items in by_element.items():
            found.pop(element, None)
            found[element] = Ruling(
                element=element,
                name=words.element(element),
                at=event.at,
                seq=event.seq,
                inputs=_inputs(items, words, texts),
                made=[_made(item, words, texts) for item in items],
            )
    return list(found.values())


def _inputs(items: Sequence[dict[str, Any]], words: Vocabulary, texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """What came from the case; what one decision took from another is no input of the whole."""
    given = {name: value for item in items for name, value in item["inputs"].items()}
    between = {item["decision"] for item in items}
    return [
        {"label": words.text(texts.get(name)) or words.label(name), "value": words.value(name, value)}
        for name, value in given.items()
        if name not in between
    ]


def _made(item: dict[str, Any], words: Vocabulary, texts: Mapping[str, str]) -> Made:
    rules = [f"{rule['number']} {words.text(texts.get(rule['id']))}".strip() for rule in item["rules"]]
    outputs = item["outputs"]
    if isinstance(outputs, list) and len(outputs) == len(rules):
        rules = [f"{rule}：{_shown(given, words)}" for rule, given in zip(rules, outputs, strict=True)]
    # A list that no table made rule by rule is told by its length.
    listed = ngettext("%(num)d 项", "%(num)d 项", len(outputs)) if isinstance(outputs, list) and not rules else ""
    return Made(words.text(item["decision"]), listed if isinstance(outputs, list) else _shown(outputs, words), rules)


def _shown(value: Any, words: Vocabulary) -> str:
    """A result: of a context its values, since the columns of a table name themselves."""
    if isinstance(value, dict):
        return " ".join(words.value("", member) for member in value.values())
    return words.value("", value)


@lru_cache(maxsize=200)
def _texts(definition: Compiled) -> Mapping[str, str]:
    """The labels of inputs by name, and the descriptions of rules by id."""
    found: dict[str, str] = {}
    for name in sorted(set(definition.package.decisions.values())):
        root = parse(definition.package.files[name])
        found |= {name_of(node): node.get("label") or name_of(node) for node in children(root, "inputData")}
        for decision in children(root, "decision"):
            for table in children(decision, "decisionTable"):
                for rule in children(table, "rule"):
                    found[id_of(rule)] = next(((node.text or "").strip() for node in children(rule, "description")), "")
    return found
