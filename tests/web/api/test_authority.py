"""Limits and delegations over REST (REV-6)."""

from decimal import Decimal

import pytest

from models.queries.people import add_person, grant_role, set_authority
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


OWN = {"power": "approve_loan", "amount": 300000, "reason": "代行审批"}


@pytest.fixture
def second(powers, app):
    """Another administrator at the root, one at a branch, and the clients of both and of root and qian."""
    with powers.step() as step:
        add_person(step.session, step.now, "root2", "long enough", roles=["admin"])
        add_person(step.session, step.now, "root_branch", "long enough", roles=["admin"], unit="branch")
    return {name: signed_in(powers, app, name) for name in ("root", "root2", "root_branch", "qian", "zhao", "audit")}


def test_an_administrator_has_the_own_limit_confirmed_by_a_second_person(second):
    root, root2 = second["root"], second["root2"]
    assert root.post("/authority/limits", {**OWN, "person": "root"}).status_code == 403
    proposed = root.post("/authority/limit-proposals", OWN)
    assert (proposed.status_code, proposed.json["decision"]) == (201, None)
    assert root.post("/authority/limit-proposals", OWN).status_code == 409
    confirm = f"/authority/limit-proposals/{proposed.json['id']}/confirm"
    assert [second[name].post(confirm).status_code for name in ("root", "root_branch", "zhao", "audit")] == [
        403, 403, 404, 403
    ]  # fmt: skip
    assert "root" not in {limit["person"] for limit in root.get("/authority/limits").json["items"]}
    assert [row["person"] for row in root2.get("/authority/limit-proposals", open=1).json["items"]] == ["root"]
    assert root2.post(confirm).json["decided_by"] == "root2"
    assert root2.post(confirm).status_code == 409
    assert {"root": Decimal("300000.00")}.items() <= {
        limit["person"]: limit["amount"] for limit in root.get("/authority/limits").json["items"]
    }.items()
    [change, *_] = root.get("/authority/changes").json["items"]
    assert (change["person"], change["by"], change["reason"]) == ("root", "root2", "代行审批")


def test_a_proposed_limit_is_refused_or_taken_back_and_changes_nothing(second):
    root, qian = second["root"], second["qian"]
    for client, decision in ((qian, "refuse"), (root, "withdraw")):
        number = root.post("/authority/limit-proposals", OWN).json["id"]
        assert client.post(f"/authority/limit-proposals/{number}/{decision}").status_code == 200
        assert root.post(f"/authority/limit-proposals/{number}/withdraw").status_code == 409
    above = root.post("/authority/limit-proposals", {**OWN, "amount": 600000}).json["id"]
    confirmed = qian.post(f"/authority/limit-proposals/{above}/confirm")
    assert (confirmed.status_code, confirmed.json["errors"]) == (422, {"amount": ["above_own"]})
    assert qian.post("/authority/limit-proposals", OWN).status_code == 403
    assert [limit["person"] for limit in root.get("/authority/limits").json["items"]] == ["qian"]


def test_nobody_gives_a_power_of_somebody_else_to_themselves(second):
    given = {**LENT, "giver": "qian", "receiver": "root"}
    refused = second["root"].post("/authority/delegations", given)
    assert (refused.status_code, refused.json["errors"]) == (422, {"receiver": ["own"]})
    assert second["qian"].post("/authority/delegations", {**LENT, "receiver": "root"}).status_code == 201


def test_an_administrator_of_a_branch_sets_limits_of_the_branch_alone(second):
    given = {"power": "approve_loan", "amount": 1000, "reason": "年度授权"}
    branch = second["root_branch"]
    assert branch.post("/authority/limits", {**given, "person": "zhao"}).status_code == 403
    assert branch.post("/authority/limits", {**given, "person": "sun"}).status_code == 200
