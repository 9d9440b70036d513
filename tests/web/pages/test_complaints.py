"""The case page of a complaint: it is about a customer, not a borrower, and has no paper file (CUS-4)."""

from pathlib import Path

import pytest

from engine.packages import read_folder
from engine.service import deployments
from engine.service.definitions import Definitions
from models.customers import Customer
from models.queries.people import grant_role
from operations.registry import OPERATIONS

PACKAGE = Path(__file__).parents[3] / "bpmn" / "complaint"


@pytest.fixture
def complaint(work):
    """One about a customer with a file, accepted by li."""
    work.house.operations, work.house.definitions = OPERATIONS, Definitions()
    with work.house.step() as step:
        deployments.deploy(step, read_folder(PACKAGE), None)
        grant_role(step.session, "li", "intake_clerk")
        customer = Customer(
            number="C-2026-0001",
            kind="person",
            name="陈梅",
            id_kind="resident_id",
            id_number="410102198503152345",
            recorded_at=step.now,
        )
        step.session.add(customer)
    given = {"channel": "counter", "complaint_kind": "service", "complainant": "陈梅", "content": "柜面等候过久"}
    return work.start(key="complaint", complainant_phone="13800138000", **given, customer_id="C-2026-0001")


def test_whom_it_is_about_is_called_a_customer(browse, complaint):
    page = browse("li").get(f"/cases/{complaint.id}").text
    people = page.split('id="people-h"')[1].split("</section>")[0]
    assert "<dt>所涉客户" in people
    assert "C-2026-0001" in people
    assert "借款人" not in people
    assert 'id="paper-file"' not in page
