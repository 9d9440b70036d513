"""Work beyond its bounds is an error, never null, and never hangs."""

import time

import pytest

from engine.feel import Budget, BudgetExceeded, Limits, compile_expression, compile_script


@pytest.mark.parametrize(
    "text",
    [
        "count(for i in 1..9999 return for j in 1..9999 return i * j)",
        "for i in 1..1000000000 return i",
        'for d in @"0001-01-01"..@"9999-01-01" return d',
        "some i in 1..9999, j in 1..9999 satisfies i + j < 0",
        "{f: function(x) f(x + 1), r: f(1)}.r",
        "9 ** (9 ** 9)",
        'string join(for i in 1..9999 return "0123456789abcdef")',
        'for i in 1..9999 return substring(string join(for j in 1..9999 return "01234567"), 2)',
        "{a: [1, 1], "
        + ", ".join(f"{chr(98 + n)}: [{chr(97 + n)}, {chr(97 + n)}]" for n in range(24))
        + ", z: string(y)}",
        "{a: [1, 1], "
        + ", ".join(f"{chr(98 + n)}: [{chr(97 + n)}, {chr(97 + n)}]" for n in range(24))
        + ", z: is(y, y)}",
        'matches("' + "a" * 40 + '!", "(a|aa)+$")',
        'replace("' + "a" * 40 + '!", "(a|aa)+$", "x")',
        "distinct values(for i in 1..9999 return i)",
    ],
)
def test_every_kind_of_excess_is_an_error(text):
    begun = time.monotonic()
    with pytest.raises(BudgetExceeded):
        compile_expression(text).evaluate({}, budget=Budget(Limits(steps=50_000, seconds=0.3)))
    assert time.monotonic() - begun < 10


def test_a_budget_can_be_shared():
    budget = Budget(Limits(steps=2_000))
    expression = compile_expression("count(for i in 1..900 return i)")
    assert expression.evaluate({}, budget=budget) == 900
    with pytest.raises(BudgetExceeded):
        [expression.evaluate({}, budget=budget) for _ in range(5)]


def test_a_script_has_one_budget():
    script = compile_script("\n".join(f"a{n} = count(for i in 1..900 return i)" for n in range(9)))
    with pytest.raises(BudgetExceeded):
        script.run({}, budget=Budget(Limits(steps=4_000)))


def test_recursion_within_bounds_works():
    total = "{f: function(n) if n <= 1 then 1 else n + f(n - 1), r: f(100)}.r"
    assert compile_expression(total).evaluate({}) == 5050
