"""Of FEEL, only what the browser judges as the server does may decide something in a form."""

from __future__ import annotations

import pytest

from .schemas import field, problems

FIELDS = [
    field("number", "amount"),
    field("textfield", "kind"),
    field("checkbox", "agreed"),
    field("datetime", "day", subtype="date"),
    field("taglist", "papers", valuesKey="all_papers"),
    {"type": "expression", "key": "share", "expression": "=amount / 3"},
    {"type": "expression", "key": "high", "expression": "=share > 5"},
    {"type": "expression", "key": "lines", "expression": "=count(papers) + 1"},
]


@pytest.mark.parametrize(
    "condition",
    [
        "amount > 500000",
        "amount >= 1 and amount <= limit",
        'kind = "a" or kind in ("b", "c")',
        "amount in [1..5)",
        "amount between 1 and 5",
        "nothing = null or not(agreed)",
        "agreed != true",
        'list contains(["A", "AA"], rating)',
        "count(papers[item != kind]) > 1",
        "count(people[age > 17]) - 1 > 2 * floor(lines)",
        "some p in people satisfies p.age > 17",
        "date(day) < today()",
        'if amount > 5 then agreed else contains(kind, "x")',
        '客户.姓名 = "李" + kind',
        "floor(amount) + 1 > -3",
        "day != null",
        "kind = 1",
    ],
)
def test_allowed(condition):
    assert problems(*FIELDS, field("textfield", "x", hide=f"={condition}")) == []


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("amount + 0.2 = 0.3", "binary fractions"),
        ("amount * 2 > 5", "binary fractions"),
        ("count(papers) / 2 > 5", "binary fractions"),
        ("share > 0.7", "conditional.hide reads share, whose expression the browser computes differently"),
        ("high", "conditional.hide reads high"),
        ("amount = 1234567890123456", "more than 15 digits"),
        ("amount = 1e3", "write the number out"),
        ("amount = - 3", "write -3"),
        ('amount != "5"', "it compares number with text"),
        ('day = "2026-03-02"', "write date(…)"),
        ("papers = []", "compare its count"),
        ('kind between "a" and "b"', "literal numbers or dates"),
        ("amount between limit and 5", "write x >= a and x <= b"),
        ("amount in [5..1]", "the lower first"),
        ("not(amount in [1..5])", "compare with < and >"),
        ("kind in papers", "write list contains"),
        ("if amount then true else false", "write if x = true"),
        ("not(every p in people satisfies p.age > 17)", "every gives null here"),
        ('matches(kind, "a")', "matches(…) is not among the functions"),
        ("decimal(amount, 2) = 1", "decimal(…) is not among the functions"),
        ("date(2026, 3, 2) > today()", "in one text"),
        ("amount instance of number", "instance of is not among"),
        ('date(day) > @"2026-03-02"', '@"…" is not among'),
        ("(function(a) a)(agreed)", "this call is not among"),
    ],
)
def test_refused_with_what_to_write_instead(condition, message):
    found = problems(*FIELDS, field("textfield", "x", hide=f"={condition}"))
    assert [text for where, text in found if where == "x" and message in text], found


@pytest.mark.parametrize("name", ["min", "max"])
def test_limits_are_judged_twice_too(name):
    found = problems(*FIELDS, field("number", "x", validate={name: "=amount * 0.7"}))
    assert found[0][1].startswith(f"{name}: the browser calculates in binary fractions")


def test_what_is_only_shown_or_computed_by_the_server_may_be_any_feel():
    options = "=for p in people return {label: string(p.age / 2), value: p.name}"
    shown = field("select", "x", valuesExpression=options, label="{{string(amount / 3)}}")
    assert problems(*FIELDS, shown) == []
    judged = field("select", "x", valuesExpression="=for p in people return {label: p.name, value: p.age / 2}")
    assert "binary fractions" in problems(judged)[0][1]
