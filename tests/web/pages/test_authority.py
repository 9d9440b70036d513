"""The pages of powers: who reads which limits, sets them, lends for some days and takes back (REV-6)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from models.queries.people import add_person, grant_role, set_authority

LENT = {
    "receiver": "zhao", "power": "approve_loan", "amount": "200,000.00", "since": "2026-03-02",
    "until": "2026-03-06", "reason": "出差",
}  # fmt: skip


@pytest.fixture
def powers(lending):
    """Qian may decide 500,000 and is the general manager; Sun of a branch has a limit too."""
    with lending.step() as step:
        grant_role(step.session, "qian", "general_manager")
        set_authority(step.session, "sun", "approve_loan", Decimal(80000), None)
    return lending


def posted(visitor, address, **fields):
    return visitor.post(address, fields).text


def test_a_power_is_lent_shown_to_both_and_withdrawn(powers, visitor):
    visitor.enter(powers, "qian")
    assert "转授权已生效登记" in posted(visitor, "/authority/delegations", **LENT)
    visitor.enter(powers, "zhao")
    page = visitor.get("/authority/delegations").text
    assert "200,000.00" in page
    assert "有效" in page
    assert "收回…" not in page
    visitor.enter(powers, "qian")
    assert "转授权已收回" in posted(visitor, "/authority/delegations/1/withdraw", reason="回来了")
    assert "已经收回" in posted(visitor, "/authority/delegations/1/withdraw", reason="回来了")
    changes = visitor.get("/authority/changes").text
    assert "收回转授权" in changes
    assert "出差" in changes


def test_what_does_not_hold_is_told_in_words(powers, visitor):
    visitor.enter(powers, "qian")
    told = posted(visitor, "/authority/delegations", **{**LENT, "amount": "900000", "until": "2026-03-01"})
    assert "截止日：不能早于起始日" in told
    assert "不得超过授权人自己现行的限额" in posted(visitor, "/authority/delegations", **{**LENT, "amount": "900000"})
    assert "金额：请填写" in posted(visitor, "/authority/delegations", **{**LENT, "amount": "much"})
    assert "起始日：请填写日期" in posted(visitor, "/authority/delegations", **{**LENT, "since": "tomorrow"})
    assert "没有转授权" in visitor.get("/authority/delegations").text


def test_limits_are_set_by_those_above(powers, visitor):
    given = {"person": "sun", "power": "approve_loan", "amount": "120000", "reason": "年度授权"}
    visitor.enter(powers, "qian")
    assert "限额已设定" in posted(visitor, "/authority/limits", **given)
    assert "120,000.00" in visitor.get("/authority").text
    assert "不能为自己调高" in posted(visitor, "/authority/limits", **{**given, "person": "qian"})
    visitor.enter(powers, "zhao")
    assert "不能为自己调高" in posted(visitor, "/authority/limits", **{**given, "person": "zhao"})


@pytest.mark.parametrize(("name", "reads"), [("audit", True), ("root", True), ("zhao", False)])
def test_only_those_who_oversee_read_the_limits_of_others(powers, visitor, name, reads):
    visitor.enter(powers, name)
    page = visitor.get("/authority").text
    assert ("80,000.00" in page) is reads
    assert ("设定限额…" in page) is (name == "root")


def test_an_administrator_has_the_own_limit_confirmed_by_a_second_person(powers, visitor):
    with powers.step() as step:
        add_person(step.session, step.now, "root2", "long enough", roles=["admin"])
    own = {"person": "root", "power": "approve_loan", "amount": "300000", "reason": "代行审批"}
    visitor.enter(powers, "root")
    assert "由另一名管理员或总经理确认后生效" in posted(visitor, "/authority/limits", **own)
    page = visitor.get("/authority").text
    assert "待第二人确认" in page
    assert ">确认</button>" not in page
    assert "须由另一人确认" in posted(visitor, "/authority/proposals/1", do="confirm")
    assert "同一权限还有一项待确认" in posted(visitor, "/authority/limits", **own)
    visitor.enter(powers, "root2")
    assert ">确认</button>" in visitor.get("/authority").text
    assert "限额已确认" in posted(visitor, "/authority/proposals/1", do="confirm")
    page = visitor.get("/authority").text
    assert "300,000.00" in page
    assert "待第二人确认" not in page
    visitor.post("/authority/proposals/1", {"do": "anything"}, status=400)


def test_an_administrator_does_not_lend_the_power_of_somebody_else_to_themselves(powers, visitor):
    visitor.enter(powers, "root")
    told = posted(visitor, "/authority/delegations", **{**LENT, "giver": "qian", "receiver": "root"})
    assert "不能把别人的权限授给自己" in told
