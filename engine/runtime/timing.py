"""When timers and deadlines are due: ISO 8601 texts or expressions into instants, by the institution's calendar."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, cast

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
    start = dt.datetime.fromisoformat(cycle["start"])
    due = world.calendar.recurring(start, cycle["every"], int(cycle["tick"]), cycle["counted_in"])
    return due, cycle


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
    if cycle is None or (cycle["left"] is not None and cycle["left"] <= 1):
        return None
    left = None if cycle["left"] is None else cycle["left"] - 1
    return cast(dict[str, Any], {**cycle, "tick": cycle["tick"] + 1, "left": left})
