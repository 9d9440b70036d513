"""Registers with something in them: a house whose branch has refused, paid out and registered."""

import pytest

from models.people import Person
from tests.operations.conftest import Case, furnish


@pytest.fixture
def branch_case(house):
    """`branch_case()` gives a case of the branch `branch` that calls operations, within one step."""

    class Opened:
        def __enter__(self):
            self.context = house.step()
            step = self.context.__enter__()
            furnished = getattr(house, "_furnished", False)
            if not furnished:
                furnish(step.session)
                house._furnished = True
            unit = step.session.query(Person).filter_by(name="sun").one().unit_id
            return Case(step.session, unit)

        def __exit__(self, *error):
            return self.context.__exit__(*error)

    return Opened


@pytest.fixture
def filled(house, branch_case):
    """An application refused, one not disbursed, and a loan with its mortgage registered; all of the branch."""
    with branch_case() as case:
        number = case.register(customer_id=case.customer("=cmd|' /C calc'!A0", "110101199003070011"))
        case.call("application.refuse", application_no=number, reason_code="entry", reason="+经营未满一年")
    with branch_case() as case:
        case.business_key = "A-2026-0002"
        number = case.register(customer_id=case.customer("李四", "110101199003070022"))
        case.call(
            "application.not_disbursed",
            application_no=number,
            stage="approval",
            reason_code="capacity",
            reason="负债高",
        )
    with branch_case() as case:
        case.business_key = "A-2026-0003"
        case.customer("张三", "110101199003070011")
        contract = case.signed_contract()
        case.call(
            "guarantee.register",
            application_no="A-2026-0003",
            kind="mortgage",
            certificate_no="不动产证明第 1 号",
            authority_name="柳林不动产登记中心",
            registered_on="2026-03-09",
            notarised=False,
        )
        case.disburse(contract)
    return house
