"""Pages of contracts, templates, securities, loans and archive pass axe-core and hold on a phone, in both languages."""

import uuid
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe

from models.people import Person
from models.queries.people import add_person
from models.security_papers import SecurityPaper
from tests.browser.pages.conftest import PHONE, WIDE
from tests.browser.pages.server import PASSWORD
from tests.operations.conftest import Case, furnish
from tests.operations.test_signing import arrange, record

pytestmark = pytest.mark.browser
ROLES = ["contract_clerk", "legal_officer", "account_manager", "finance_clerk", "archivist", "clerk"]


@pytest.fixture(scope="module")
def paths(server):
    """One address of each page, with something on it."""
    from tests.web.pages.conftest import Cases

    work = Cases(server.house)
    started, second = work.start(), work.start()
    with server.house.step() as step:
        furnish(step.session)
        add_person(step.session, step.now, "hong", PASSWORD, title="洪岚", roles=ROLES)
        unit = step.session.query(Person).filter_by(name="li").one().unit_id
        case = Case(step.session, unit, instance_id=uuid.UUID(str(started.id)))
        number = case.register()
        case.resolve(number)
        contract = case.draft(number, collateral=["柳林镇住房一套"])["contract_no"]
        case.call("contract.review", contract_no=contract, contract_check="pass", contract_check_reasons="可")
        arrange(case, contract)
        record(case, contract)
        case.call(
            "guarantee.register", application_no=number, kind="mortgage", certificate_no="权证 1",
            registered_on="2026-02-27", authority_name="柳林不动产登记中心", notarised=True, item="柳林镇住房一套",
            custodian="洪岚", insurer="中原财产保险股份有限公司", policy_no="P-1", insured_until="2026-03-20",
        )  # fmt: skip
        paper = step.session.query(SecurityPaper).one().id
        paid = Case(step.session, unit, business_key="A-2026-0002", instance_id=uuid.UUID(str(second.id)))
        loan = paid.disburse(paid.signed_contract(), payment_follows=True)["loan_no"]
        paid.call("payment.order", loan_no=loan, within_days=Decimal(5))
        listed = {"location": "一号库房 3 架 2 层", "list": ["借款合同"]}
        volume = paid.call("archive.register", application_no="A-2026-0002", **listed)["archive_no"]
        lent = {"borrower": "hong", "reason": "贷后检查", "until": case.now.date()}
        paid.call("archive.lend", archive_no=volume, **lent)
    return [
        "/contracts",
        f"/contracts/{contract}",
        f"/contracts/{contract}?version=1",
        "/contract-templates",
        "/contract-templates/loan",
        "/contract-templates/loan/edit",
        "/securities",
        f"/securities/{paper}",
        f"/securities/new?application={number}",
        f"/cases/{started.id}",
        f"/cases/{second.id}",
        "/loans",
        f"/loans/{loan}",
        "/archive",
        "/archive?q=张三",
        f"/archive/{volume}",
    ]


@pytest.mark.parametrize(
    ("viewport", "language", "scheme"),
    [pytest.param(WIDE, "zh", "light", id="wide-zh"), pytest.param(PHONE, "en", "dark", id="phone-en-dark")],
)
def test_no_page_has_a_violation_or_is_too_wide(sit, paths, viewport, language, scheme):
    desk, found = sit("hong", viewport=viewport, language=language, scheme=scheme), {}
    for path in paths:
        page = desk.go(path)
        assert page.locator("h1").count() == 1, path
        violations = [
            (item["id"], [node["target"] for node in item["nodes"]][:3])
            for item in Axe().run(page).response["violations"]
        ]
        excess = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if violations or excess > 0:
            found[path] = (violations, excess)
    assert found == {}
