"""Two desks and a second person: who writes what, and what stands against it (LEG-1)."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from engine.errors import Conflict, Invalid
from engine.service.house import Step
from models.cases import CaseEvent
from models.contracts import Contract
from models.queries.contract_templates import find_template, in_force
from operations import furnishing
from operations.contracting import desk
from operations.registry import OPERATIONS
from tests.engine.builder import Bench, line, package, user
from tests.operations.conftest import Case

CLAUSE = {"title": "双方", "text": "甲方 {{lender}}", "when": "", "variable": False}
TODAY = dt.date(2026, 3, 2)


@dataclass
class DeskCase(Case):
    """A case that is on record, with the step in which desks work."""

    step: Step | None = None


@pytest.fixture
def case(database):
    """A running case of a small process."""
    bench = Bench(package(line(user("a", "clerk")), roles=["clerk", "boss"]), operations=OPERATIONS, sessions=database)
    begun = bench.start()
    with bench.house.step() as step:
        furnishing.furnish(step.session)
        yield DeskCase(step.session, bench.admin().unit_id, instance_id=begun, step=step)


def events(case):
    query = sa.select(CaseEvent).where(CaseEvent.kind.startswith("contract.")).order_by(CaseEvent.seq)
    return [(event.kind, event.actor, json.loads(event.data)) for event in case.session.scalars(query)]


@pytest.fixture
def loan(case):
    """A drafted loan contract."""
    number = case.register()
    case.resolve(number)
    case.draft(number)
    return case.session.scalars(sa.select(Contract).where(Contract.kind == "loan")).one()


def write(case, loan, written, seen=None, person="hong"):
    return desk.write_clauses(case.step, loan, written, loan.version if seen is None else seen, person)


def test_the_desk_writes_variable_clauses_as_a_new_version(case, loan):
    assert write(case, loan, {"提前还款": "随时可还，{{customer_name}} 提前三日告知"})
    assert (loan.version, loan.versions[-1].made_by) == (2, "hong")
    assert {c["title"]: c["text"] for c in loan.versions[-1].clauses}["提前还款"] == "随时可还，张三 提前三日告知"
    assert not write(case, loan, {})
    [(kind, actor, data)] = events(case)
    assert (kind, actor) == ("contract.clauses_written", "hong")
    assert (data["contract"], data["version"], data["clauses"]) == (loan.number, 2, ["提前还款"])


@pytest.mark.parametrize("written", [{"借款期限": "三百年"}, {"提前还款": " "}, {"提前还款": "长" * 8001}])
def test_standard_clauses_are_locked_and_blank_ones_refused(case, loan, written):
    with pytest.raises(Invalid):
        write(case, loan, written)
    assert loan.version == 1


def test_what_somebody_else_changed_or_legal_found_in_order_is_not_written_over(case, loan):
    write(case, loan, {"提前还款": "甲"})
    with pytest.raises(Conflict, match="meanwhile"):
        write(case, loan, {"提前还款": "乙"}, seen=1)
    case.call("contract.review", contract_no=loan.number, contract_check="pass", contract_check_reasons="可")
    with pytest.raises(Conflict, match="returned before it changes"):
        write(case, loan, {"提前还款": "乙"})


def test_own_clauses_survive_drafting_again(case, loan):
    write(case, loan, {"提前还款": "随时可还"})
    case.draft(loan.application.number, clauses=["每月报送报表"])
    assert {c["title"]: c["text"] for c in loan.versions[-1].clauses}["提前还款"] == "随时可还"


def test_the_legal_desk_marks_a_clause(case, loan):
    made = desk.remark(case.step, loan, "借款期限", " 期限与批复不符 ", "fa")
    assert (made.version, made.clause, made.text) == (1, "借款期限", "期限与批复不符")
    [(kind, actor, data)] = events(case)
    assert (kind, actor, data["text"]) == ("contract.remarked", "fa", "期限与批复不符")
    with pytest.raises(Invalid):
        desk.remark(case.step, loan, "没有这条", "x", "fa")
    with pytest.raises(Invalid):
        desk.remark(case.step, loan, None, " ", "fa")


@pytest.fixture
def template(case):
    """A template of the house's own with a draft by fa."""
    made = desk.create_template(
        case.session, "house_loan", kind="loan", title="本行借款合同", products=["personal_business"],
        guarantee_kinds=[], binds="each",
    )  # fmt: skip
    desk.write_version(case.session, made, [CLAUSE], 0, "fa", case.now)
    return made


def test_a_version_is_in_force_once_a_second_person_approved_it(case, template):
    [version] = template.versions
    desk.submit(case.session, version)
    with pytest.raises(Conflict, match="cannot approve"):
        desk.approve(case.session, version, TODAY, "fa", case.now, TODAY)
    with pytest.raises(Invalid, match="past"):
        desk.approve(case.session, version, TODAY - dt.timedelta(days=1), "ling", case.now, TODAY)
    assert in_force(template, TODAY) is None
    desk.approve(case.session, version, TODAY, "ling", case.now, TODAY)
    assert in_force(template, TODAY) is version
    with pytest.raises(Conflict):
        desk.approve(case.session, version, TODAY, "ling", case.now, TODAY)


def test_a_template_of_the_product_goes_before_the_general_one(case, template):
    [version] = template.versions
    desk.submit(case.session, version)
    desk.approve(case.session, version, TODAY, "ling", case.now, TODAY)
    number = case.register()
    case.resolve(number)
    case.draft(number, kinds=["loan"])
    loan = case.session.scalars(sa.select(Contract)).one()
    assert (loan.title, loan.versions[-1].clauses[0]["text"]) == ("本行借款合同", "甲方 house")


def test_it_goes_back_to_its_author_and_out_of_use_with_reasons(case, template):
    [version] = template.versions
    desk.submit(case.session, version)
    with pytest.raises(Conflict, match="waits for approval"):
        desk.write_version(case.session, template, [CLAUSE], desk.stamp(version), "fa", case.now)
    desk.give_back(case.session, version, "标题不清", "ling", case.now)
    assert (version.state, version.remarks) == ("draft", "标题不清")
    with pytest.raises(Invalid):
        desk.withdraw(case.session, version, " ", "ling", case.now)
    desk.withdraw(case.session, version, "不再使用", "ling", case.now)
    with pytest.raises(Conflict):
        desk.withdraw(case.session, version, "不再使用", "ling", case.now)


def test_two_who_write_at_once_do_not_write_over_each_other(case, template):
    seen = desk.stamp(template.versions[-1])
    desk.write_version(case.session, template, [CLAUSE | {"text": "甲"}], seen, "fa", case.now)
    with pytest.raises(Conflict, match="meanwhile"):
        desk.write_version(case.session, template, [CLAUSE | {"text": "乙"}], seen, "ling", case.now)


def test_after_approval_the_next_version_follows(case):
    sample = find_template(case.session, "loan")
    desk.write_version(case.session, sample, [CLAUSE], desk.stamp(sample.versions[-1]), "fa", case.now)
    assert [(version.n, version.state) for version in sample.versions] == [(1, "approved"), (2, "draft")]
    assert in_force(sample, TODAY).n == 1


def test_clauses_that_cannot_be_filled_are_refused_with_every_reason(case, template):
    wrong = [CLAUSE | {"text": "{{nobody}}"}, CLAUSE | {"when": "1 +"}]
    with pytest.raises(desk.BadTemplate) as refused:
        desk.write_version(case.session, template, wrong, desk.stamp(template.versions[-1]), "fa", case.now)
    assert [(found.clause, found.code) for found in refused.value.problems] == [
        (1, "unknown"),
        (2, "title_twice"),
        (2, "condition"),
    ]


@pytest.mark.parametrize("wrong", [{"code": "A b"}, {"kind": "marriage"}, {"title": " "}, {"binds": "some"}])
def test_a_template_is_named_properly(case, wrong):
    given = {"code": "x1", "kind": "loan", "title": "合同", "binds": "each", **wrong}
    with pytest.raises(Invalid) as refused:
        desk.create_template(case.session, given.pop("code"), products=[], guarantee_kinds=[], **given)
    assert list(refused.value.errors) == list(wrong)
