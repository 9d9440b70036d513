"""Two reports side by side: figures, lists matched by name, and which figure is the careful one (INV-1)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.packages import read_folder
from web.pages.opinions import Given, compared
from web.pages.vocabulary import Vocabulary


class Reports:
    """What the comparison reads of a definition: the package's forms, and who must be apart from whom."""

    def __init__(self, package, elements):
        self.package, self.start_form, self.elements = package, "application", elements
        self.separated = {"a": frozenset({"b"}), "b": frozenset({"a"})}


class Step:
    """A step that is sealed until another is done."""

    def __init__(self, *until):
        self.human = self
        self.sealed_until = until


@pytest.fixture(scope="module")
def words():
    elements = {"a": Step("b"), "b": Step("a")}
    return Vocabulary(Reports(read_folder("bpmn/loan_origination"), elements), "zh")


def rows(words, a, b):
    sides = [Given(name, name, "某", None, (), False, form) for name, form in (("a", a), ("b", b))]
    [pair] = compared(sides, words)
    return {row["label"]: row for row in pair["rows"]}


@pytest.fixture(autouse=True)
def context(app):
    with app.test_request_context():
        yield


def test_income_is_careful_when_lower_and_debt_when_higher(words):
    found = rows(
        words,
        {"a_cash": Decimal(5), "a_bank_debts": Decimal(9), "a_payables": Decimal(1)},
        {"b_cash": Decimal(7), "b_bank_debts": Decimal(8), "b_payables": Decimal(1)},
    )
    assert {label: row["careful"] for label, row in found.items()} == {"现金与存款": "a", "银行借款": "a", "应付款": ""}
    assert found["现金与存款"]["gap"] == "差 2.00"


def test_guarantors_are_matched_by_name_and_one_that_is_missing_shows(words):
    first = [{"guarantor": "甲", "guarantor_assets": Decimal(9)}, {"guarantor": "乙", "guarantor_assets": Decimal(5)}]
    second = [{"guarantor": "乙", "guarantor_assets": Decimal(4)}]
    found = rows(words, {"a_guarantors": first, "a_cash": Decimal(1)}, {"b_guarantors": second, "b_cash": Decimal(1)})
    assert found["乙 · 保证人资产"]["careful"] == "b"
    assert found["乙 · 保证人资产"]["gap"] == "差 1.00"
    assert (found["甲 · 保证人资产"]["b"], found["甲 · 保证人资产"]["differs"]) == ("—", True)


def test_what_matters_most_stands_first_and_all_else_under_the_heading_of_its_form(words):
    first = {"a_cash": Decimal(5), "a_payables": Decimal(1), "a_amount": Decimal(9), "a_annual_income": Decimal(3)}
    second = {"b_cash": Decimal(7), "b_payables": Decimal(1), "b_amount": Decimal(8), "b_annual_income": Decimal(3)}
    sides = [Given(name, name, "某", None, (), False, form) for name, form in (("a", first), ("b", second))]
    [pair] = compared(sides, words)
    assert [(part["title"], part["differ"], [row["label"] for row in part["rows"]]) for part in pair["sections"]] == [
        ("主要指标", 1, ["建议金额", "年净收入"]),
        ("资产", 1, ["现金与存款"]),
        ("负债", 0, ["应付款"]),
    ]
