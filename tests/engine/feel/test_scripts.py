"""Script tasks: a line for each assignment."""

from decimal import Decimal

import pytest

from engine.feel import FeelSyntaxError, compile_script

SCRIPT = """
// the fee
fee = amount * 0.01   // one per cent
费率 = "a // b"

lines = [
  fee,
  fee + 1   // a bracket is open
]
total = sum(lines)
"""


def test_later_lines_see_earlier_ones():
    assert compile_script(SCRIPT).run({"amount": Decimal(100), "total": Decimal(9)}) == {
        "fee": Decimal("1.00"),
        "费率": "a // b",
        "lines": [Decimal("1.00"), Decimal("2.00")],
        "total": Decimal("3.00"),
    }


def test_the_checker_can_see_what_a_script_reads_and_gives():
    script = compile_script(SCRIPT)
    assert [(found.name, found.line) for found in script.assignments] == [
        ("fee", 3),
        ("费率", 4),
        ("lines", 6),
        ("total", 10),
    ]
    assert script.names == {"amount"}


def test_an_empty_script_gives_nothing():
    assert compile_script("\n  // nothing\n").run({}) == {}


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a = 1\nparameters = 2", "parameters cannot be assigned", 2),
        ("item = 1", "item cannot be assigned", 1),
        ("nrOfInstances = 1", "nrOfInstances cannot be assigned", 1),
        ("if = 1", "cannot be assigned", 1),
        ("a.b = 1", "name = expression", 1),
        ("1 + 2", "name = expression", 1),
        ("a == 1", "write =", 1),
        ("\n\na = (1 +\n 2\n", "is missing", 5),
        ("a = 1\n\nb = 2 +", "too early", 3),
        ("a = 1 b = 2", "after the end", 1),
        ("a = b == 2", "write =", 1),
    ],
)
def test_a_refusal_names_the_line(text, message, line):
    with pytest.raises(FeelSyntaxError) as refusal:
        compile_script(text)
    assert message in str(refusal.value)
    assert refusal.value.line <= line
