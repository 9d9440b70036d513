"""Who looks after which places, over REST (INV-1)."""

import pytest

from models.queries.people import add_person, set_regions
from tests.web.conftest import signed_in


@pytest.fixture
def places(house):
    """A department manager of the branch, where Sun works, and places of Sun and of Wang in the house."""
    with house.step() as step:
        add_person(step.session, step.now, "zheng", "long enough", roles=["dept_manager"], unit="branch")
        set_regions(step.session, "sun", ["清河街"])
        set_regions(step.session, "wang", ["建设路"])
    return house


def listed(client):
    return {row["person"]: row["regions"] for row in client.get("/regions", limit=500).json["items"]}


def test_a_manager_sees_and_sets_the_places_of_the_unit(places, app):
    zheng = signed_in(places, app, "zheng")
    assert listed(zheng) == {"sun": ["清河街"], "zheng": []}
    given = {"regions": ["人民路", " 建设路 ", ""], "before": ["清河街"]}
    assert zheng.post("/people/sun/regions", given).json == {"person": "sun", "regions": ["人民路", "建设路"]}
    assert listed(zheng)["sun"] == ["人民路", "建设路"]
    assert zheng.post("/people/sun/regions", given).status_code == 409
    assert zheng.post("/people/wang/regions", {"regions": []}).status_code == 404
    assert zheng.post("/people/ghost/regions", {"regions": []}).status_code == 404
    assert listed(signed_in(places, app, "root"))["wang"] == ["建设路"]


def test_auditors_read_and_others_do_neither(places, app):
    audit, wang = signed_in(places, app, "audit"), signed_in(places, app, "wang")
    assert listed(audit)["sun"] == ["清河街"]
    for client in (audit, wang):
        assert client.post("/people/sun/regions", {"regions": []}).status_code == 403
    assert wang.get("/regions").status_code == 403


def test_what_is_no_place_is_refused(places, app):
    root = signed_in(places, app, "root")
    told = root.post("/people/sun/regions", {"regions": ["村" * 101]})
    assert (told.status_code, told.json["errors"]) == (422, {"regions": ["out_of_range"]})
    assert listed(root)["sun"] == ["清河街"]
