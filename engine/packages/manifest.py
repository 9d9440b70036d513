"""`package.yaml`: title, roles, parameters, search, parties, numbering, brief and values, checked and typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from engine.feel import compile_expression
from engine.packages.errors import PackageError
from engine.packages.yaml12 import YamlError, load_yaml

FILE = "package.yaml"
MAX_PROBLEMS = 100
"""Defects that are written down: finding the line of each is a walk through the file."""
EVERY_CASE = "business_key"
"""The entry of `numbering` that counts for every process without one of its own."""
KEYS = ("title", "roles", "parameters", "search", "parties", "numbering", "brief", "values")
DEFAULT_PARTIES: Mapping[str, str] = MappingProxyType({"customer": "customer_id", "guarantors": "guarantor_ids"})

_LITERALS = {"date": "date", "time": "time", "date-time": "date and time", "duration": "duration"}
_NAME = re.compile(r"[^\W\d]\w*")
_DURATION = re.compile(r"-?P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SEQUENCE = re.compile(r"seq(:[1-9]\d?)?")


@dataclass(frozen=True)
class Parameter:
    """What an institution may set without touching a diagram; expressions read it as `parameters.NAME`.

    `default` is the value as YAML gives it (`Decimal`, text, bool, list, dict, None); of the types `date`, `time`,
    `date-time` and `duration` it is ISO 8601 text, valid for that type.
    """

    type: str
    default: Any = None
    title: Mapping[str, str] = field(default_factory=dict)

    @property
    def value(self) -> Any:
        """The default as the FEEL value that expressions read."""
        literal = _LITERALS.get(self.type)
        return (
            self.default
            if literal is None or self.default is None
            else compile_expression(f'{literal}("{self.default}")').evaluate({})
        )


@dataclass(frozen=True)
class BriefSection:
    """A part of the main facts of a case, as those who decide read them.

    `facts` maps process variables to the field of a form after whose manner they are written, or to what they are
    called; to the empty text when they are fields themselves.
    """

    title: Mapping[str, str]
    facts: Mapping[str, str]


@dataclass(frozen=True)
class Manifest:
    """What `package.yaml` says. `numbering` maps the id of a process, or `business_key` for all others, to its pattern.

    `role_titles` has the titles of those roles that the file gives one.
    """

    title: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    role_titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    search: tuple[str, ...] = ()
    parties: Mapping[str, str] = field(default_factory=lambda: DEFAULT_PARTIES)
    numbering: Mapping[str, str] = field(default_factory=dict)
    brief: tuple[BriefSection, ...] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What people read for codes that no form offers among its options, such as what a decision gives."""

    def pattern_for(self, process: str) -> str | None:
        """How cases of this process are numbered; None if they have no numbers."""
        return self.numbering.get(process, self.numbering.get(EVERY_CASE))


def read_manifest(text: bytes) -> tuple[Manifest, list[PackageError]]:
    """The manifest, as far as it can be read, and everything that is wrong with it."""
    try:
        content = load_yaml(text)
    except YamlError as error:
        return Manifest(), [PackageError(FILE, error.message, error.line)]
    if not isinstance(content, dict):
        return Manifest(), [PackageError(FILE, f"The file must be a map with the keys {', '.join(KEYS)}.", 1)]
    reader = _Reader(content, text.decode("utf-8-sig"))
    manifest = Manifest(
        title=reader.title(),
        roles=reader.names("roles", "a role", titled=True),
        role_titles=reader.role_titles(),
        parameters=reader.parameters(),
        search=reader.names("search", "a process variable"),
        parties=reader.parties(),
        numbering=reader.numbering(),
        brief=reader.brief(),
        values=reader.values(),
    )
    return manifest, reader.problems


class _Reader:
    """Reads one key after another; a defect costs its entry and is written down, the rest is read on."""

    def __init__(self, content: dict[str, Any], text: str) -> None:
        self.content, self.text = content, text
        self.problems: list[PackageError] = []
        for key in content:
            if key not in KEYS:
                self.problem(key, f"The key {key!r} is unknown; known are {', '.join(KEYS)}.")

    def problem(self, key: str, message: str) -> None:
        if len(self.problems) == MAX_PROBLEMS:
            return
        found = re.search(rf"(?:^|[{{,])[ \t]*[\"']?{re.escape(key)}[\"']?\s*:", self.text, re.MULTILINE)
        self.problems.append(PackageError(FILE, message, self.text.count("\n", 0, found.end()) + 1 if found else 1))

    def title(self) -> dict[str, str]:
        if self.content.get("title") is None:
            self.problem("title", "The package has no title; write title: {zh: …, en: …}.")
            return {}
        return self.texts("title", self.content["title"])

    def texts(self, key: str, value: Any) -> dict[str, str]:
        if isinstance(value, str):
            return {"zh": value, "en": value}
        if isinstance(value, dict) and value and all(isinstance(text, str) for text in value.values()):
            return dict(value)
        self.problem(key, f"The title of {key!r} must be text, or a map such as {{zh: …, en: …}}.")
        return {}

    def role_titles(self) -> dict[str, dict[str, str]]:
        roles = self.content.get("roles")
        titles = roles.items() if isinstance(roles, dict) else ()
        return {name: self.texts(name, title) for name, title in titles if title is not None}

    def values(self) -> dict[str, dict[str, str]]:
        listed = self.map_of("values", "{own: {zh: 自主支付, en: Own payment}}")
        return {code: self.texts(code, title) for code, title in listed.items()}

    def names(self, key: str, what: str, *, titled: bool = False) -> tuple[str, ...]:
        """A list of names, or, if they may be `titled`, a map with the names as keys."""
        value = self.content.get(key)
        if value is None:
            return ()
        if titled and isinstance(value, dict):
            value = list(value)
        if not isinstance(value, list):
            self.problem(key, f"{key} must be a list of names.")
            return ()
        result: dict[str, None] = {}
        for name in value:
            if not isinstance(name, str) or not name.strip() or "," in name:
                self.problem(key, f"{key} lists {name!r}; the name of {what} must be text without a comma.")
            elif name in result:
                self.problem(key, f"{key} lists {name!r} twice.")
            else:
                result[name] = None
        return tuple(result)

    def map_of(self, key: str, shape: str) -> dict[str, Any]:
        value = self.content.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.problem(key, f"{key} must be a map such as {shape}.")
            return {}
        return value

    def parameters(self) -> dict[str, Parameter]:
        result = {}
        for name, value in self.map_of("parameters", "{NAME: {type: text, default: …}}").items():
            if not _NAME.fullmatch(name):
                self.problem(
                    name, f"The parameter {name!r} cannot be read as parameters.NAME; use letters, digits and _."
                )
            elif (parameter := self.parameter(name, value)) is not None:
                result[name] = parameter
        return result

    def parameter(self, name: str, value: Any) -> Parameter | None:
        if not isinstance(value, dict):
            self.problem(
                name, f"The parameter {name!r} must be a map such as {{type: text, default: …, title: {{…}}}}."
            )
            return None
        for key in sorted(set(value) - {"type", "default", "title"}):
            self.problem(name, f"The parameter {name!r} has the unknown key {key!r}; known are type, default, title.")
        kind, default = value.get("type"), value.get("default")
        if not isinstance(kind, str) or kind not in PARAMETER_TYPES:
            self.problem(
                name, f"The parameter {name!r} needs one of the types {', '.join(PARAMETER_TYPES)}, not {kind!r}."
            )
            return None
        if default is not None and not PARAMETER_TYPES[kind](default):
            self.problem(name, f"The default {default!r} of the parameter {name!r} is not of the type {kind}.")
            return None
        return Parameter(kind, default, self.texts(name, value["title"]) if value.get("title") is not None else {})

    def parties(self) -> dict[str, str]:
        result = dict(DEFAULT_PARTIES)
        for party, variable in self.map_of("parties", "{customer: customer_id}").items():
            if isinstance(variable, str) and _NAME.fullmatch(variable):
                result[party] = variable
            else:
                self.problem(party, f"The party {party!r} must name a process variable, not {variable!r}.")
        return result

    def numbering(self) -> dict[str, str]:
        result = {}
        for name, pattern in self.map_of("numbering", '{business_key: "A-{year}-{seq:4}"}').items():
            wrong = _pattern_problem(pattern)
            if wrong:
                self.problem(name, f"The numbering {name!r} {wrong}.")
            else:
                result[name] = pattern
        return result

    def brief(self) -> tuple[BriefSection, ...]:
        value = self.content.get("brief")
        if value is None:
            return ()
        if not isinstance(value, list):
            self.problem("brief", "brief must be a list of sections such as {title: {zh: …, en: …}, facts: [amount]}.")
            return ()
        return tuple(section for given in value if (section := self.brief_section(given)) is not None)

    def brief_section(self, given: Any) -> BriefSection | None:
        if not isinstance(given, dict) or set(given) != {"title", "facts"} or not isinstance(given["facts"], list):
            self.problem("brief", f"A section of brief has title and facts, a list of variables, not {given!r}.")
            return None
        facts: dict[str, str] = {}
        for fact in given["facts"]:
            entry = {fact: ""} if isinstance(fact, str) else fact
            named = isinstance(entry, dict) and all(isinstance(text, str) for text in (*entry, *entry.values()))
            if not named or not all(_NAME.fullmatch(name) for name in entry):
                self.problem("brief", f"brief lists {fact!r}; write a variable, or {{VARIABLE: field or name}}.")
                return None
            facts |= entry
        return BriefSection(self.texts("brief", given["title"]), facts)


def _pattern_problem(pattern: Any) -> str | None:
    if not isinstance(pattern, str):
        return 'must be a pattern in quotes such as "A-{year}-{seq:4}"'
    placeholders = _PLACEHOLDER.findall(pattern)
    unknown = [name for name in placeholders if name not in ("year", "month", "unit") and not _SEQUENCE.fullmatch(name)]
    if unknown:
        known = "{year}, {month}, {unit}, {seq} and {seq:DIGITS}"
        return f"has the unknown placeholder {{{unknown[0]}}}; known are {known}"
    if sum(name.startswith("seq") for name in placeholders) != 1:
        return "must hold {seq} or {seq:DIGITS} once"
    if re.search(r"[{}]", _PLACEHOLDER.sub("", pattern)):
        return "has a brace that is not part of a placeholder"
    return None


def _iso(parse: Callable[[str], object]) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        try:
            parse(value)
        except (TypeError, ValueError):
            return False
        return True

    return check


PARAMETER_TYPES: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        "text": lambda value: isinstance(value, str),
        "number": lambda value: isinstance(value, Decimal),
        "boolean": lambda value: isinstance(value, bool),
        "date": _iso(date.fromisoformat),
        "time": _iso(time.fromisoformat),
        "date-time": _iso(datetime.fromisoformat),
        "duration": lambda value: isinstance(value, str) and _DURATION.fullmatch(value) is not None,
        "list": lambda value: isinstance(value, list),
        "context": lambda value: isinstance(value, dict),
    }
)
