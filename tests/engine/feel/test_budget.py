"""Work beyond its bounds is an error, never null, and never hangs."""

import time
import tracemalloc

import pytest

from engine.feel import Budget, BudgetExceeded, Limits, compile_expression, compile_script


def _nested(depth, last):
    """A context whose list a1 is held twice by a2, and so on: few lists, with two to the power of `depth` items."""
    lists = ", ".join(f"a{n}: [a{n - 1}, a{n - 1}]" for n in range(2, depth + 1))
    return f"{{a1: [1], {lists}, last: {last}}}.last"


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
        _nested(60, "a60 instance of " + "list<" * 60 + "number" + ">" * 60),
        _nested(60, "(function(x: " + "list<" * 60 + "number" + ">" * 60 + ") 1)(a60)"),
        _nested(60, "a60.b"),
        _nested(60, "5 in a60"),
        'matches("' + "a" * 40 + '!", "(a|aa)+$")',
        'replace("' + "a" * 40 + '!", "(a|aa)+$", "x")',
        "distinct values(for i in 1..9999 return i)",
        "for i in 1..9999 return [" + "1, " * 20_000 + "1]",
        "for i in 1..9999 return " + " + ".join(["1"] * 20_000),
        "(for i in 1..9999 return i)[" + " and ".join(["item > 0"] * 5_000) + "]",
        "{l: for i in 1..999 return i, r: for a in l, b in l, c in [] return 1}.r",
        "some " + ", ".join(f"x{n} in [1, 2]" for n in range(60)) + " satisfies false",
        "{c: {" + ", ".join(f"a{n}: 1" for n in range(900)) + "}, r: for i in 1..9999 return get entries(c)}.r",
        "for i in 1..9999 return exp(i / 7) ** 0.12345",
    ],
)
def test_every_kind_of_excess_is_an_error(text):
    expression = compile_expression(text)
    begun = time.thread_time()
    with pytest.raises(BudgetExceeded):
        expression.evaluate({}, budget=Budget(Limits(steps=50_000, seconds=0.3)))
    assert time.thread_time() - begun < 1


@pytest.mark.parametrize(
    "text",
    [
        "1 in (" * 40 + "1" + ") + 1" * 40,
        "{" + ", ".join(f"a b{n}: 1" for n in range(8_000)) + "}",
        "for i in [1] return " * 70 + " + ".join(["1"] * 20_000),
    ],
)
def test_parsing_takes_time_in_proportion_to_the_length(text):
    begun = time.thread_time()
    compile_expression(text)
    assert time.thread_time() - begun < 2


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..9999 return [" + "1, " * 20_000 + "1]",
        "for i in 1..9999 return {" + ", ".join(f"a{n}: 1" for n in range(2_000)) + "}",
        "for i in 1..9999 return for j in 1..99 return {a: {b: {c: 1}}}",
        "for i in 1..9999 return for j in 1..99 return function(x) x",
        "for i in 1..9999 return string(1e6144)",
        "{c: {" + ", ".join(f"a{n}: 1" for n in range(900)) + '}, r: for i in 1..9999 return context put(c, "z", i)}.r',
    ],
)
def test_what_is_kept_stays_within_memory(text):
    """An eighth of the steps that are allowed makes no more than an eighth of some tens of megabytes."""
    expression = compile_expression(text)
    tracemalloc.start()
    try:
        with pytest.raises(BudgetExceeded):
            expression.evaluate({}, budget=Budget(Limits(steps=250_000)))
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_no_list_holds_itself():
    """`partial` is what there was before each turn, also where a result keeps it."""
    value = compile_expression("for i in 1..3 return {so far: partial}").evaluate({})
    assert [len(turn["so far"]) for turn in value] == [0, 1, 2]
    assert compile_expression("for i in 1..3 return partial").evaluate({}) == [[], [[]], [[], [[]]]]


def test_a_budget_can_be_shared():
    budget = Budget(Limits(steps=10_000))
    expression = compile_expression("count(for i in 1..900 return i)")
    assert expression.evaluate({}, budget=budget) == 900
    with pytest.raises(BudgetExceeded):
        [expression.evaluate({}, budget=budget) for _ in range(5)]


def test_a_script_has_one_budget():
    script = compile_script("\n".join(f"a{n} = count(for i in 1..900 return i)" for n in range(9)))
    with pytest.raises(BudgetExceeded):
        script.run({}, budget=Budget(Limits(steps=4_000)))


def test_replacing_takes_time_in_proportion_to_the_text():
    text = "ab" * 40_000
    assert compile_expression('replace(t, "a", "x")').evaluate({"t": text}) == "xb" * 40_000


def test_recursion_within_bounds_works():
    total = "{f: function(n) if n <= 1 then 1 else n + f(n - 1), r: f(100)}.r"
    assert compile_expression(total).evaluate({}) == 5050
