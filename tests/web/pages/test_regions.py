"""The page on which a department manager says who looks after which places (INV-1)."""

import pytest

from models.queries.people import grant_role, set_regions


@pytest.fixture
def places(lending):
    with lending.step() as step:
        grant_role(step.session, "qian", "dept_manager")
        set_regions(step.session, "wang", ["建设路", "人民路"])
    return lending


def test_places_are_shown_and_changed_and_a_second_change_is_told(places, visitor):
    visitor.enter(places, "qian")
    assert 'value="人民路、建设路"' in visitor.get("/regions").text
    change = {"regions": "清河街，龙湾村", "before": "人民路、建设路"}
    page = visitor.post("/regions/wang", change).text
    assert "辖区已更新" in page
    assert 'value="清河街、龙湾村"' in page
    assert "刚有人改过" in visitor.post("/regions/wang", change).text


def test_others_do_not_find_the_page(places, visitor):
    visitor.enter(places, "wang")
    visitor.get("/regions", status=404)
    visitor.post("/regions/wang", {"regions": "河西村"}, status=404)
