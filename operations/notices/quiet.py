"""Quiet hours: what would ring at night waits until morning."""

from __future__ import annotations

import datetime as dt


def first_moment(now: dt.datetime, quiet: tuple[dt.time, dt.time] | None, zone: dt.tzinfo) -> dt.datetime:
    """`now`, or the end of the quiet hours (from, to; over midnight where `to` is earlier) that it falls into.

    From and to alike mean no quiet hours.
    """
    if quiet is None or quiet[0] == quiet[1]:
        return now
    begin, end = quiet
    local = now.astimezone(zone)
    clock = local.time()
    inside = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not inside:
        return now
    day = local.date() + dt.timedelta(days=1 if begin > end and clock >= begin else 0)
    return dt.datetime.combine(day, end, zone).astimezone(dt.UTC)
