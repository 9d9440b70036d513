"""What is FEEL, what is not, and what the refusal tells the author to write."""

import pytest

from engine.feel import FeelSyntaxError, compile_expression, compile_unary_tests, unwrap


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("a == 1", "write ="),
        ("a && b", "write and"),
        ("a || b", "write or"),
        ("!a", "write not(x)"),
        ("a % 2", "modulo(a, b)"),
        ("a eq 1", "write ="),
        ("empty a", "count(x) = 0"),
        ("5 gt a", "write >"),
        ("(count(a) eq 3)", "write ="),
        ("not a", "write not(x)"),
        ("a instanceof b", "write instance of"),
        ("a ? b : c", "if c then x else y"),
        ("'text'", "double quotes"),
        ("“文字”", "full-width"),
        ("金额＞5", "write >"),
        ("${a}", "without ${"),
        ('"abc', 'closing "'),
        ("a /* b", "*/ is missing"),
        ("", "empty"),
        ("1 +", "too early"),
        ("(1, 2)", "')' is missing"),
        ("if a then b", "'else' is missing"),
        ("{a: 1, a: 2}", "twice"),
        ("f(1, b: 2)", "'"),
        ("[1..3", "a range ends with"),
        ("1 2", "after the end"),
    ],
)
def test_a_refusal_says_what_to_write(text, advice):
    with pytest.raises(FeelSyntaxError) as refusal:
        compile_expression(text)
    assert advice in str(refusal.value)


def test_a_refusal_names_line_and_column():
    with pytest.raises(FeelSyntaxError) as refusal:
        compile_expression("a +\n  b == c")
    assert (refusal.value.line, refusal.value.column) == (2, 5)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "[" * 5000,
        "-" * 5000 + "1",
        "if true then 1 else " * 3000 + "1",
        "{a: " * 3000,
        "a" + ".b" * 5000,
        "not(" * 3000,
        "[1.." * 3000,
        "x instance of " + "list<" * 3000,
        '"' + "a" * 200_000 + '"',
    ],
)
def test_text_without_end_is_refused_rather_than_crashing(text):
    with pytest.raises(FeelSyntaxError):
        compile_expression(text)


def test_long_chains_are_not_deep():
    assert compile_expression(" + ".join(["1"] * 5000)).evaluate({}) == 5000
    assert compile_expression(" and ".join(["true"] * 5000)).evaluate({}) is True


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("${a}", "a"),
        (" ${ {b: {c: 1}}.b } ", "{b: {c: 1}}.b"),
        ("= a + 1", "a + 1"),
        ("=a", "a"),
    ],
)
def test_unwrapping_takes_the_whole_text(text, expression):
    assert unwrap(text) == expression


@pytest.mark.parametrize("text", ["Nr ${nr}", "${a} days", "plain"])
def test_text_around_an_expression_is_refused(text):
    with pytest.raises(FeelSyntaxError):
        unwrap(text)


def test_names_are_the_free_variables():
    expression = compile_expression(
        "count(loans[rate > limit].amount) + sum(for x in xs return x * factor) + {a: b, c: a}.c"
    )
    assert expression.names == {"loans", "xs", "factor", "b"}
    assert expression.possible_names == {"rate", "limit"}
    assert compile_expression("count(count)").possible_names == {"count"}


def test_unary_tests_read_the_input_and_variables():
    assert compile_unary_tests("> limit, ? = other").names == {"limit", "?", "other"}


def test_one_text_is_compiled_once():
    assert compile_expression("a + 1") is compile_expression("a + 1")
