"""Values of expressions. The conformance kit tests the standard; here is what the house adds or relies on."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from engine.feel import compile_expression
from engine.values import YearsMonths

SHANGHAI = ZoneInfo("Asia/Shanghai")


def value(text, variables=None, **circumstances):
    return compile_expression(text).evaluate(variables or {}, **circumstances)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", Decimal(7)),
        ("0.1 + 0.2", Decimal("0.3")),
        ("1 / 3", Decimal("0.3333333333333333333333333333333333")),
        ("-2 ** 2", Decimal(4)),
        ("2 ** 3 ** 2", Decimal(64)),
        ('"第" + "一"', "第一"),
        ('if 1 > 2 then "a" else "b"', "b"),
        ("for x in 1..3, y in [x, 10] return x * y",
         [Decimal(n) for n in (1, 10, 4, 20, 9, 30)]),
        ("for i in 1..4 return if i = 1 then 1 else partial[-1] * i", [Decimal(n) for n in (1, 2, 6, 24)]),
        ("some x in [1, 2] satisfies x > 1", True),
        ("every x in [] satisfies false", True),
        ("{a: 1, b: a + 1}.b", Decimal(2)),
        ("[{n: 1}, {n: 2}][n > 1].n", [Decimal(2)]),
        ("[1, 2, 3][-1]", Decimal(3)),
        ("5 in (1..5]", True),
        ("5 in (< 5, > 6)", False),
        ("(function(a, b) a - b)(b: 1, a: 3)", Decimal(2)),
        ('date("2026-01-31") + duration("P1M")', date(2026, 2, 28)),
        ('@"2026-03-02" - @"2026-03-01"', timedelta(days=1)),
        ('@"P1Y" + @"P2M"', YearsMonths(14)),
        ('date and time("2026-03-02T09:00:00@Asia/Shanghai").time offset', timedelta(hours=8)),
        ("date and time(@\"2026-03-02\", @\"09:00:00\")", datetime(2026, 3, 2, 9)),
        ('@"23:30:00" + @"PT1H"', time(0, 30)),
        ("[1..10[.end included", False),
        ('string({a: "x", b: [1.50, null]})', '{a: "x", b: [1.50, null]}'),
        ('sort([3, 1, 2], function(a, b) a > b)', [Decimal(3), Decimal(2), Decimal(1)]),
        ('sort([{n: 1, t: "a"}, {n: 1, t: "b"}, {n: 0, t: "c"}], function(a, b) a.n <= b.n).t', ["c", "a", "b"]),
        ('string join(split("a;b;c", ";"), "-")', "a-b-c"),
        ("decimal(2.5, 0)", Decimal(2)),
        ("round half up(2.5, 0)", Decimal(3)),
        ("modulo(-7, 3)", Decimal(2)),
        ('[1, "a"] instance of list<number>', False),
    ],
)  # fmt: skip
def test_values(text, expected):
    result = value(text)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true and null", None),
        ("false and null", False),
        ("true or null", True),
        ("false or 1", None),
        ("null = null", True),
        ("1 = null", False),
        ("null < 1", None),
        ('1 = "1"', None),
        ("not(null)", None),
    ],
)
def test_logic_has_three_values(text, expected):
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("missing + 1", "there is no variable 'missing'"),
        ("1 / 0", "division by zero"),
        ('1 + "a"', "number + string is not defined"),
        ("nothing(1)", "there is no function 'nothing'"),
        ('date("2026-02-30")', "is not a date"),
        ('substring("a", "b")', "cannot be called with (string, string)"),
        ("[1, 2][3]", "there is no item 3 in a list of 2"),
        ("{a: 1}.b", "has no member 'b'"),
        ('matches("a", "(?=a)")', "is not a regular expression"),
    ],
)
def test_an_error_is_null_with_its_reason(text, reason):
    reasons = []
    assert value(text, reasons=reasons) is None
    assert any(reason in found for found in reasons)


def test_names_with_spaces_and_chinese_names():
    assert value("Monthly Salary * 12", {"Monthly Salary": Decimal(2)}) == 24
    assert value('金额 > 起点 and 客户.姓名 = "李"', {"金额": Decimal(2), "起点": Decimal(1), "客户": {"姓名": "李"}})
    known = compile_expression("pre-tax income - 1", names=["pre-tax income"])
    assert known.evaluate({"pre-tax income": Decimal(5)}) == 4
    assert value("down - payment", {"down": Decimal(5), "payment": Decimal(2)}) == 3


def test_a_name_before_a_parenthesis_is_the_function():
    assert value("count(count)", {"count": [Decimal(1), Decimal(2)]}) == 2
    assert value("date(date)", {"date": "2026-03-02"}) == date(2026, 3, 2)


def test_python_integers_count_as_numbers():
    assert value("nrOfCompletedInstances / nrOfInstances", {"nrOfCompletedInstances": 1, "nrOfInstances": 2}) == (
        Decimal("0.5")
    )


def test_the_time_is_the_one_that_is_given():
    now = datetime(2026, 3, 1, 20, tzinfo=UTC)
    assert value("today()", now=now, zone=SHANGHAI) == date(2026, 3, 2)
    assert value("now()", now=now, zone=SHANGHAI) == now
    assert value("now()") is None


def test_a_date_time_without_zone_is_the_institutions():
    nine = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
    text = 'date and time("2026-03-02T09:00:00")'
    assert value(text, zone=SHANGHAI) == nine
    assert value(f"[{text}]", zone=SHANGHAI)[0].tzinfo is SHANGHAI
    assert value(f"{text} = at", {"at": nine.astimezone(UTC)}, zone=SHANGHAI) is True
    assert value(f"{text} < at", {"at": nine + timedelta(minutes=1)}, zone=SHANGHAI) is True
    assert value(text).tzinfo is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('string(@"-2021-03-31" - @"P1M")', "-2021-02-28"),
        ('string(@"9999-12-31" + @"P1D")', "10000-01-01"),
        ('string(@"10000-01-01" - @"P1D") = "9999-12-31"', True),
        ('@"10000-01-01" - @"9999-12-31"', timedelta(days=1)),
        ('@"-0001-01-01" < @"0001-01-01"', True),
        ('@"12000-01-01T00:00:00Z" = @"12000-01-01T08:00:00+08:00"', True),
        ('@"12000-02-29".day', Decimal(29)),
        ('string(@"-2021-01-01T10:10:10@Asia/Shanghai" + @"PT1H")', "-2021-01-01T11:10:10@Asia/Shanghai"),
        ('@"2026-01-01" + duration("P999999999Y")', None),
    ],
)
def test_years_before_1_and_after_9999(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('string(@"10:00:00.123456789Z")', "10:00:00.123456789Z"),
        ('string(@"2026-03-02T10:00:00.000000001@Asia/Shanghai")', "2026-03-02T10:00:00.000000001@Asia/Shanghai"),
        ('string(time(10, 0, 1.1234567, null))', "10:00:01.1234567"),
        ('string(date and time(@"2026-03-02", @"10:00:00.123456789"))', "2026-03-02T10:00:00.123456789"),
        ('string(time(@"2026-03-02T10:00:00.123456789Z"))', "10:00:00.123456789Z"),
        ('string(date(@"2026-03-02T10:00:00.123456789Z"))', "2026-03-02"),
        ('string(@"2026-02-28T23:00:00.000000001" + @"PT2H")', "2026-03-01T01:00:00.000000001"),
        ('string(@"2026-01-31T23:00:00.000000001" + @"P1M")', "2026-02-28T23:00:00.000000001"),
        ('string(@"23:00:00.000000001" + @"PT2H")', "01:00:00.000000001"),
        ('@"10:00:00.000000001" > @"10:00:00"', True),
        ('@"2026-03-02T10:00:00.000000001Z" > @"2026-03-02T10:00:00Z"', True),
        ('@"2026-03-02T10:00:00.000000001Z" = @"2026-03-02T10:00:00Z"', True),
        ('is(@"10:00:00.000000001", @"10:00:00.000000001")', True),
        ('is(@"2026-03-02T10:00:00.000000001Z", @"2026-03-02T11:00:00.000000001+01:00")', False),
        ('@"10:00:00.000000001" - @"09:00:00"', timedelta(hours=1)),
        ('@"2026-03-02T10:00:00.000000001Z" - @"2026-03-02T09:00:00Z"', timedelta(hours=1)),
        ('@"10:00:00.123456789".hour', Decimal(10)),
        ('@"2026-03-02T10:00:00.123456789" instance of date and time', True),
        ('@"10:00:00.123456789" instance of time', True),
    ],
)  # fmt: skip
def test_nanoseconds(text, expected):
    assert value(text) == expected


def test_a_variable_keeps_microseconds():
    found = value('[@"2026-03-02T09:00:00.123456789", @"09:00:00.123456789"]', zone=SHANGHAI)
    assert found == [datetime(2026, 3, 2, 9, 0, 0, 123456, SHANGHAI), time(9, 0, 0, 123456)]


KINDS = (
    "null", "true", "2.5", "1e6000", '"a"', '"(a"', "[]", '[1, "a", null]', "{a: 1}",
    '@"2024-01-31"', '@"999999999-12-31"',
    '@"2024-01-31T10:00:00.123456789Z"', '@"10:00:00.123456789"',
    '@"-2024-01-31T10:00:00@Asia/Shanghai"', '@"2024-01-31T10:00:00"', '@"10:00:00Z"', '@"P999999999D"', '@"-P1Y"',
    "[1..3]", "(!= 5)", "function(a, b) a < b",
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "{} + {}",
        "{} - {}",
        "{} * {}",
        "{} / {}",
        "{} < {}",
        "{} = {}",
        "{} in ({})",
        "({})[{}]",
        "before({}, {})",
        "is({}, {})",
        "sort({}, {})",
        "date and time({}, {})",
        "max({}, {})",
    ],
)
def test_no_combination_of_kinds_breaks_an_evaluation(text):
    for left, right in product(KINDS, KINDS):
        expression = compile_expression(text.format(left, right))
        expression.evaluate({}, zone=SHANGHAI)
        assert expression.names == set()


def test_extra_names_lie_on_top_of_the_variables():
    assert value("a + parameters.b", {"a": Decimal(1)}, extra={"parameters": {"b": Decimal(2)}}) == 3
    assert value("a", {"a": Decimal(1)}, extra={"a": Decimal(2)}) == 2


def test_evaluating_changes_no_variable():
    variables = {"list": [Decimal(1)], "context": {"a": Decimal(1)}}
    value('[append(list, 2), remove(list, 1), context put(context, "a", 2), reverse(list)]', variables)
    assert variables == {"list": [Decimal(1)], "context": {"a": Decimal(1)}}
