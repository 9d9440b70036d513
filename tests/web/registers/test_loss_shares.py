"""What people bear of losses: one's own share, of whichever unit; others' for those who oversee (GOV-4)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.service import actors, cases
from models.losses import Loss, LossShare
from models.queries.people import grant_role
from tests.web.pages.conftest import Visitor


@pytest.fixture
def lost(house):
    """A loss of head office, borne by wang and zhao, and one of the branch, borne by wang."""
    with house.step() as step:
        for by, shares in (("li", [("wang", "80.00"), ("zhao", "20.00")]), ("sun", [("wang", "5.05")])):
            case, decided = (cases.start(step, "review", actors.load(step.session, by), {}) for _ in range(2))
            loss = Loss(amount=Decimal(100), indirect_part=Decimal("0.2"), grounds="估值失实", proposed_by="audit")
            loss.instance_id, loss.decided_in = case.id, decided.id
            loss.confirmed_by, loss.confirmed_at = "qian", step.now
            for n, (person, amount) in enumerate(shares, 1):
                borne = {"duties": "INV-1", "amount": Decimal(amount), "confirmed_at": step.now}
                loss.shares.append(LossShare(n=n, person=person, kind="direct", **borne))
            step.session.add(loss)
        grant_role(step.session, "sun", "general_manager")
    return house


@pytest.mark.parametrize(
    ("name", "amounts"),
    [
        ("wang", ["5.05", "80.00"]),
        ("zhao", ["20.00"]),
        ("li", []),
        ("sun", ["5.05"]),
        ("audit", ["5.05", "20.00", "80.00"]),
    ],
)
def test_whose_shares_are_read(lost, as_, name, amounts):
    answer = as_(name).get("/registers/loss_shares").json
    assert sorted((str(row["amount"]) for row in answer["items"]), key=Decimal) == amounts
    assert Decimal(answer["totals"]["sums"]["amount"]) == sum(map(Decimal, amounts))


def test_it_is_a_page_with_a_sheet_and_a_print(lost, app):
    browser = Visitor(app)
    browser.enter(lost, "wang")
    page = browser.get("/registers/loss_shares").text
    assert "责任损失登记簿" in page
    assert "80.00" in page
    assert "20.00" not in page
    assert "85.05" in browser.get("/registers/loss_shares/print").text
    assert browser.get("/registers/loss_shares/sheet").mimetype.endswith("spreadsheetml.sheet")
