"""Quiet hours: what falls into them comes at their end, and nothing is moved otherwise."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from operations.notices.quiet import first_moment

ZONE = ZoneInfo("Asia/Shanghai")
TIMES = st.times()


@given(st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1)), TIMES, TIMES)
def test_the_moment_is_outside_and_the_next_one(local, begin, end):
    now = local.replace(tzinfo=ZONE)
    moment = first_moment(now, (begin, end), ZONE)
    assert moment >= now
    assert moment - now < dt.timedelta(days=1)
    if moment != now:
        assert moment.astimezone(ZONE).time() == end
    assert first_moment(moment, (begin, end), ZONE) == moment


def test_without_quiet_hours_it_is_now():
    now = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    assert first_moment(now, None, ZONE) == now
