"""The decision tables of loan origination at their limits: rating, degree of risk, authority, kind of payment."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from engine.dmn import read_model
from engine.packages import Package

GOOD = {"overdue_count": 0, "debt_ratio": 20, "service_cover": 2, "stability_years": 5}


def decide(package: Package, decision: str, **inputs: Any) -> Any:
    model = read_model(package.files[package.decisions[decision]])
    exact = {name: Decimal(str(value)) if isinstance(value, int | float) else value for name, value in inputs.items()}
    return model.evaluate(decision, exact).result


@pytest.mark.parametrize(
    ("changed", "score", "rating"),
    [
        ({}, 100, "A"),
        ({"overdue_count": 2, "debt_ratio": 40, "service_cover": 1.5}, 79, "B"),
        ({"overdue_count": 1, "debt_ratio": 60, "service_cover": 1.2}, 64, "C"),
        ({"overdue_count": 6, "service_cover": 1.99, "stability_years": 4.9}, 59, "C"),
        ({"overdue_count": 6, "debt_ratio": 80, "service_cover": 0.99, "stability_years": 0.5}, 0, "D"),
    ],
)
def test_rating_follows_from_the_score(package: Package, changed: dict[str, Any], score: int, rating: str) -> None:
    """INV-5."""
    assert decide(package, "credit_score", **{**GOOD, **changed}) == score
    assert decide(package, "customer_rating", **{**GOOD, **changed}) == rating


@pytest.mark.parametrize(
    ("guarantee", "risk"), [("pledge", "0.10"), ("mortgage", "0.25"), ("credit", "0.50"), ("something_new", "0.50")]
)
def test_degree_of_risk_is_rating_times_guarantee(package: Package, guarantee: str, risk: str) -> None:
    """INV-6."""
    assert decide(package, "loan_risk", **GOOD, guarantee_kind=guarantee) == Decimal(risk)


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
    ],
)
def test_payment_is_entrusted_above_the_limits(
    package: Package, customer: str, use: str, amount: float, known: str, kind: str
) -> None:
    """DIS-2, trade.md section 7."""
    assert (
        decide(package, "payment_kind", customer_kind=customer, use_kind=use, approved_amount=amount, payee_known=known)
        == kind
    )


def test_tables_have_no_gap(package: Package) -> None:
    for amount, guarantee, rating in product((1, 10**9), ("credit", "mortgage", "other"), ("A", "B", "C", "D", "E")):
        assert decide(package, "authority", proposed_amount=amount, guarantee_kind=guarantee, rating=rating)
    for customer, use, amount, known in product(
        ("person", "company"), ("business", "consumption"), (1, 10**9), ("yes", "no")
    ):
        assert decide(
            package, "payment_kind", customer_kind=customer, use_kind=use, approved_amount=amount, payee_known=known
        )
