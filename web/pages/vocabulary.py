"""What a package calls its steps, roles, fields and values, in the reader's language: its own words, none of ours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask_babel import gettext

from engine.service.definitions import Compiled
from web.context import house, once, reading
from web.language import language
from web.pages.moments import local

_LISTED = 20
_CUT = 500


@dataclass(frozen=True)
class FieldWords:
    """How forms present a variable: label, form-js type, option labels, unit, decimals, fields of a group or list."""

    label: str
    type: str
    options: Mapping[str, str] = field(default_factory=dict)
    offered: str = ""
    """The name of the list from which the form takes its options, of a variable or of the house."""
    unit: str = ""
    decimals: int | None = None
    prudent: str = ""
    """Which of two figures is the careful one: `lower`, `higher`, or neither."""
    leading: int = 0
    """Its place among what is looked at first where reports are compared; 0: with the others."""
    section: str = ""
    """The heading under which the form asks for it."""
    members: Mapping[str, FieldWords] = field(default_factory=dict)


_COLON = "："


class Vocabulary:
    """The words of one definition for one reader."""

    def __init__(self, definition: Compiled, reader: str | None = None) -> None:
        self.definition = definition
        self._english = (reader or language()) == "en"

    def text(self, chinese: str | None) -> str:
        """One of the package's texts, as the package translates it; a name behind a colon stays: `保证人…：刘强`."""
        if not chinese or not self._english:
            return chinese or ""
        known = self.definition.package.translations
        head, colon, name = chinese.partition(_COLON)
        if chinese not in known and colon and head in known:
            return f"{known[head]}: {name}"
        return known.get(chinese, chinese)

    @property
    def process(self) -> str:
        """What the process is called."""
        return self.text(self.definition.process.name) or self.definition.key

    def element(self, element_id: str | None) -> str:
        """What a step is called; its id when it has no name."""
        if element_id is None:
            return ""
        found = self.definition.elements.get(element_id)
        return self.text(found.name) if found is not None and found.name else element_id

    def elements(self, element_ids: Iterable[str]) -> str:
        """What several steps are called."""
        return gettext("、").join(self.element(element_id) for element_id in element_ids)

    def role(self, role: str) -> str:
        """What a role is called: its title in the package, else the name of a lane that gives it, else its id."""
        title = self.definition.package.manifest.role_titles.get(role, {}).get("en" if self._english else "zh")
        return title or self.text(_roles(self.definition).get(role) or role)

    def roles(self, roles: Iterable[str]) -> str:
        """Several roles, any of which will do."""
        return gettext("、").join(self.role(role) for role in roles)

    def fields(self) -> Mapping[str, FieldWords]:
        """All variables that forms of the package ask for, in the order of the forms."""
        return _fields(self.definition)

    def label(self, variable: str) -> str:
        """What a variable is called in the forms; its own name when no form asks for it."""
        known = self.fields().get(variable)
        return self.text(known.label) if known is not None and known.label else variable

    def value(self, variable: str, value: Any) -> str:
        """A variable's value as people write it."""
        return self._shown(value, self.fields().get(variable))

    def figure(self, variable: str, value: Any) -> str:
        """A variable's value as people write it where its unit stands beside it already."""
        return self.plain(self.fields().get(variable), value)

    def plain(self, known: FieldWords | None, value: Any) -> str:
        """A field's value as people write it where its unit stands beside it already."""
        if known is not None and self.is_number(value):
            return f"{value:,.2f}" if known.unit == "元" else self._number(Decimal(value), None)
        return self._shown(value, known)

    def careful(self, known: FieldWords | None, one: Any, other: Any) -> str:
        """Which of two figures is the careful one: `a` or `b`; empty when they agree or it cannot be said."""
        if known is None or not known.prudent or not (self.is_number(one) and self.is_number(other)) or one == other:
            return ""
        return "a" if (one < other) == (known.prudent == "lower") else "b"

    def member(self, known: FieldWords | None, value: Any) -> str:
        """The value of a row's field as people write it."""
        return self._shown(value, known)

    def is_number(self, value: Any) -> bool:
        """Whether a value is to be aligned as one."""
        return isinstance(value, Decimal | int) and not isinstance(value, bool)

    def _shown(self, value: Any, known: FieldWords | None) -> str:
        if value is None or value == "":
            return "—"
        if isinstance(value, bool):
            return gettext("是") if value else gettext("否")
        if isinstance(value, Decimal | int):
            return self._number(Decimal(value), known)
        if isinstance(value, dt.datetime):
            return f"{local(value):%Y-%m-%d %H:%M}"
        if isinstance(value, list):
            shown = [self._shown(item, known) for item in value[:_LISTED]]
            return gettext("；").join(shown) + (" …" if len(value) > _LISTED else "") if shown else "—"
        if isinstance(value, dict):
            return gettext("，").join(self._members(value, known))
        if isinstance(value, str) and known is not None and value in known.options:
            return self.text(known.options[value])
        if isinstance(value, str) and known is not None and known.offered:
            called = self._offered(known.offered, value)
            if called is not None:
                return called
        named = self.definition.package.manifest.values.get(value) if isinstance(value, str) else None
        if named:
            return named.get("en" if self._english else "zh") or value
        # A text that comes from the package, such as the name of a product in its parameters, is translated by it too.
        text = value.isoformat() if hasattr(value, "isoformat") else self.text(str(value))
        return text if len(text) <= _CUT else text[:_CUT] + "…"

    def _offered(self, name: str, value: str) -> str | None:
        """What the house calls a value of one of its lists."""
        of = "en" if self._english else "zh"
        return once(("choice", name, value, of), lambda: house().choices.label(reading(), name, value, of))

    def _number(self, value: Decimal, known: FieldWords | None) -> str:
        unit = known.unit if known else ""
        if unit == "元":
            return f"{value:,.2f} {gettext('元')}"
        plain = f"{value:,f}"
        if "." in plain:
            plain = plain.rstrip("0").rstrip(".")
        return f"{plain} {self.text(unit)}".strip() if unit != "%" else f"{plain}%"

    def _members(self, value: dict[str, Any], known: FieldWords | None) -> Iterator[str]:
        members = known.members if known else {}
        for name, member in list(value.items())[:_LISTED]:
            words = members.get(name)
            if members and words is None:
                continue  # what the program keeps beside a row that people fill in
            label = self.text(words.label) if words and words.label else name
            yield f"{label} {self._shown(member, words)}"


@lru_cache(maxsize=200)
def _roles(definition: Compiled) -> dict[str, str]:
    """Names of roles, from lanes: `loanflow:role` beside a name. The first lane that gives a role names it."""
    named: dict[str, str] = {}
    for process in definition.diagrams.processes.values():
        for lane in process.lanes.values():
            if lane.role and lane.name and lane.name != lane.role:
                named.setdefault(lane.role, lane.name)
    return named


@lru_cache(maxsize=200)
def _fields(definition: Compiled) -> dict[str, FieldWords]:
    """The start form's fields first; of two forms that ask for a variable, the first one's label counts."""
    forms = definition.package.forms
    first = [definition.start_form] if definition.start_form in forms else []
    found: dict[str, FieldWords] = {}
    for name in [*first, *(name for name in sorted(forms) if name not in first)]:
        for key, words in _read(forms[name].get("components", [])):
            if key not in found or not found[key].label:
                found[key] = words
    return found


def _read(components: Any, section: str = "") -> Iterator[tuple[str, FieldWords]]:
    for component in components if isinstance(components, list) else []:
        if not isinstance(component, Mapping):
            continue
        inner = component.get("components")
        key = component.get("key") or component.get("path")
        if inner is not None and not component.get("path"):
            yield from _read(inner, str(component.get("label") or section))
        elif isinstance(key, str) and key:
            yield key, _words(component, dict(_read(inner)) if inner is not None else {}, section)


def _words(component: Mapping[str, Any], members: dict[str, FieldWords], section: str) -> FieldWords:
    properties = component.get("properties") or {}
    validate, look = component.get("validate") or {}, component.get("appearance") or {}
    values = component.get("values")
    options = {
        str(option["value"]): str(option.get("label", option["value"]))
        for option in (values if isinstance(values, list) else [])
        if isinstance(option, Mapping) and "value" in option
    }
    label = component.get("label") or component.get("dateLabel") or component.get("timeLabel") or ""
    decimals = component.get("decimalDigits", validate.get("decimalDigits"))
    return FieldWords(
        label=str(label),
        offered=str(component.get("valuesKey") or ""),
        type=str(component.get("type", "")),
        options=options,
        unit=str(look.get("suffixAdorner") or ""),
        prudent=str(properties.get("prudent") or ""),
        leading=int(rank) if (rank := str(properties.get("leading") or "")).isdecimal() else 0,
        section=section,
        decimals=int(decimals) if isinstance(decimals, Decimal | int) else None,
        members=members,
    )
