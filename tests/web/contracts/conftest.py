"""A house with a contract that is being drafted, and people of both desks."""

import uuid

import pytest

from models.people import Person
from models.queries.people import add_person
from tests.operations.conftest import Case, furnish
from tests.web.conftest import PASSWORD
from tests.web.pages.conftest import Visitor

DESKS = {
    "hong": ["contract_clerk", "clerk"],
    "fa": ["legal_officer", "clerk"],
    "ling": ["legal_officer", "clerk"],
}


@pytest.fixture
def contract(house, start):
    """The number of a drafted mortgage loan's contract, in a case of the root unit."""
    begun = start()
    with house.step() as step:
        furnish(step.session)
        for name, roles in DESKS.items():
            add_person(step.session, step.now, name, PASSWORD, roles=roles, unit=None)
        add_person(step.session, step.now, "far", PASSWORD, roles=["clerk", "legal_officer"], unit="other branch")
        unit = step.session.query(Person).filter_by(name="li").one().unit_id
        case = Case(step.session, unit, instance_id=uuid.UUID(begun["id"]))
        number = case.register()
        case.resolve(number)
        drafted = case.draft(number, collateral=["柳林镇住房一套"])["contract_no"]
        case.call(
            "guarantee.register", application_no=number, kind="mortgage", certificate_no="权证 1",
            registered_on="2026-02-27", authority_name="登记中心", notarised=True, item="柳林镇住房一套",
            custodian="洪岚", insurer="财险公司", policy_no="P-1", insured_until="2026-03-20",
        )  # fmt: skip
    return drafted


@pytest.fixture
def visit(app, house, contract):
    """`visit("hong")` is that person's browser; `visit("fa", "en")` in English."""

    def enter(name, language="zh"):
        visitor = Visitor(app, language)
        visitor.enter(house, name)
        return visitor

    return enter
