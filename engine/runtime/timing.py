"""When timers and deadlines are due: ISO 8601 texts or expressions into instants, by the institution's calendar."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from engine.bpmn.model import Timer
from engine.ports import CountedIn
from engine.runtime.environment import Environment
from engine.values import YearsMonths, format_duration

_CYCLE = re.compile(r"R(?P<times>\d*)/(?:(?P<start>[^/P][^/]*)/)?(?P<every>P[^/]+)")


def moment(value: Any, world: Environment, counted_in: CountedIn, what: str) -> dt.datetime:
    """The instant that a duration from now, a date-time or a date means; a date is the beginning of its day."""
    if isinstance(value, (dt.timedelta, YearsMonths)):
        value = format_duration(value) if isinstance(value, dt.timedelta) else str(value)
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("P"):
            return world.calendar.add(world.now, text, counted_in)
        try:
            value = dt.datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{what} is {text!r}, which is neither an ISO 8601 duration nor a date-time") from None
    if isinstance(value, dt.datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=world.calendar.zone)
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time(), world.calendar.zone)
    raise ValueError(f"{what} is {value!r}, which is neither a duration nor a date-time")


def arm(
    timer: Timer, world: Environment, variables: Mapping[str, Any], counted_in: CountedIn, cycle: Any
) -> tuple[dt.datetime, dict[str, Any] | None]:
    """When the timer is due and, for a cycle, how it goes on. `cycle` is what the tick before left."""
    if cycle is None:
        value = world.attribute(timer.text, variables)
        if timer.kind != "cycle":
            return moment(value, world, counted_in, "the timer"), None
        cycle = _begin_cycle(value, world, counted_in)
    return due(cycle, world), cycle


def due(cycle: Mapping[str, Any], world: Environment, ahead: int = 0) -> dt.datetime:
    """When the next tick of a cycle is due, or one that comes `ahead` ticks later."""
    start = dt.datetime.fromisoformat(cycle["start"])
    return world.calendar.recurring(start, cycle["every"], int(cycle["tick"]) + ahead, cycle["counted_in"])


def ticks_due(cycle: Mapping[str, Any], world: Environment) -> int:
    """How many of the ticks that are left are due by now."""
    most = 1
    while due(cycle, world, most - 1) <= world.now:
        most *= 2
    least = most // 2
    while least + 1 < most:
        middle = (least + most) // 2
        least, most = (middle, most) if due(cycle, world, middle - 1) <= world.now else (least, middle)
    return least if cycle["left"] is None else min(least, int(cycle["left"]))


def skip(cycle: Mapping[str, Any], count: int) -> dict[str, Any] | None:
    """The cycle without its next `count` ticks; None when none is left."""
    left = None if cycle["left"] is None else int(cycle["left"]) - count
    return None if left is not None and left < 1 else {**cycle, "tick": int(cycle["tick"]) + count, "left": left}


def _begin_cycle(value: Any, world: Environment, counted_in: CountedIn) -> dict[str, Any]:
    match = _CYCLE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or (match["times"] and int(match["times"]) == 0):
        raise ValueError(f"the cycle is {value!r}; write R3/PT10H, or R/PT10H for no end")
    start = moment(match["start"], world, counted_in, "the cycle's start") if match["start"] else world.now
    if world.calendar.recurring(start, match["every"], 1, counted_in) <= start:
        raise ValueError(f"the cycle is {value!r}, which never gets on")
    return {
        "start": start.isoformat(),
        "every": match["every"],
        "counted_in": counted_in,
        # A cycle with a start of its own ticks at the start; one without ticks after its first period.
        "tick": 0 if match["start"] else 1,
        "left": int(match["times"]) if match["times"] else None,
    }


def following(cycle: Any) -> dict[str, Any] | None:
    """The cycle after a tick, or None when that was the last."""
    return None if cycle is None else skip(cycle, 1)
