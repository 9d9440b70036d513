"""Limits and delegations over REST (REV-6)."""

from decimal import Decimal

import pytest

from models.queries.people import grant_role, set_authority
from tests.web.conftest import signed_in

LENT = {
    "receiver": "zhao", "power": "approve_loan", "amount": 200000, "since": "2026-03-02", "until": "2026-03-06",
    "reason": "出差",
}  # fmt: skip


@pytest.fixture
def powers(house):
    with house.step() as step:
        grant_role(step.session, "qian", "general_manager")
        set_authority(step.session, "qian", "approve_loan", Decimal(500000), None)
    return house


def test_a_delegation_from_lending_to_withdrawing(powers, app):
    qian, zhao = signed_in(powers, app, "qian"), signed_in(powers, app, "zhao")
    lent = qian.post("/authority/delegations", LENT)
    assert (lent.status_code, lent.json["giver"], lent.json["state"]) == (201, "qian", "in_force")
    [seen] = zhao.get("/authority/delegations", in_force=1).json["items"]
    assert seen["amount"] == Decimal("200000.00")
    assert signed_in(powers, app, "wang").get("/authority/delegations").json["items"] == []
    number = lent.json["id"]
    assert zhao.post(f"/authority/delegations/{number}/withdraw", {"reason": "不用了"}).status_code == 403
    assert signed_in(powers, app, "wang").post(
        f"/authority/delegations/{number}/withdraw", {"reason": "不用了"}
    ).status_code == 404  # fmt: skip
    assert qian.post(f"/authority/delegations/{number}/withdraw", {"reason": "回来了"}).json["state"] == "withdrawn"
    assert qian.post(f"/authority/delegations/{number}/withdraw", {"reason": "回来了"}).status_code == 409
    assert [change["kind"] for change in qian.get("/authority/changes").json["items"]] == ["withdrawn", "delegated"]


def test_limits_are_read_and_set(powers, app):
    qian = signed_in(powers, app, "qian")
    given = {"person": "zhao", "power": "approve_loan", "amount": 100000, "until": "2026-12-31", "reason": "年度授权"}
    assert qian.post("/authority/limits", given).json["until"] == "2026-12-31"
    assert [limit["person"] for limit in qian.get("/authority/limits").json["items"]] == ["zhao", "qian"]
    assert [limit["person"] for limit in signed_in(powers, app, "zhao").get("/authority/limits").json["items"]] == [
        "zhao"
    ]
    assert qian.post("/authority/limits", {**given, "amount": 600000}).json["errors"] == {"amount": ["above_own"]}
    assert signed_in(powers, app, "zhao").post("/authority/limits", given).status_code == 403
    assert signed_in(powers, app, "audit").post("/authority/limits", given).status_code == 403
