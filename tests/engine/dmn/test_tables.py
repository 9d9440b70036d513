"""Decision tables: hit policies, aggregators, allowed values, defaults, and what the trace says."""

from decimal import Decimal

import pytest

from tests.engine.dmn.models import model, table

ONE = '<output name="y"/>'
RANKED = '<output name="y"><outputValues><text>"high", "low"</text></outputValues></output>'
RULES = [("&lt; 10", '"low"'), ("&lt; 20", '"high"'), ("&gt; 50", '"low"'), ("[5..7], 100", '"low"')]
NUMBERS = [("&lt; 10", "3"), ("&lt; 20", "1"), ("&lt; 30", "2")]


def decide(body, **inputs):
    return model(body).evaluate("t", {name: Decimal(value) for name, value in inputs.items()})


@pytest.mark.parametrize(
    ("policy", "x", "expected"),
    [
        ("UNIQUE", 15, "high"),
        ("UNIQUE", 9, None),
        ("UNIQUE", 30, None),
        ("ANY", 100, "low"),
        ("ANY", 9, None),
        ("FIRST", 9, "low"),
        ("PRIORITY", 9, "high"),
        ("RULE ORDER", 6, ["low", "high", "low"]),
        ("OUTPUT ORDER", 6, ["high", "low", "low"]),
        ("COLLECT", 6, ["low", "high", "low"]),
    ],
)
def test_hit_policies(policy, x, expected):
    assert decide(table(policy, RANKED, RULES), x=x).result == expected


@pytest.mark.parametrize(("aggregation", "expected"), [("SUM", 6), ("COUNT", 3), ("MIN", 1), ("MAX", 3)])
def test_aggregators(aggregation, expected):
    assert decide(table("COLLECT", ONE, NUMBERS, aggregation), x=5).result == Decimal(expected)


def test_several_outputs_are_a_context():
    body = table("FIRST", '<output name="a"/><output name="b"/>', [("-", "x + 1", '"z"')])
    assert decide(body, x=1).result == {"a": Decimal(2), "b": "z"}


def test_a_default_is_given_when_no_rule_matches():
    output = '<output name="y"><defaultOutputEntry><text>"none"</text></defaultOutputEntry></output>'
    assert decide(table("UNIQUE", output, RULES), x=30).result == "none"


def test_an_output_that_is_not_allowed_is_null():
    outcome = decide(table("FIRST", RANKED, [("-", '"medium"')]), x=1)
    assert outcome.result is None
    assert "the output 'y' has a value that is not allowed" in outcome.reasons


def test_a_broken_unique_table_says_which_rules_matched():
    assert "hit policy UNIQUE: rules 1, 2 match" in decide(table("UNIQUE", ONE, RULES), x=9).reasons


def test_the_trace_names_inputs_matched_rules_and_outputs():
    trace = decide(table("COLLECT", ONE, NUMBERS), x=15).trace
    assert [(entry.decision, entry.matched, entry.outputs) for entry in trace] == [
        ("t", [(2, "r2"), (3, "r3")], [Decimal(1), Decimal(2)])
    ]
    assert trace[0].tables[0].inputs == [("x", Decimal(15))]


def test_a_rule_that_lacks_an_entry_is_a_problem():
    broken = model(table("UNIQUE", '<output name="a"/><output name="b"/>', [("-", "1")]))
    assert ("r1", "a rule has one entry for each input and output") in broken.problems()
    assert broken.evaluate("t", {}).result is None
