"""Every operation says what it takes and gives, refuses what it does not know, and gives only what it says."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Invalid
from engine.values import check_variable
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


def test_a_whole_life_gives_only_the_outputs_that_are_declared(case):
    number = case.register()
    common = {"application_no": number, "reason_code": "X", "reason": "x"}
    given_outputs = {
        "customer.identify": case.call("customer.identify", kind="person", name="某", id_number="1"),
        "application.register": case.call(
            "application.register",
            customer_id="C-000001",
            product="personal_business",
            amount=Decimal(100000),
            term_months=Decimal(12),
            purpose="进货",
            repayment_method="equal_installment",
            guarantee_kind="credit",
        ),
        "opinion.record": case.call(
            "opinion.record", application_no=number, stage="legal", opinion="for", reasons="可"
        ),
        "resolution.record": case.resolve(number),
        "conditions.fulfil": case.call("conditions.fulfil", application_no=number, fulfilled=[]),
        "contract.draft": (drafted := case.draft(number)),
        "contract.sign": case.sign(drafted["contract_no"]),
        "loan.disburse": case.disburse(drafted["contract_no"]),
        "ledger.compare": case.call("ledger.compare", loan_no=f"L-2026-{case.unit_id}-0001"),
        "disbursement.preconditions": case.call(
            "disbursement.preconditions",
            contract_no=drafted["contract_no"],
            amount=Decimal(100000),
            registered_kinds=["mortgage"],
            credit_query_days=Decimal(30),
        ),
        "customer.identify_related": case.call("customer.identify_related", customer_id="C-000001"),
        "customer.statement": case.call("customer.statement", customer_id="C-000001", as_of="2025-12-31", figures={}),
        "customer.rated": case.call("customer.rated", customer_id="C-000001", rating="AA"),
        "customer.exposure": case.call("customer.exposure", customer_id="C-000001"),
        "investigators.assign": case.call("investigators.assign", role="account_manager"),
        "collateral.record": case.call("collateral.record", application_no=number, amount=Decimal(100000)),
        "product.terms": case.call("product.terms", application_no=number),
        "notice.send": case.call("notice.send", to="borrower", template="paid"),
    }
    case.business_key, case.instance_id = "A-9", type(case.instance_id)(int=9)
    common["application_no"] = case.register()
    given_outputs["application.refuse"] = case.call("application.refuse", **common)
    given_outputs["application.not_disbursed"] = case.call("application.not_disbursed", **common, stage="signing")
    for name, outputs in given_outputs.items():
        assert set(outputs) == set(OPERATIONS[name].outputs), name
        check_variable(outputs, name)
    seen_in_their_own_tests = {
        "vote.tally",
        "guarantee.register",
        "contract.review",
        "contract.void",
        "conditions.status",
    }
    seen_in_their_own_tests |= {
        name
        for name in OPERATIONS
        if name.partition(".")[0]
        in {
            "signing",
            "security",
            "visit",
            "prospect",
            "target",
            "complaint",
            "meeting",
            "responsibility",
            "handover",
            "archive",
            "payment",
        }
    }
    seen_in_their_own_tests |= {"conditions.status", "loan.reverse", "draw.open"}
    seen_in_their_own_tests |= {"disbursement.waive", "disbursement.print"}
    assert set(OPERATIONS) - set(given_outputs) == seen_in_their_own_tests


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
