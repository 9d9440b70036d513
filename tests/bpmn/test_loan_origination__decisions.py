"""The decision tables of loan origination at their limits: rating, degree of risk, authority, kind of payment."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dmn import read_model
from engine.packages import Package

GOOD = {
    "customer_kind": "person",
    "overdue_count": 0,
    "credit_standing": "good",
    "debt_ratio": 20,
    "service_cover": 2,
    "payment_ratio": 30,
    "stability_years": 5,
    "contingent_ratio": 0,
    "term_months": 36,
    "collateral_gap": None,
}
FIRM = {**GOOD, "customer_kind": "company", "current_ratio": 1.5, "net_margin": 15}


_RATING = read_model(Path("bpmn/loan_origination/rating.dmn").read_bytes())


def decide(package: Package, decision: str, **inputs: Any) -> Any:
    model = read_model(package.files[package.decisions[decision]])
    exact = {name: Decimal(str(value)) if isinstance(value, int | float) else value for name, value in inputs.items()}
    return model.evaluate(decision, exact).result


@pytest.mark.parametrize(
    ("changed", "score", "rating"),
    [
        ({}, 100, "A"),
        ({"overdue_count": 2, "debt_ratio": 40, "service_cover": 1.99}, 81, "A"),
        ({"overdue_count": 2, "debt_ratio": 40, "service_cover": 1.5, "payment_ratio": 35}, 77, "B"),
        ({"overdue_count": 3, "debt_ratio": 60, "service_cover": 1.2, "payment_ratio": 55}, 55, "C"),
        ({"overdue_count": 6, "debt_ratio": 80, "service_cover": 0.99, "stability_years": 0.5}, 25, "D"),
        ({"debt_ratio": None, "payment_ratio": None, "service_cover": None, "contingent_ratio": None}, 70, "B"),
    ],
)
def test_rating_of_a_person_follows_from_the_points(
    package: Package, changed: dict[str, Any], score: int, rating: str
) -> None:
    """INV-5."""
    assert decide(package, "credit_score", **{**GOOD, **changed}) == score
    assert decide(package, "customer_rating", **{**GOOD, **changed}) == rating


@pytest.mark.parametrize(
    ("changed", "score"),
    [
        ({}, 100),
        ({"current_ratio": 1.49, "net_margin": 14.99}, 92),
        ({"current_ratio": 0.99, "net_margin": 4}, 82),
        ({"current_ratio": None, "net_margin": None}, 90),
        ({"contingent_ratio": 31, "credit_standing": "fair"}, 90),
        ({"payment_ratio": 99}, 100),  # is not asked of a firm
    ],
)
def test_a_firm_is_also_rated_by_liquidity_and_margin(package: Package, changed: dict[str, Any], score: int) -> None:
    """INV-5."""
    assert decide(package, "credit_score", **{**FIRM, **changed}) == score


_FIGURES = st.one_of(st.none(), st.decimals(-1000, 1000, places=2))


@given(
    st.sampled_from(["person", "company"]),
    st.integers(0, 40),
    st.sampled_from(["good", "fair", "poor"]),
    st.decimals(0, 80, places=1),
    st.fixed_dictionaries(
        dict.fromkeys(
            ("debt_ratio", "service_cover", "payment_ratio", "contingent_ratio", "current_ratio", "net_margin"),
            _FIGURES,
        )
    ),
)
def test_each_criterion_is_given_points_once_whatever_the_figures(
    kind: str, overdue: int, standing: str, years: Decimal, figures: dict[str, Any]
) -> None:
    """INV-5: no gap and no overlap between bands, missing figures included; at most 100 points."""
    given_inputs = {**figures, "customer_kind": kind, "overdue_count": Decimal(overdue)}
    given_inputs |= {"credit_standing": standing, "stability_years": years}
    points = _RATING.evaluate("score_points", given_inputs).result
    criteria = [row["criterion"] for row in points]
    assert len(criteria) == len(set(criteria)) == (7 if kind == "person" else 8)
    assert 0 <= sum(row["points"] for row in points) <= 100


@pytest.mark.parametrize(
    ("guarantee", "risk"), [("pledge", "0.10"), ("mortgage", "0.25"), ("credit", "0.50"), ("something_new", "0.50")]
)
def test_degree_of_risk_is_rating_times_guarantee(package: Package, guarantee: str, risk: str) -> None:
    """INV-6."""
    assert decide(package, "loan_risk", **GOOD, guarantee_kind=guarantee) == Decimal(risk)


@pytest.mark.parametrize(
    ("changed", "risk"),
    [
        ({"term_months": 37}, "0.28"),
        ({"term_months": 61}, "0.30"),
        ({"collateral_gap": 0}, "0.25"),
        ({"collateral_gap": 0.01}, "0.32"),
        ({"overdue_count": 9, "service_cover": 0, "debt_ratio": 99, "guarantee_kind": "none", "term_months": 61}, "1"),
    ],
)
def test_degree_of_risk_grows_with_the_term_and_with_what_collateral_leaves_open(
    package: Package, changed: dict[str, Any], risk: str
) -> None:
    """INV-6: never more than 1."""
    assert decide(package, "loan_risk", **{**GOOD, "guarantee_kind": "mortgage", **changed}) == Decimal(risk)


@pytest.mark.parametrize(
    ("guarantee", "limits"),
    [
        ("mortgage", {"residence": 70, "shop": 60, "land": 50, "machinery": 40, "vehicle": 50}),
        ("pledge", {"machinery": 40, "vehicle": 50, "deposit": 95, "receivables": 60, "stock": 40}),
        ("credit", {}),
    ],
)
def test_each_kind_of_collateral_has_its_limit(package: Package, guarantee: str, limits: dict[str, int]) -> None:
    """INV-4."""
    rows = decide(package, "collateral_limits", guarantee_kind=guarantee) or []
    assert {row["kind"]: row["limit"] for row in rows} == limits


@pytest.mark.parametrize(
    ("on", "months", "rate"),
    [("2026-03-02", 12, "3.00"), ("2026-03-02", 61, "3.50"), ("2025-05-19", 60, "3.10"), ("2019-08-19", 12, None)],
)
def test_the_reference_rate_is_that_of_the_day(package: Package, on: str, months: int, rate: str | None) -> None:
    """INV-5: the rate published last, with its source."""
    found = decide(package, "lpr", on=dt.date.fromisoformat(on), term_months=months)
    assert (found and found["rate"]) == (rate and Decimal(rate))
    assert found is None or "公布" in found["source"]


@pytest.mark.parametrize(
    ("amount", "guarantee", "rating", "level"),
    [
        (300000, "mortgage", "A", "manager"),
        (300000.01, "mortgage", "A", "general_manager"),
        (1000000, "mortgage", "B", "general_manager"),
        (1000000.01, "mortgage", "A", "committee"),
        (50000, "credit", "B", "manager"),
        (50000.01, "credit", "A", "general_manager"),
        (300000.01, "credit", "A", "committee"),
        (10000, "pledge", "C", "general_manager"),
        (10000, "pledge", "D", "committee"),
    ],
)
def test_authority_goes_up_with_amount_guarantee_and_rating(
    package: Package, amount: float, guarantee: str, rating: str, level: str
) -> None:
    """REV-6."""
    assert decide(package, "authority", proposed_amount=amount, guarantee_kind=guarantee, rating=rating) == level


@pytest.mark.parametrize(
    ("amount", "product", "exposure", "level"),
    [
        (200000, "farmers_joint", None, "manager"),
        (200000.01, "farmers_joint", None, "general_manager"),
        (200000.01, "personal_business", None, "manager"),
        (100000, "personal_business", 0, "manager"),
        (100000, "personal_business", 900000, "manager"),
        (100000, "personal_business", 900000.01, "general_manager"),
        (100000, "personal_business", 2900000, "general_manager"),
        (100000, "personal_business", 2900000.01, "committee"),
    ],
)
def test_authority_goes_up_with_product_and_exposure_of_the_group(
    package: Package, amount: float, product: str, exposure: float | None, level: str
) -> None:
    """REV-6: what the group owes counts with this loan; what is not known counts as nothing, as the table says."""
    inputs = {"proposed_amount": amount, "product": product, "group_exposure": exposure}
    assert decide(package, "authority", guarantee_kind="mortgage", rating="A", **inputs) == level


@pytest.mark.parametrize(
    ("customer", "use", "amount", "known", "kind"),
    [
        ("person", "business", 500000, "yes", "own"),
        ("person", "business", 500000.01, "no", "entrusted"),
        ("person", "consumption", 300000, "no", "own"),
        ("person", "consumption", 300000, "yes", "entrusted"),
        ("person", "consumption", 300000.01, "no", "entrusted"),
        ("company", "business", 10000000, "yes", "own"),
        ("company", "business", 10000000.01, "yes", "entrusted"),
        ("company", "business", 10000000.01, "no", "own"),
        ("company", "fixed_asset", 10000000, "no", "own"),
        ("company", "fixed_asset", 10000000.01, "no", "entrusted"),
        ("person", "fixed_asset", 500000, "yes", "own"),
    ],
)
def test_payment_is_entrusted_above_the_limits(
    package: Package, customer: str, use: str, amount: float, known: str, kind: str
) -> None:
    """DIS-2, trade.md section 7."""
    assert (
        decide(package, "payment_kind", customer_kind=customer, use_kind=use, draw_amount=amount, payee_known=known)
        == kind
    )


def test_tables_have_no_gap(package: Package) -> None:
    for amount, guarantee, rating in product((1, 10**9), ("credit", "mortgage", "other"), ("A", "B", "C", "D", "E")):
        assert decide(package, "authority", proposed_amount=amount, guarantee_kind=guarantee, rating=rating)
    for customer, use, amount, known in product(
        ("person", "company"), ("business", "consumption", "fixed_asset"), (1, 10**9), ("yes", "no")
    ):
        assert decide(
            package, "payment_kind", customer_kind=customer, use_kind=use, draw_amount=amount, payee_known=known
        )
