"""What each step's form gave: opinion A beside opinion B where two people judge apart, all others one after another.

Read from events, so that what is sealed for the reader is known to exist and not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import Any

from flask_babel import gettext

from engine.service import views
from engine.service.definitions import Compiled
from models.cases import CaseEvent, Instance
from web.context import actor
from web.pages.vocabulary import FieldWords, Vocabulary

_LEAST_IN_COMMON = 2


@dataclass(frozen=True)
class Given:
    """What one completed step gave; `sealed`: it is there, and this reader may not see it yet."""

    element: str
    name: str
    who: str
    at: Any
    duties: tuple[str, ...]
    sealed: bool
    form: Mapping[str, Any] = field(default_factory=dict)
    facts: Sequence[Mapping[str, Any]] = ()


def given_by(
    instance: Instance, events: Sequence[CaseEvent], words: Vocabulary, titles: Mapping[str, str]
) -> list[Given]:
    """The completed steps with what they gave, in order; steps that gave nothing are left out."""
    found = []
    for event in events:
        data = views.event_data(event, instance, actor())
        form, sealed = data.get("form") or {}, bool(data.get("sealed"))
        element = words.definition.elements.get(event.element or "")
        if not (form or sealed) or element is None:
            continue
        found.append(
            Given(
                element=element.id,
                name=words.element(element.id),
                who=titles.get(event.actor or "", event.actor or ""),
                at=event.at,
                duties=element.human.duties,
                sealed=sealed,
                form=form,
                facts=[{"label": words.label(name), "value": words.value(name, value)} for name, value in form.items()],
            )
        )
    return found


def stage_words() -> dict[str, str]:
    """At which stage an opinion is given."""
    return {
        "investigation_a": gettext("A 角调查"),
        "investigation_b": gettext("B 角调查"),
        "dept_review": gettext("部门经理"),
        "compliance": gettext("合规审查"),
        "legal": gettext("法律意见"),
        "manager": gettext("经理审批"),
        "general_manager": gettext("总经理审批"),
    }


def view_words() -> dict[str, str]:
    """What somebody may hold."""
    return {"for": gettext("同意"), "against": gettext("不同意"), "more": gettext("补充或上报")}


def compared(given: Sequence[Given], words: Vocabulary) -> list[dict[str, Any]]:
    """Pairs of steps that different people do apart from each other (one is sealed until the other is done).

    Each has both sides and, unless one is sealed, rows aligned by what the fields are called.
    """
    latest = {item.element: item for item in given}
    pairs = []
    for first, second in combinations(latest, 2):
        if not _judged_apart(words.definition, first, second):
            continue
        a, b = sorted((latest[first], latest[second]), key=lambda item: item.element)
        rows = [] if a.sealed or b.sealed else _rows(a, b, words)
        if a.sealed or b.sealed or len(rows) >= _LEAST_IN_COMMON:
            differ = sum(row["differs"] for row in rows)
            pairs.append({"a": a, "b": b, "rows": rows, "differ": differ, "sections": _sections(rows, words)})
    return pairs


def _sections(rows: Sequence[Mapping[str, Any]], words: Vocabulary) -> list[dict[str, Any]]:
    """The rows by section of the form, those that matter most before all others, each with how many differ."""
    sorted_in: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: (not row["leading"], row["leading"])):
        title = gettext("主要指标") if row["leading"] else words.text(row["section"]) or gettext("其他")
        sorted_in.setdefault(title, []).append(row)
    return [
        {
            "title": title,
            "rows": held,
            "differ": sum(row["differs"] for row in held),
            "leading": bool(held[0]["leading"]),
        }
        for title, held in sorted_in.items()
    ]


def _judged_apart(definition: Compiled, first: str, second: str) -> bool:
    apart = second in definition.separated.get(first, frozenset())
    sealing = {(one, other) for one in (first, second) for other in definition.elements[one].human.sealed_until}
    return apart and bool(sealing & {(first, second), (second, first)})


def _rows(a: Given, b: Given, words: Vocabulary) -> list[dict[str, Any]]:
    by_label = {words.label(name): (name, value) for name, value in b.form.items()}
    rows = []
    for name, value in a.form.items():
        label = words.label(name)
        if label in by_label:
            other, theirs = by_label[label]
            if _is_list(value) or _is_list(theirs):
                rows += _listed(words, words.fields().get(name), label, value or [], theirs or [])
                continue
            gap = _gap(value, theirs, lambda apart, name=name: words.figure(name, apart))
            careful = words.careful(words.fields().get(name), value, theirs)
            shown = (words.value(name, value), words.value(other, theirs))
            rows.append(_row(words.fields().get(name), label, shown, (value, theirs), gap, careful))
    return rows


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _listed(
    words: Vocabulary, known: FieldWords | None, label: str, ours: list[Any], theirs: list[Any]
) -> list[dict[str, Any]]:
    """The fields of lists, row by row: rows belong together that are called the same, else by their place."""
    members = known.members if known else {}
    first, second = _by_name(ours, members, label), _by_name(theirs, members, label)
    rows = []
    for title in dict.fromkeys([*first, *second]):
        one, other = first.get(title, {}), second.get(title, {})
        for name, member in members.items():
            value, their = one.get(name), other.get(name)
            if (value is None and their is None) or title.endswith(str(value)):
                continue
            gap = _gap(value, their, lambda apart, member=member: words.plain(member, apart))
            shown = (words.member(member, value), words.member(member, their))
            careful = words.careful(member, value, their)
            rows.append(_row(known, f"{title} · {words.text(member.label)}", shown, (value, their), gap, careful))
    return rows


def _by_name(items: list[Any], members: Mapping[str, FieldWords], label: str) -> dict[str, Mapping[str, Any]]:
    named: dict[str, Mapping[str, Any]] = {}
    for place, item in enumerate((item for item in items if isinstance(item, dict)), start=1):
        texts = (item.get(name) for name, member in members.items() if member.type == "textfield")
        title = next((text for text in texts if isinstance(text, str) and text), f"{label} {place}")
        named[title if title not in named else f"{title} {place}"] = item
    return named


def _gap(value: Any, theirs: Any, written: Callable[[Decimal], str]) -> str:
    if value == theirs:
        return gettext("一致")
    if isinstance(value, Decimal) and isinstance(theirs, Decimal):
        return gettext("差 %(gap)s", gap=written(abs(value - theirs)))
    return gettext("不同")


def _row(
    known: FieldWords | None, label: str, shown: tuple[str, str], values: tuple[Any, Any], gap: str, careful: str = ""
) -> dict[str, Any]:
    value, theirs = values
    differs = value != theirs
    is_prose = isinstance(value, str) and isinstance(theirs, str) and max(len(value), len(theirs)) > 12
    return {
        "label": label,
        "a": shown[0],
        "b": shown[1],
        "differs": differs and not is_prose,
        "told": differs,
        "gap": "" if is_prose else gap,
        "careful": careful,
        "lang": "zh" if is_prose else None,
        "section": known.section if known is not None else "",
        "leading": known.leading if known is not None else 0,
    }
