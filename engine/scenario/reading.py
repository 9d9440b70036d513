"""Reads scenario files; what is wrong in one is said with file and place, before anything runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.errors import RULES
from engine.packages import YamlError, load_yaml

KEYS = (
    *("name", "process", "start_at", "people", "units", "authority", "delegations", "related", "deputies"),
    *("start", "steps", "expect", "about"),
)
EXPECTATIONS = (
    "tasks",
    "no_tasks",
    "escalated",
    "variables",
    "visited",
    "not_visited",
    "incident",
    "state",
    "outcome",
)
STATES = ("running", "completed", "terminated", "incident")
_TASK_KEYS = ("role", "assignee", "due", "overdue", "count")
_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "complete": ("as", "for", "form"),
    "claim": ("as", "for"),
    "release": ("as", "for"),
    "delegate": ("as", "for", "to"),
    "transfer": ("as", "for", "to", "reason"),
    "assign": ("as", "for", "to", "reason"),
    "declare_conflict": ("as",),
    "return": ("as", "for", "to", "resume", "cancel_others", "reason"),
    "withdraw": ("as", "reason"),
    "cosign": ("as", "for", "who", "when", "form", "reason"),
    "pause": ("as", "for", "until", "reason"),
    "resume": ("as", "for"),
    "jump": ("as", "to", "cancel_others", "reason"),
    "skip": ("as", "variables", "reason"),
    "cancel_branch": ("as", "reason"),
    "set_variables": ("as", "reason"),
    "start": ("as", "variables", "business_key"),
    "cancel": ("as", "reason"),
    "retry": ("as", "variables"),
    "refused": (),
    "expect": (),
    "advance": (),
    "advance_to": (),
    "message": ("as",),
    "external": (),
}
_REFUSABLE = ("complete", "claim", "delegate", "transfer", "assign", "return", "withdraw", "cosign", "pause", "start")
_BY_ADMINISTRATORS = frozenset({"cancel", "retry", "jump", "skip", "cancel_branch", "set_variables"})
"""Done by an administrator unless somebody is named."""


class ScenarioError(Exception):
    """A scenario file is no scenario; the message says where and why."""


@dataclass(frozen=True)
class StepModel:
    """One step: what is done (`action`), to what (`target`), and with which particulars."""

    number: int
    action: str
    target: Any
    options: Mapping[str, Any]


@dataclass(frozen=True)
class LentPower:
    """A power that somebody lends to somebody else for some days, both included."""

    giver: str
    receiver: str
    power: str
    amount: Decimal
    since: dt.date
    until: dt.date


@dataclass(frozen=True)
class Scenario:
    """A scenario as written. Times are aware; numbers are decimals."""

    file: str
    name: str
    process: str
    start_at: dt.datetime
    people: Mapping[str, tuple[str, ...]]
    units: Mapping[str, str] = field(default_factory=dict)
    authority: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    delegations: tuple[LentPower, ...] = ()
    related: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    deputies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    start: Mapping[str, Any] | None = None
    steps: tuple[StepModel, ...] = ()
    expect: Mapping[str, Any] = field(default_factory=dict)


def read_scenario(data: bytes, file: str, zone: dt.tzinfo) -> Scenario:
    """The scenario in a file; a date-time without zone is the institution's. Raises `ScenarioError`."""
    try:
        content = load_yaml(data)
    except YamlError as error:
        line = f", line {error.line}" if error.line else ""
        raise ScenarioError(f"{file}{line}: {error.message}") from None
    return _Reader(file, zone).read(content)


class _Reader:
    def __init__(self, file: str, zone: dt.tzinfo) -> None:
        self.file = file
        self.zone = zone

    def wrong(self, place: str, message: str) -> ScenarioError:
        return ScenarioError(f"{self.file}: {place}: {message}")

    def read(self, content: Any) -> Scenario:
        top = self.mapping(content, "the file")
        self.known(top, KEYS, "the file")
        for key in ("process", "start_at", "people"):
            if key not in top:
                raise self.wrong("the file", f"{key} is missing")
        people = {
            name: self.names(roles, f"people.{name}") for name, roles in self.mapping(top["people"], "people").items()
        }
        scenario = Scenario(
            file=self.file,
            name=str(top.get("name") or self.file),
            process=self.text(top["process"], "process"),
            start_at=self.instant(top["start_at"], "start_at"),
            people=people,
            units={key: self.text(unit, f"units.{key}") for key, unit in self.section(top, "units")},
            authority={key: self.amounts(powers, f"authority.{key}") for key, powers in self.section(top, "authority")},
            delegations=tuple(
                self.lent(item, f"delegations {number}")
                for number, item in enumerate(self.items(top.get("delegations")), 1)
            ),
            related={key: self.names(kinds, f"related.{key}") for key, kinds in self.section(top, "related")},
            deputies={key: self.deputy(given, f"deputies.{key}") for key, given in self.section(top, "deputies")},
            start=None if top.get("start") is None else self.start(top["start"]),
            steps=tuple(self.step(number, item) for number, item in enumerate(self.items(top.get("steps")), 1)),
            expect=self.expectation(top.get("expect") or {}, "expect"),
        )
        for place, names in (
            ("units", scenario.units),
            ("authority", scenario.authority),
            ("related", scenario.related),
            ("delegations", [name for lent in scenario.delegations for name in (lent.giver, lent.receiver)]),
            ("deputies", [*scenario.deputies, *(given["deputy"] for given in scenario.deputies.values())]),
        ):
            for name in names:
                if name not in people:
                    raise self.wrong(f"{place}.{name}", "is not among the people")
        return scenario

    def deputy(self, value: Any, place: str) -> Mapping[str, Any]:
        given = self.known_mapping(value, ("deputy", "from", "until"), place)
        days = {key: self.day(given.get(key), f"{place}.{key}") for key in ("from", "until")}
        return {"deputy": self.text(given.get("deputy"), f"{place}.deputy"), **days}

    def start(self, value: Any) -> Mapping[str, Any]:
        start = self.mapping(value, "start")
        self.known(start, ("as", *_ACTIONS["start"]), "start")
        if "as" not in start:
            raise self.wrong("start", "as is missing")
        return start

    def step(self, number: int, value: Any) -> StepModel:
        place = f"step {number}"
        step = self.mapping(value, place)
        named = [key for key in step if key in _ACTIONS]
        # `resume` is a step of its own, and says how work goes on after a return.
        actions = [key for key in named if not any(key in _ACTIONS[other] for other in named)]
        if len(actions) != 1:
            raise self.wrong(place, f"give one of {', '.join(_ACTIONS)}")
        action = actions[0]
        self.known(step, (action, *_ACTIONS[action]), place)
        target = step[action]
        checks: dict[str, Callable[[], Any]] = {
            "expect": lambda: self.expectation(target, f"{place}, expect"),
            "refused": lambda: self.refused(target, place),
            "set_variables": lambda: self.mapping(target, f"{place}, set_variables"),
            "advance_to": lambda: self.instant(target, f"{place}, advance_to"),
            "message": lambda: self.named(target, "name", ("correlation", "payload"), f"{place}, message"),
            "external": lambda: self.named(target, "topic", ("variables", "error", "failure"), f"{place}, external"),
        }
        if action in checks:
            target = checks[action]()
        else:
            target = self.text(target, f"{place}, {action}")
        named_by_choice = action in _BY_ADMINISTRATORS or action == "message"
        if "as" in _ACTIONS[action] and "as" not in step and not named_by_choice:
            raise self.wrong(place, "as is missing")
        return StepModel(number, action, target, {key: step[key] for key in step if key != action})

    def refused(self, value: Any, place: str) -> Mapping[str, Any]:
        refused = self.mapping(value, f"{place}, refused")
        actions = [key for key in refused if key in _REFUSABLE]
        if len(actions) != 1:
            raise self.wrong(place, f"refused needs one of {', '.join(_REFUSABLE)}")
        self.known(refused, (actions[0], *_ACTIONS[actions[0]], "rule"), f"{place}, refused")
        if refused.get("rule") not in RULES:
            raise self.wrong(place, f"rule is one of {', '.join(RULES)}")
        if "as" not in refused:
            raise self.wrong(place, "as is missing")
        return {**refused, "action": actions[0]}

    def expectation(self, value: Any, place: str) -> Mapping[str, Any]:
        expected = dict(self.mapping(value, place))
        self.known(expected, EXPECTATIONS, place)
        if "state" in expected and expected["state"] not in STATES:
            raise self.wrong(place, f"state is one of {', '.join(STATES)}")
        tasks = {}
        for element, facts in self.mapping(expected.get("tasks") or {}, f"{place}.tasks").items():
            facts = self.known_mapping(facts or {}, _TASK_KEYS, f"{place}.tasks.{element}")
            if facts.get("due") is not None:
                facts = {**facts, "due": self.instant(facts["due"], f"{place}.tasks.{element}.due")}
            if facts.get("role") is not None:
                self.names(facts["role"], f"{place}.tasks.{element}.role")
            self.fact(facts, "count", Decimal, "a number", f"{place}.tasks.{element}")
            self.fact(facts, "overdue", bool, "true or false", f"{place}.tasks.{element}")
            tasks[element] = facts
        expected["tasks"] = tasks
        if expected.get("incident") is not None:
            self.text(expected["incident"], f"{place}.incident")
        for key in ("no_tasks", "visited", "not_visited"):
            expected[key] = self.names(expected.get(key) or [], f"{place}.{key}")
        for key in ("escalated", "variables"):
            expected[key] = self.mapping(expected.get(key) or {}, f"{place}.{key}")
        return expected

    def fact(self, facts: Mapping[str, Any], key: str, kind: type, wanted: str, place: str) -> None:
        if key in facts and not isinstance(facts[key], kind):
            raise self.wrong(f"{place}.{key}", f"{wanted} is expected, not {facts[key]!r}")

    def named(self, value: Any, name: str, keys: tuple[str, ...], place: str) -> Mapping[str, Any]:
        mapping = self.known_mapping(value, (name, *keys), place)
        self.text(mapping.get(name), f"{place}.{name}")
        return mapping

    def section(self, top: Mapping[str, Any], key: str) -> list[tuple[str, Any]]:
        return list(self.mapping(top.get(key) or {}, key).items())

    def amounts(self, value: Any, place: str) -> Mapping[str, Decimal]:
        powers = self.mapping(value, place)
        for power, amount in powers.items():
            if not isinstance(amount, Decimal) or amount < 0:
                raise self.wrong(f"{place}.{power}", f"{amount!r} is no amount")
        return powers

    def lent(self, value: Any, place: str) -> LentPower:
        given = self.known_mapping(value, ("from", "to", "power", "amount", "since", "until"), place)
        amount = given.get("amount")
        if not isinstance(amount, Decimal) or amount <= 0:
            raise self.wrong(f"{place}.amount", f"{amount!r} is no amount")
        days = {}
        for key in ("since", "until"):
            try:
                days[key] = dt.date.fromisoformat(str(given.get(key)))
            except ValueError:
                raise self.wrong(f"{place}.{key}", "a day such as 2026-03-02 is expected") from None
        giver, receiver, power = (self.text(given.get(key), f"{place}.{key}") for key in ("from", "to", "power"))
        return LentPower(giver, receiver, power, amount, days["since"], days["until"])

    def known_mapping(self, value: Any, keys: tuple[str, ...], place: str) -> Mapping[str, Any]:
        mapping = self.mapping(value, place)
        self.known(mapping, keys, place)
        return mapping

    def known(self, mapping: Mapping[str, Any], keys: tuple[str, ...], place: str) -> None:
        unknown = [key for key in mapping if key not in keys]
        if unknown:
            raise self.wrong(place, f"{unknown[0]} is unknown; known are {', '.join(keys)}")

    def mapping(self, value: Any, place: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong(place, f"a map is expected, not {value!r}")
        return value

    def items(self, value: Any) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong("steps", "a list is expected")
        return value

    def names(self, value: Any, place: str) -> tuple[str, ...]:
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise self.wrong(place, f"a list of names is expected, not {value!r}")
        return tuple(names)

    def text(self, value: Any, place: str) -> str:
        if not isinstance(value, str) or not value:
            raise self.wrong(place, f"a text is expected, not {value!r}")
        return value

    def day(self, value: Any, place: str) -> dt.date:
        try:
            return dt.date.fromisoformat(self.text(value, place))
        except ValueError:
            raise self.wrong(place, f"{value!r} is no date") from None

    def instant(self, value: Any, place: str) -> dt.datetime:
        try:
            instant = dt.datetime.fromisoformat(self.text(value, place))
        except ValueError:
            raise self.wrong(place, f"{value!r} is no date-time") from None
        return instant if instant.tzinfo is not None else instant.replace(tzinfo=self.zone)
