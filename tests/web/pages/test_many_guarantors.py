"""A case with twelve guarantors, some in circles, asks the database no more than one with a single one (INV-3)."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from models.customers import Customer, CustomerRelation
from tests.web.api.test_loan_over_rest import Replay, origination
from tests.web.api.test_meetings import until
from tests.web.pages.conftest import Visitor
from tests.web.pages.test_statements import asked

MOST = 110


@pytest.fixture
def package():
    return origination()


def reviewed(scenario, package, settings):
    """A case whose two reports are in and whose proposal is made, and the department head's browser."""
    replay = Replay(scenario, package, settings)
    until(replay, "propose_terms")
    visitor = Visitor(replay.app)
    visitor.enter(replay.house, "qian")
    return replay, visitor


def addresses(replay):
    tasks = replay.as_("qian").get(f"/instances/{replay.case}/tasks", state="open").json["items"]
    [task] = [task["id"] for task in tasks if task["element"] == "dept_review"]
    case = replay.as_("qian").get(f"/instances/{replay.case}").json
    customer = case["variables"]["customer_id"]
    return {
        "case": f"/cases/{replay.case}",
        "task": f"/tasks/{task}",
        "brief": f"/cases/{replay.case}/brief",
        "customer": f"/customers/{customer}",
        "contracts": "/contracts",
    }


def in_circles(replay):
    """The guarantors in two circles: of three, and of nine."""
    with replay.house.step() as step:
        ids = step.session.scalars(sa.select(Customer.id).where(Customer.name.like("刘_")).order_by(Customer.id)).all()
        rings = (ids[:3], ids[3:])
        for ring in rings:
            for one, other in zip(ring, [*ring[1:], ring[0]], strict=True):
                row = CustomerRelation(customer_id=one, kind="guarantor_of", other_id=other, recorded_at=step.now)
                step.session.add(row)
        return len(ids)


def test_pages_ask_no_more_for_twelve_guarantors_in_circles_than_for_one(package, settings):
    small, of_small = reviewed("37_guaranteed_and_entrusted", package, settings)
    large, of_large = reviewed("64_company_with_twelve_guarantors", package, settings)
    assert in_circles(large) == 12
    few = {name: asked(small.house, of_small, address) for name, address in addresses(small).items()}
    many = {name: asked(large.house, of_large, address) for name, address in addresses(large).items()}
    # The group is read outwards, a query a step: circles are some steps deeper, whoever is in them.
    assert all(many[name] <= few[name] + 12 for name in many), (few, many)
    assert max(many.values()) <= MOST, many


def test_the_drawing_shows_circles_between_the_guarantors(package, settings):
    large, visitor = reviewed("64_company_with_twelve_guarantors", package, settings)
    in_circles(large)
    page = visitor.get(addresses(large)["customer"]).text
    drawn = re.search(r'<svg class="plot wide relations".*?</svg>', page, re.DOTALL)[0]
    assert drawn.count("↻ 刘") == 3, "of more links than the house counts, no circle is said"
    assert drawn.count('class="cross circle"') == 3
    assert drawn.count('class="cross') == 12
    assert "关系图，14 方" in drawn
    assert "在联保圈内" in page
