"""Schedules and allocations with answers known from elsewhere (tests/vectors)."""

import json
from pathlib import Path

import pytest

from lending.allocation import allocate
from lending.allocation_documents import allocations_document, read_events
from lending.documents import parse_document
from lending.schedule import build_schedule
from lending.schedule_documents import read_terms, schedule_document

VECTORS = Path(__file__).parents[1] / "vectors"


def cases(name):
    return [pytest.param(case, id=case["id"]) for case in json.loads((VECTORS / name).read_text())["cases"]]


def read(case):
    return parse_document(json.dumps(case["input"]).encode())


@pytest.mark.parametrize("case", cases("schedules.json"))
def test_schedule(case):
    terms = read_terms(read(case))
    rows = schedule_document(build_schedule(terms), terms.unit)["rows"]
    assert len(rows) == len(case["input"]["due_dates"])
    for expected in case["rows"]:
        found = rows[expected["n"] - 1]
        assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize("case", cases("allocations.json"))
def test_allocation(case):
    payments = allocations_document(allocate(*read_events(read(case))))["payments"]
    assert len(payments) == len(case["payments"])
    for expected, found in zip(case["payments"], payments, strict=True):
        assert {key: found[key] for key in expected} == expected
