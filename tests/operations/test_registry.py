"""Every operation says what it takes and gives, refuses what it does not know, and gives only what it says."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Invalid
from operations.declaring import operation
from operations.inputs import context, money, optional, rate, read_inputs, text, texts, whole
from operations.registry import OPERATIONS

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.decimals(allow_nan=True),
    st.text(max_size=20),
    st.dates(),
    st.lists(st.text(max_size=3)),
)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: operation.name)
def test_an_operation_explains_itself(operation):
    assert OPERATIONS[operation.name] is operation
    assert operation.title
    assert operation.outputs
    for explained in (operation.inputs, operation.outputs, operation.errors):
        assert all(line and "\n" not in line for line in explained.values())


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: operation.name)
def test_an_unknown_input_is_refused_by_name(operation):
    with pytest.raises(Invalid) as refused:
        operation.run(None, surprise=Decimal(1))
    assert refused.value.errors["surprise"] == "is not an input of this operation"


@pytest.mark.parametrize("gives", [{}, {"a": Decimal(1), "b": Decimal(2)}, {"a": 0.5}, {"b": None}])
def test_an_operation_that_gives_something_else_than_it_says_breaks(gives):
    @operation("x", "X", inputs={}, outputs={"a": "one"})
    def broken(_call):
        return gives

    with pytest.raises((TypeError, ValueError)):
        broken.run(None)


def read(wanted, value):
    """The value as an operation gets it, or the names of the inputs that were refused."""
    try:
        return read_inputs({"x": wanted}, {"x": value})["x"], None
    except Invalid as invalid:
        return None, list(invalid.errors)


@given(VALUES)
def test_an_amount_is_read_exactly_or_refused(value):
    found, refused = read(money("Amount"), value)
    if refused:
        assert refused == ["x"]
    else:
        assert found == value
        assert found > 0
        assert found.as_tuple().exponent == -2


@given(VALUES)
def test_rates_numbers_and_lists_are_read_exactly_or_refused(value):
    for wanted in (rate("Rate"), whole("Months"), texts("Texts"), context("Facts")):
        found, refused = read(wanted, value)
        if refused:
            assert refused == ["x"]
        else:
            assert found == ([item.strip() for item in value] if isinstance(value, list) else value)


@pytest.mark.parametrize("given_value", [{}, {"x": None}, {"x": ""}, {"x": "  "}])
def test_an_optional_input_may_be_missing_null_or_blank(given_value):
    assert read_inputs({"x": optional(text("X"), "default")}, given_value) == {"x": "default"}
    with pytest.raises(Invalid):
        read_inputs({"x": text("X")}, given_value)


def test_every_wrong_input_is_named_at_once():
    with pytest.raises(Invalid) as refused:
        read_inputs({"a": money("A"), "b": whole("B"), "c": texts("C")}, {"a": Decimal(0), "c": ["x", " "], "d": 1})
    assert set(refused.value.errors) == {"a", "b", "c", "d"}
    assert refused.value.errors["c"] == "item 2 must not be blank"


def test_a_date_time_is_no_day(case):
    number = case.register()
    case.resolve(number)
    contract_no = case.draft(number)["contract_no"]
    with pytest.raises(Invalid, match="signed_on: must be a date"):
        case.sign(contract_no, signed_on=dt.datetime(2026, 3, 9, tzinfo=dt.UTC))
