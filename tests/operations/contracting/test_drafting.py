"""Contracts are worded by the template in force, one for each whom they bind, and kept by version (LEG-1, LEG-5)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import Invalid
from models.contract_templates import TemplateVersion
from models.contracts import Contract
from models.queries.contract_templates import find_template, in_force
from operations.contracting.filling import BLANK


def approved(case, guarantors=0, **changed):
    ids = [case.customer(f"保证人{n:02d}", f"1101011990030{n:05d}") for n in range(1, guarantors + 1)]
    number = case.register(guarantor_ids=ids, **changed)
    case.resolve(number)
    return number


def contracts(case, kind):
    found = case.session.scalars(sa.select(Contract).where(Contract.kind == kind).order_by(Contract.n))
    return [contract for contract in found if contract.status != "void"]


def words(contract):
    return "\n".join(clause["text"] for clause in contract.versions[-1].clauses)


def test_the_loan_contract_states_the_facts(case):
    number = approved(case)
    case.draft(number, clauses=["每月报送报表"], collateral=["柳林镇住房一套"])
    (loan,) = contracts(case, "loan")
    (mortgage,) = contracts(case, "mortgage")
    for said in (
        "张三",
        "100,000.00",
        "壹拾万元整",
        "2026年3月10日",
        "2027年3月10日",
        "等额本息",
        "每月报送报表",
        "一支行",
    ):
        assert said in words(loan)
    assert "固定年利率 6%" in words(loan)
    assert loan.number in words(mortgage)
    assert "1. 柳林镇住房一套" in words(mortgage)
    assert "{{" not in words(loan) + words(mortgage)


def test_conditions_of_the_resolution_are_a_clause(case):
    number = case.register()
    case.resolve(number, conditions=["办妥保险"])
    case.draft(number)
    (loan,) = contracts(case, "loan")
    assert {clause["title"]: clause["text"] for clause in loan.versions[-1].clauses}["提款条件"].endswith("1. 办妥保险")


def test_twelve_guarantors_give_twelve_contracts(case):
    number = approved(case, 12, guarantee_kind="guarantor")
    drafted = case.draft(number, kinds=["loan", "guarantee"])
    assert len(drafted["contracts"]) == 13
    found = contracts(case, "guarantee")
    assert [contract.parties[0].name for contract in found] == [f"保证人{n:02d}" for n in range(1, 13)]
    assert len({contract.number for contract in found}) == 12
    assert "连带责任保证" in words(found[0])
    assert "保证人12" not in words(found[0])


def test_or_one_that_all_twelve_sign_together(case):
    number = approved(case, 12, product="farmers_joint", guarantee_kind="joint_farmers", amount=Decimal(30000))
    case.resolve(number, amount=Decimal(30000))
    case.draft(number, kinds=["loan", "guarantee"], amount=Decimal(30000))
    (joint,) = contracts(case, "guarantee")
    assert joint.title == "农户联保协议"
    assert len(joint.parties) == 12
    assert "共 12 户" in words(joint)


def test_a_general_guarantee_says_so(case):
    number = approved(case, 1, guarantee_kind="guarantor")
    case.draft(number, kinds=["loan", "guarantee"], liability="general")
    (guarantee,) = contracts(case, "guarantee")
    titles = [clause["title"] for clause in guarantee.versions[-1].clauses]
    assert "一般保证" in titles
    assert "连带责任保证" not in titles


def test_a_guarantor_less_voids_the_number_with_its_reason(case):
    number = approved(case, 2, guarantee_kind="guarantor")
    case.draft(number, kinds=["loan", "guarantee"])
    case.draft(number)
    void = case.session.scalars(sa.select(Contract).where(Contract.status == "void")).all()
    assert [contract.void_reason for contract in void] == ["拟定时改变了合同种类或签约方"] * 2


def test_drafting_the_same_again_is_no_new_version(case):
    number = approved(case)
    case.draft(number)
    case.draft(number)
    (loan,) = contracts(case, "loan")
    assert loan.version == 1
    case.draft(number, clauses=["每月报送报表"])
    assert (loan.version, [version.n for version in loan.versions]) == (2, [1, 2])


def test_without_a_template_in_force_nothing_is_drafted(case):
    number = approved(case)
    template = find_template(case.session, "mortgage")
    template.versions[0].state = "withdrawn"
    with pytest.raises(Invalid, match="no template in force"):
        case.draft(number)


def test_the_version_in_force_is_the_latest_that_has_begun(case):
    template = find_template(case.session, "loan")
    written = {"written_at": case.now, "clauses": [{"title": "新", "text": "新文本", "when": "", "variable": False}]}
    for n, day in ((2, 10), (3, 20)):
        template.versions.append(TemplateVersion(n=n, state="approved", in_force_from=dt.date(2026, 3, day), **written))
    template.versions.append(TemplateVersion(n=4, state="submitted", **written))
    in_force_on = {day: in_force(template, dt.date(2026, 3, day)).n for day in (9, 10, 20, 30)}
    assert in_force_on == {9: 1, 10: 2, 20: 3, 30: 3}


def test_what_the_desk_has_not_written_cannot_pass_the_review(case):
    number = approved(case)
    template = find_template(case.session, "loan")
    template.versions[0].clauses = [{"title": "另约", "text": "", "when": "", "variable": True}]
    contract_no = case.draft(number)["contract_no"]
    with pytest.raises(Invalid, match="clauses that nobody wrote: 另约"):
        case.call("contract.review", contract_no=contract_no, contract_check="pass", contract_check_reasons="可")
    case.call("contract.review", contract_no=contract_no, contract_check="return", contract_check_reasons="请填写")


def test_a_review_holds_for_its_version_alone(case):
    number = approved(case)
    contract_no = case.draft(number)["contract_no"]
    case.call("contract.review", contract_no=contract_no, contract_check="pass", contract_check_reasons="可")
    case.draft(number, clauses=["改了"])
    with pytest.raises(Invalid, match="has not found"):
        case.call(
            "contract.sign", contract_no=contract_no, signed_on="2026-03-09", place="营业部",
            receiving_account="6222", witnesses=["王五", "赵六"], spouse_signed=True,
        )  # fmt: skip


def test_signing_pins_the_hash(case):
    number = approved(case)
    case.sign(case.draft(number)["contract_no"])
    (loan,) = contracts(case, "loan")
    assert loan.text_hash == loan.versions[-1].hash
    assert len(loan.text_hash) == 64
    assert BLANK in words(loan)  # the account is written in when the signing is agreed on


def test_void_contracts_keep_their_numbers_and_the_reason(case):
    contract_no = case.draft(approved(case))["contract_no"]
    given = case.call("contract.void", contract_no=contract_no, reason="客户放弃")
    assert given["voided"][0] == contract_no
    assert {c.void_reason for c in case.session.scalars(sa.select(Contract))} == {"客户放弃"}
    assert given["recipients"] == []
