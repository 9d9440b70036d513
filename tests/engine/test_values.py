"""Values of process variables: lossless state, plain JSON, and what is refused."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import reduce
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import compile_expression
from engine.values import (
    ValueRefused,
    YearsMonths,
    check_variable,
    decode,
    dumps,
    encode,
    format_duration,
    loads,
    to_json,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")

numbers = st.decimals(allow_nan=False, allow_infinity=False, places=2)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    numbers,
    st.text(max_size=20),
    st.dates(),
    st.times(timezones=st.sampled_from([None, UTC, timezone(timedelta(hours=8)), SHANGHAI])),
    st.datetimes(
        min_value=datetime(1901, 1, 1), timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5)), SHANGHAI])
    ),
    st.timedeltas(),
    st.integers(-10_000, 10_000).map(YearsMonths),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5) | st.just("~"), inner, max_size=4),
    max_leaves=12,
)


def types_of(value):
    if isinstance(value, list):
        return [types_of(item) for item in value]
    if isinstance(value, dict):
        return {key: types_of(member) for key, member in value.items()}
    return type(value)


@given(values)
def test_state_comes_back_as_it_was_written(value):
    again = decode(encode(value))
    assert again == value
    assert types_of(again) == types_of(value)


@pytest.mark.parametrize("text", ["1.10", "5", "-0.0", "1E+30", "0.1000000000000000000000000000000001"])
def test_decimals_keep_every_digit(text):
    assert str(decode(encode(Decimal(text)))) == text
    assert dumps(loads(text)) == text


def test_a_context_that_looks_like_a_tag_stays_a_context():
    value = {"~": "date", "value": "2026-01-01"}
    assert decode(encode(value)) == value
    assert decode(encode([{"~": value}])) == [{"~": value}]


def test_json_shows_dates_and_durations_as_iso_text():
    value = {
        "on": date(2026, 3, 2),
        "at": datetime(2026, 3, 2, 9, tzinfo=SHANGHAI),
        "clock": time(9, 30),
        "wait": timedelta(days=1, hours=2),
        "term": YearsMonths(14),
        "amount": Decimal("10.50"),
    }
    assert to_json(value) == {
        "on": "2026-03-02",
        "at": "2026-03-02T09:00:00+08:00",
        "clock": "09:30:00",
        "wait": "P1DT2H",
        "term": "P1Y2M",
        "amount": Decimal("10.50"),
    }
    assert '"amount":10.50' in dumps(value)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(days=2), "P2D"),
        (timedelta(seconds=-90), "-PT1M30S"),
        (timedelta(milliseconds=1500), "PT1.5S"),
    ],
)
def test_durations_are_written_in_their_shortest_form(duration, text):
    assert format_duration(duration) == text


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "{", "", "1 2"])
def test_what_is_not_json_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is the promise
        loads(text)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (1.5, "x"),
        (1, "x"),
        (Decimal("NaN"), "x"),
        (Decimal("1E+9999"), "x"),
        (compile_expression("[1..3]").evaluate({}), "x"),
        ({"rate": compile_expression("function(a) a").evaluate({})}, "x.rate"),
        ([date(2026, 1, 1), datetime(2026, 1, 1)], "x[2]"),
        ({1: "a"}, "x"),
        (object(), "x"),
        ("a" * 1_000_001, "x"),
        (["a\0"], "x[1]"),
        ("\ud83d", "x"),
        ({"a\0": 1}, "x"),
        ([None] * 10_001, "x"),
        (reduce(lambda inner, _: [inner], range(40), None), "x" + "[1]" * 32),
    ],
)
def test_what_cannot_be_a_variable_is_refused_where_it_is(value, path):
    with pytest.raises(ValueRefused) as refusal:
        check_variable(value, "x")
    assert refusal.value.path == path


def test_every_kind_of_value_may_be_a_variable():
    check_variable(
        [None, True, Decimal(1), "a", date(2026, 1, 1), time(1), datetime(2026, 1, 1, tzinfo=UTC), timedelta(1),
         YearsMonths(1), {"a": []}],
        "x",
    )  # fmt: skip
