"""The conditions of a register, read from an address: the same for pages, sheets and the REST interface."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from web.registers.declaring import NAMES, Conditions

_LONGEST = 200


class BadCondition(ValueError):
    """A condition of the address cannot be read; `name` is which, `problem` what is wrong with it."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name, self.problem = name, problem


def asked(args: Mapping[str, str]) -> Conditions:
    """The conditions that an address names; empty ones count as not given. Raises `BadCondition`."""
    given = {name: args[name].strip() for name in NAMES if args.get(name, "").strip()}
    for name, value in given.items():
        if len(value) > _LONGEST or "\0" in value:
            raise BadCondition(name, f"has at most {_LONGEST} characters")
    unit = given.pop("unit", None)
    if unit is not None and not (unit.isascii() and unit.isdigit() and len(unit) < 10):
        raise BadCondition("unit", "is the number of a unit")
    days = {name: _day(name, given.pop(name)) for name in ("since", "until") if name in given}
    return Conditions(unit=None if unit is None else int(unit), **days, **given)  # type: ignore[arg-type]


def _day(name: str, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadCondition(name, "is a day such as 2026-03-31") from None
