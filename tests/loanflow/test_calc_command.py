"""`loanflow calc`: files and standard input, exit statuses, and what goes to which stream."""

import json

import pytest
from click.testing import CliRunner

from loanflow.commands.calc import calc

TERMS = {
    "principal": "10000.00",
    "annual_rate": "0.12",
    "start": "2024-01-01",
    "periods": 6,
    "every": "P1M",
    "method": "equal_installment",
    "day_count": "30/360",
}
PAYMENTS = {
    "order": {"due": ["fee"], "advance": ["fee"]},
    "events": [
        {"type": "item", "kind": "fee", "due": "2024-01-01", "period": 1, "amount": "10"},
        {"type": "payment", "on": "2024-01-02", "amount": "4"},
    ],
}


def run(*arguments, **options):
    return CliRunner().invoke(calc, arguments, **options)


@pytest.mark.parametrize("arguments", [(), ("--json",), ("-",), ("--json", "-")])
def test_schedule_from_standard_input(arguments):
    result = run("schedule", *arguments, input=json.dumps(TERMS))
    assert result.exit_code == 0
    assert json.loads(result.stdout)["totals"]["principal"] == "10000.00"
    assert result.stderr == ""


def test_schedule_from_a_file(tmp_path):
    path = tmp_path / "terms.json"
    path.write_text(json.dumps(TERMS), encoding="utf-8-sig")
    result = run("schedule", str(path), "--json")
    assert result.exit_code == 0
    assert len(json.loads(result.stdout)["rows"]) == 6


def test_allocate():
    result = run("allocate", "--json", input=json.dumps(PAYMENTS))
    assert result.exit_code == 0
    assert json.loads(result.stdout)["payments"][0]["fee"] == "4.00"


@pytest.mark.parametrize(
    ("command", "source", "field"),
    [
        ("schedule", json.dumps(TERMS | {"periods": 0}), "periods"),
        ("schedule", "not json", "input"),
        ("schedule", "", "input"),
        ("allocate", json.dumps(PAYMENTS | {"events": [{}]}), "events[0].type"),
    ],
)
def test_broken_input_is_status_2_and_names_the_field(command, source, field):
    result = run(command, input=source)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert field in result.stderr


def test_a_file_that_is_not_there_is_status_2():
    assert run("schedule", "/nowhere/terms.json").exit_code == 2
