"""Whoever has no part in something reads nothing of it and changes nothing, at every address, with rows that exist."""

import pytest

from tests.web.security.demonstration import Walker

OF_THE_HOUSE = (
    "/customers",
    "/blocked",
    "/contract-templates",
    "/definitions",
    "/products",
    "/registers",
    "/start",
    "/static",
)
"""What is the whole house's: judged by roles, and filtered by unit within."""

PASSED_OVER = ("/inbox/filters/<int:filter_id>/remove", "/notices/<int:notice_id>/read", "/tasks/<uuid:task_id>/draft")
"""What somebody else's row is passed over in silence by, or found wanting before anybody looks for it."""

ONES_OWN = {
    "/notices": {"notice_choice"},
    "/api/v1/me/notices": {"person_contact"},
    "/password": {"failed_sign_in"},
}


@pytest.fixture(params=["far", "nobody"])
def outsider(request, demo, demo_house):
    """All roles of the trade in another branch; and a person of the house without any role."""
    walker = Walker(demo, demo_house, request.param)
    yield walker
    walker.close()


def test_nothing_of_others_is_read_or_changed(outsider):
    asked = 0
    for method, rule in outsider.addresses.all():
        path = rule.rule.removeprefix("/api/v1")
        if not rule.arguments or path.startswith(OF_THE_HOUSE):
            continue
        status, changed = outsider.ask(method, rule), outsider.books.changed()
        assert changed == set(), (method, rule.rule, status, changed)
        if path not in PASSED_OVER:
            assert status in (403, 404), (method, rule.rule, status)
        asked += 1
    assert asked > 120


def test_somebody_without_a_role_changes_nothing_at_all(demo, demo_house):
    nobody = Walker(demo, demo_house, "nobody")
    for method, rule in demo.all():
        if method != "GET" and rule.rule not in ("/sign-in", "/sign-out", "/api/v1/tokens"):
            status, changed = nobody.ask(method, rule), nobody.books.changed()
            assert changed <= ONES_OWN.get(rule.rule, set()), (method, rule.rule, status, changed)
    nobody.close()
