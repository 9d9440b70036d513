"""`package.yaml` is typed, and each defect is named with its line."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from engine.packages import Parameter
from engine.packages.manifest import MAX_PROBLEMS, read_manifest
from engine.values import YearsMonths

WHOLE = """\
title: {zh: 贷款发放, en: Loan origination}
roles: [intake_clerk, dept_manager]
parameters:
  majority: {type: text, default: "2/3", title: {zh: 通过比例, en: Majority}}
  limit: {type: number, default: 500000.50}
  wait: {type: duration, default: P1DT2H}
search: [application_no, amount]
parties: {customer: borrower_id}
numbering: {business_key: "A-{year}-{seq:4}"}
"""


def test_reads_everything():
    manifest, problems = read_manifest(WHOLE.encode())
    assert problems == []
    assert manifest.title == {"zh": "贷款发放", "en": "Loan origination"}
    assert manifest.roles == ("intake_clerk", "dept_manager")
    assert manifest.parameters["majority"] == Parameter("text", "2/3", {"zh": "通过比例", "en": "Majority"})
    assert manifest.parameters["limit"].default == Decimal("500000.50")
    assert manifest.search == ("application_no", "amount")
    assert manifest.numbering == {"business_key": "A-{year}-{seq:4}"}


def test_the_main_facts_are_named_as_fields_or_called_by_a_name():
    brief = "brief: [{title: {zh: 申请, en: Application}, facts: [amount, {debt_ratio: a_debt_ratio}]}]\n"
    manifest, problems = read_manifest((WHOLE + brief).encode())
    assert problems == []
    [section] = manifest.brief
    assert (section.title["en"], section.facts) == ("Application", {"amount": "", "debt_ratio": "a_debt_ratio"})


def test_roles_may_have_titles():
    titled = WHOLE.replace("[intake_clerk, dept_manager]", "{intake_clerk: {zh: 受理岗, en: Intake}, dept_manager: }")
    manifest, problems = read_manifest(titled.encode())
    assert problems == []
    assert manifest.roles == ("intake_clerk", "dept_manager")
    assert manifest.role_titles == {"intake_clerk": {"zh": "受理岗", "en": "Intake"}}
    assert read_manifest(WHOLE.encode())[0].role_titles == {}


def test_parties_have_defaults_of_their_own():
    manifest, _ = read_manifest(WHOLE.encode())
    assert manifest.parties == {"customer": "borrower_id", "guarantors": "guarantor_ids"}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("colour: red", "unknown"),
        ("brief: {a: b}", "list of sections"),
        ("brief: [{facts: [a]}]", "title and facts"),
        ("brief: [{title: x, facts: [a b]}]", "write a variable"),
        ("brief: [{title: x, facts: [{a: 5}]}]", "write a variable"),
        ("roles: clerk", "list of names"),
        ("roles: [clerk, clerk]", "twice"),
        ("roles: [12]", "must be text"),
        ("roles: {clerk: 12}", "must be text, or a map"),
        ('roles: ["a,b"]', "without a comma"),
        ("search: {a: b}", "list of names"),
        ("parties: {customer: 5}", "process variable"),
        ("parameters: [a]", "must be a map"),
        ("parameters: {a: 5}", "must be a map"),
        ("parameters: {a: {type: money}}", "needs one of the types"),
        ("parameters: {a: {type: number, default: '5'}}", "not of the type number"),
        ("parameters: {a: {type: duration, default: 5 days}}", "not of the type duration"),
        ("parameters: {a: {type: date, default: 2026-02-30}}", "not of the type date"),
        ("parameters: {a: {type: text, colour: red}}", "unknown key"),
        ("parameters: {a-b: {type: text}}", "cannot be read as parameters"),
        ("values: [own]", "must be a map such as"),
        ("values: {own: [x]}", "must be text, or a map"),
        ("numbering: {business_key: 'A-{day}-{seq}'}", "unknown placeholder"),
        ("numbering: {business_key: 'A-{year}'}", "must hold {seq}"),
        ("numbering: {business_key: 'A-{seq}}'}", "brace"),
        ("numbering: {business_key: 5}", "in quotes"),
    ],
)
def test_names_each_defect_and_its_line(line, says):
    _, problems = read_manifest(f"title: x\n\n{line}\n".encode())
    assert [problem.line for problem in problems] == [3]
    assert says in problems[0].message


@pytest.mark.parametrize("text", [b"", b"- a", b"title: [", b"a: 1\na: 2", b"\xff"])
def test_a_broken_file_is_one_problem(text):
    manifest, problems = read_manifest(text)
    assert len(problems) == 1
    assert manifest.roles == ()


@pytest.mark.parametrize(
    ("kind", "default", "value"),
    [
        ("date", "2026-03-02", date(2026, 3, 2)),
        ("time", '"12:30:00"', time(12, 30)),
        ("duration", "P1DT2H", timedelta(days=1, hours=2)),
        ("duration", "P1Y2M", YearsMonths(14)),
        ("number", "0.10", Decimal("0.10")),
        ("text", "P1D", "P1D"),
        ("duration", "null", None),
    ],
)
def test_parameters_have_values_of_their_type(kind, default, value):
    manifest, problems = read_manifest(f"title: x\nparameters: {{p: {{type: {kind}, default: {default}}}}}".encode())
    assert problems == []
    assert manifest.parameters["p"].value == value


def test_not_every_one_of_thousands_of_defects_is_looked_up():
    """Finding the line of one is a walk through the file: fifty thousand keys held a server for minutes."""
    _, problems = read_manifest("".join(f"k{n}: 1\n" for n in range(300)).encode())
    assert len(problems) == MAX_PROBLEMS
    assert (problems[-1].line, problems[0].line) == (MAX_PROBLEMS, 1)
