"""What the schedule's JSON may say, and which field an error names."""

import json
from decimal import Decimal

import pytest

from lending.documents import parse_document
from lending.errors import InvalidField
from lending.schedule import build_schedule
from lending.schedule_documents import read_terms, schedule_document

TERMS = {
    "principal": "10000.00",
    "annual_rate": "0.12",
    "start": "2024-01-01",
    "periods": 6,
    "every": "P1M",
    "method": "equal_installment",
    "day_count": "30/360",
}
GONE = object()


def text(**changes):
    """The terms with changes; `GONE` takes a field away."""
    return json.dumps({name: value for name, value in (TERMS | changes).items() if value is not GONE})


def compute(source):
    terms = read_terms(parse_document(source.encode()))
    return schedule_document(build_schedule(terms), terms.unit)


def with_due_dates(*days):
    return text(periods=GONE, every=GONE, due_dates=list(days))


def test_example_of_the_contract():
    found = compute(text())
    assert found["rows"][0] == {
        "n": 1,
        "due": "2024-02-01",
        "principal": "1625.48",
        "interest": "100.00",
        "total": "1725.48",
        "balance": "8374.52",
    }
    assert found["rows"][-1]["balance"] == "0.00"
    assert found["totals"] == {"principal": "10000.00", "interest": "352.91", "total": "10352.91"}


def test_numbers_are_read_exactly_as_written():
    source = text().replace('"10000.00"', "10000.00").replace('"0.12"', "0.1200000000000000000000001")
    terms = read_terms(parse_document(source.encode()))
    assert terms.annual_rate == Decimal("0.1200000000000000000000001")
    assert terms.principal == Decimal("10000.00")


def test_amounts_carry_the_digits_of_the_unit():
    rows = compute(text(unit="100", principal="10050"))["rows"]
    assert [row["principal"] for row in rows] == ["1600", "1600", "1600", "1600", "1700", "1950"]
    assert compute(text(unit="0.001", periods=1))["rows"][0]["interest"] == "100.000"


def test_a_principal_finer_than_the_unit_is_repaid_to_the_last_digit():
    found = compute(text(principal="100.005", periods=2))
    assert sum(Decimal(row["principal"]) for row in found["rows"]) == Decimal("100.005")
    assert found["totals"]["principal"] == "100.005"


@pytest.mark.parametrize("name", ["principal", "annual_rate", "start", "periods", "every", "method", "day_count"])
def test_a_missing_field_is_named(name):
    with pytest.raises(InvalidField, match="is missing") as refused:
        compute(text(**{name: GONE}))
    assert refused.value.field == name


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("principal", "0"),
        ("principal", "-1"),
        ("principal", True),
        ("principal", None),
        ("principal", "1,000"),
        ("principal", "１０００"),
        ("principal", " 1"),
        ("principal", "NaN"),
        ("principal", float("nan")),
        ("principal", float("inf")),
        ("principal", ["1"]),
        ("principal", "1e30"),
        ("principal", 10**1500),
        ("principal", "1" * 39),
        ("annual_rate", "-0.01"),
        ("annual_rate", "12%"),
        ("annual_rate", "101"),
        ("annual_rate", False),
        ("start", "2024-02-30"),
        ("start", "20240101"),
        ("start", "2024-01-01T00:00:00"),
        ("start", 20240101),
        ("periods", 0),
        ("periods", -1),
        ("periods", 10_000_000),
        ("periods", 10**400),
        ("periods", "6"),
        ("periods", 6.5),
        ("periods", True),
        ("every", "1M"),
        ("every", "P0M"),
        ("every", "PT1H"),
        ("every", "-P1M"),
        ("every", "P1.5M"),
        ("every", 1),
        ("method", "annuity"),
        ("method", ["flat"]),
        ("day_count", "30/365"),
        ("rounding", "half_up"),
        ("rounding", None),
        ("unit", "0"),
        ("unit", "-0.01"),
        ("unit", True),
        ("instalment_unit", "0"),
        ("instalment_unit", "cent"),
        ("principal_grace", 6),
        ("principal_grace", -1),
        ("principal_grace", "1"),
        ("principle", "1"),
    ],
)
def test_a_wrong_field_is_named(field, value):
    with pytest.raises(InvalidField) as refused:
        compute(text(**{field: value}))
    assert refused.value.field == field


def test_periods_that_leave_the_calendar_are_refused():
    with pytest.raises(InvalidField) as refused:
        compute(text(periods=12_000, every="P1Y"))
    assert refused.value.field == "periods"


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ([], "due_dates"),
        (["2023-12-01"], "due_dates[0]"),
        (["2024-01-01"], "due_dates[0]"),
        (["2024-02-01", "2024-02-01"], "due_dates[1]"),
        (["2024-02-01", "2024-03-01", "2024-02-15"], "due_dates[2]"),
        (["2024-02-01", "2024-02-31"], "due_dates[1]"),
        (["2024-02-01", 5], "due_dates[1]"),
    ],
)
def test_wrong_due_dates_are_named(days, field):
    with pytest.raises(InvalidField) as refused:
        compute(with_due_dates(*days))
    assert refused.value.field == field


def test_due_dates_take_the_place_of_periods():
    assert compute(with_due_dates("2024-02-01", "2024-03-01")) == compute(text(periods=2))
    with pytest.raises(InvalidField, match="due_dates"):
        compute(text(due_dates=["2024-02-01"]))
    with pytest.raises(InvalidField, match="must be a list"):
        compute(text(periods=GONE, every=GONE, due_dates="2024-02-01"))


@pytest.mark.parametrize(
    "source", ["", "[]", "1", '"x"', "{", "null", "{'principal': 1}", "[" * 100_000, '{"a": 1} {}']
)
def test_what_is_no_json_object_is_refused(source):
    with pytest.raises(InvalidField) as refused:
        compute(source)
    assert refused.value.field == "input"


def test_a_field_given_twice_is_refused():
    with pytest.raises(InvalidField, match="unit: is given twice"):
        compute('{"unit": "1", "unit": "2"}')


def test_text_in_another_encoding_is_refused():
    with pytest.raises(InvalidField, match="UTF-8"):
        parse_document("利息".encode("gbk"))


def test_a_number_of_thousands_of_digits_is_refused():
    with pytest.raises(InvalidField) as refused:
        compute(text().replace('"periods": 6', '"periods": ' + "9" * 5000))
    assert refused.value.field == "periods"


def test_nothing_is_written_without_a_sign():
    assert compute(text(annual_rate="-0.0"))["rows"][0]["interest"] == "0.00"
