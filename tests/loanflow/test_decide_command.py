"""`loanflow decide`: a line of JSON for each line, errors within lines, and the exit status."""

import json

import pytest
from click.testing import CliRunner

from loanflow.commands.decide import decide
from tests.engine.dmn.models import definitions, literal, needs

MODEL = definitions(
    '<inputData id="x" name="x"/>'
    + literal("echo", "x", needs("Input", "x"))
    + literal("twice", "echo + echo", needs("Decision", "echo"))
    + literal("zone", 'date and time("2026-03-02T09:00:00")')
    + literal("third", "1 / 3")
    + literal("maker", "function(a) a")
    + literal("endless", "count(for i in 1..9999 return for j in 1..9999 return i)")
    + literal("day", "today() instance of date")
)


@pytest.fixture
def ask(tmp_path):
    file = tmp_path / "model.dmn"
    file.write_text(MODEL)

    def answers(*lines):
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        result = CliRunner().invoke(decide, [str(file)], input=text)
        assert result.exit_code == 0, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    return answers


@pytest.mark.parametrize(
    ("literal_text", "expected"),
    [
        ("1.5", 1.5),
        ('"a"', "a"),
        ("null", None),
        ('[true, date("2026-03-02")]', [True, "2026-03-02"]),
        ('{a: @"P1DT2H", b: @"P14M"}', {"a": "P1DT2H", "b": "P1Y2M"}),
        ("12345678901234567890", {"number": "12345678901234567890"}),
        ("[1..3)", "[1..3)"),
    ],
)
def test_results_are_json(ask, literal_text, expected):
    assert ask({"decision": "echo", "input": {"x": literal_text}}) == [{"result": expected}]


def test_numbers_are_text_only_where_json_would_lose_digits(ask):
    assert ask({"decision": "third"}) == [{"result": {"number": "0.3333333333333333333333333333333333"}}]


def test_a_date_time_without_zone_stays_without(ask):
    assert ask({"decision": "zone"}, {"decision": "day"}) == [{"result": "2026-03-02T09:00:00"}, {"result": True}]


def test_an_input_may_replace_a_decision(ask):
    assert ask({"decision": "twice", "input": {"echo": "4"}}) == [{"result": 8}]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ("[1]", "a line is"),
        ({"decision": "nothing"}, "no decision 'nothing'"),
        ({"decision": "echo", "input": {"x": "1 +"}}, "input 'x'"),
        ({"decision": "echo", "input": {"x": "abc"}}, "no literal"),
        ({"decision": "echo", "input": {"x": 'date("2026-13-01")'}}, "is not a date"),
        ({"decision": "echo", "input": {"x": 5}}, "must be a FEEL literal as text"),
        ({"decision": "echo", "input": [1]}, "input: must be an object"),
        ({"decision": "maker"}, "function"),
        ({"decision": "echo", "input": {"x": '"\ud800"'}}, "half of a surrogate pair"),
        ({"decision": "endless"}, "exceeds its bound"),
    ],
)
def test_an_error_is_an_answer_and_the_next_line_is_read(ask, line, message):
    broken, whole = ask(line, {"decision": "echo", "input": {"x": "1"}})
    assert message in broken["error"]
    assert whole == {"result": 1}


@pytest.mark.parametrize("content", [None, "<broken", "<definitions/>"])
def test_a_file_that_cannot_be_read_is_broken_input(tmp_path, content):
    file = tmp_path / "model.dmn"
    if content is not None:
        file.write_text(content)
    result = CliRunner().invoke(decide, [str(file)], input="{}\n")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert str(file) in result.stderr
