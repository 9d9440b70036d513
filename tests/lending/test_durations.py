from datetime import timedelta

import pytest

from lending.durations import Duration, parse_duration
from lending.errors import InvalidDuration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P1Y2M", Duration(months=14)),
        ("P2W", Duration(weeks=2)),
        ("P1DT2H", Duration(days=1, clock=timedelta(hours=2))),
        ("PT90M", Duration(clock=timedelta(minutes=90))),
        ("PT0S", Duration()),
        ("PT1.5H", Duration(clock=timedelta(minutes=90))),
        ("PT1M0,25S", Duration(clock=timedelta(seconds=60.25))),
        ("P1M3DT4H5M6S", Duration(months=1, days=3, clock=timedelta(hours=4, minutes=5, seconds=6))),
    ],
)
def test_durations_are_read(text, expected):
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-P1D", "negative"),
        ("", "not an ISO 8601"),
        ("P", "not an ISO 8601"),
        ("PT", "not an ISO 8601"),
        ("P1DT", "not an ISO 8601"),
        ("1D", "not an ISO 8601"),
        ("P1H", "not an ISO 8601"),
        ("p1d", "not an ISO 8601"),
        ("P-1D", "not an ISO 8601"),
        ("P1W2D", "not an ISO 8601"),
        ("P1D ", "not an ISO 8601"),
        ("P１D", "not an ISO 8601"),
        ("P1D1M", "not an ISO 8601"),
        ("P0.5D", "write hours"),
        ("P1.5M", "write hours"),
        ("PT1.5H30M", "only the smallest"),
        ("P201Y", "two hundred years"),
        ("PT999999999H", "two hundred years"),
    ],
)
def test_anything_else_is_refused_and_told_why(text, said):
    with pytest.raises(InvalidDuration, match=said):
        parse_duration(text)


def test_several_in_a_row_are_one():
    assert parse_duration("P1M2DT3H").times(4) == Duration(months=4, days=8, clock=timedelta(hours=12))
    with pytest.raises(InvalidDuration):
        parse_duration("PT1H").times(10**12)
