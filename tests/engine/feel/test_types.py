"""`instance of`, and what a parameter takes: the types of DMN 1.5, section 10.3.2.9."""

import pytest

from engine.feel import compile_expression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 instance of Any", True),
        ("null instance of Any", False),
        ("null instance of Null", True),
        ('@"P1D" instance of duration', True),
        ('@"P1D" instance of years and months duration', False),
        ('@"2026-03-02T09:00:00" instance of date', False),
        ("[1, null] instance of list<number>", True),
        ("[1, [2]] instance of list<number>", False),
        ("[1..3] instance of range<number>", True),
        ('(< @"2026-03-02") instance of range<date>', True),
        ("[1..3] instance of list<number>", False),
        ("{a: 1, b: 2} instance of context<a: number>", True),
        ("{a: 1} instance of context<a: number, b: number>", False),
        ("{a: {b: 1}} instance of context<a: context<b: string>>", False),
        ("abs instance of function", True),
        ("(function(a) a) instance of function<number>->number", True),
        ("(function(a: Any) 1) instance of function<number>->Any", True),
        ("(function(a: number) 1) instance of function<Any>->number", False),
        ("(function(a: duration) 1) instance of function<days and time duration>->number", True),
        ('(function() "x") instance of function<>->number', False),
        ("(function(a: string) 1) instance of function<string, number>->number", False),
        ("(function(a: list<number>) {b: 1, c: 2}) instance of function<list<number>>->context<b: number>", True),
        ("(function(a: list<number>) {b: 1}) instance of function<list<number>>->context<c: number>", False),
        (
            "(function(a: context<a: string>) 1) instance of function<context<a: string, b: string>>->number",
            True,
        ),
        (
            "(function(a: context<a: string, b: string>) 1) instance of function<context<a: string>>->number",
            False,
        ),
        ("(function(f: function<number>->number) f(2))(function(x: number) x * 2)", 4),
        ("(function(f: function<number>->number) f(2))(function(x: string) x)", None),
        ("(function(r: range<number>) 2 in r)([1..3])", True),
    ],
)
def test_types(text, expected):
    assert compile_expression(text).evaluate({}) == expected
