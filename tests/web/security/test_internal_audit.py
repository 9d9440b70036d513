"""Internal audit reads everything and changes nothing (GOV-6), at every address of the program."""

import pytest

from engine.service import actors, cases
from models.cases import Comment
from tests.web.pages.conftest import Visitor
from tests.web.security.demonstration import Walker

NOT_THE_BOOKS = {
    "/designer/": "drafts of designers",
    "/start/<key>": "a form to start with",
    "/contract-templates/<code>/edit": "a form to change with",
    "/cases/<uuid:instance_id>/set-right": "a form to change with",
    "/cases/<uuid:instance_id>/variables": "a form to change with",
    "/securities/new": "a form to record with",
    "/products/new": "a form to propose with",
    "/products/<code>/propose": "a form to propose with",
    "/stand-in": "there in the demonstration only",
}
"""What an auditor does not read, and why."""

ONES_OWN = {
    "/notices": {"notice_choice"},
    "/api/v1/me/notices": {"person_contact"},
    "/cases/<uuid:instance_id>/follow": {"followed_case"},
    "/cases/<uuid:instance_id>/unfollow": {"followed_case"},
    "/password": {"failed_sign_in"},
    "/language": set(),
    "/customers/look": set(),
    "/api/v1/customers/look": set(),
}
"""What everybody may arrange for themselves, and looking something up; with the tables in which it is kept."""


@pytest.fixture
def auditor(demo, demo_house):
    walker = Walker(demo, demo_house, "auditor")
    yield walker
    walker.close()


def test_everything_is_read(auditor):
    for method, rule in auditor.addresses.all():
        if method == "GET" and not any(rule.rule.startswith(prefix) for prefix in NOT_THE_BOOKS):
            status = auditor.ask(method, rule)
            assert status in (200, 302), (rule.rule, status)


def test_nothing_is_changed(auditor):
    written = 0
    for method, rule in auditor.addresses.all():
        if method == "GET" or rule.rule in ("/sign-in", "/sign-out", "/api/v1/tokens"):
            continue
        status = auditor.ask(method, rule)
        changed = auditor.books.changed()
        if rule.rule in ONES_OWN:
            assert status in (200, 302, 422), (rule.rule, status)
        elif rule.rule.startswith("/api/"):
            # 409 and 422 would say that something else than who asks stood against it.
            assert status in (403, 404) or rule.rule.endswith("/withdraw"), (rule.rule, status)
        assert changed <= ONES_OWN.get(rule.rule, set()), (method, rule.rule, status, changed)
        written += 1
    assert written > 120


def test_an_auditor_adds_to_the_cases_of_their_own_business_only(demo, demo_house):
    with demo_house.step() as step:
        own = cases.start(step, "loss_responsibility", actors.load(step.session, "auditor")).id
    visitor = Visitor(demo.app)
    visitor.enter(demo_house, "auditor")
    visitor.get(f"/cases/{own}")
    visitor.post(f"/cases/{own}/comments", {"text": "已查实"})
    with demo_house.sessions.reading() as session:
        assert [remark.text for remark in session.query(Comment).filter_by(instance_id=own)] == ["已查实"]
    others = demo.of("instance_id")
    page = visitor.get(f"/cases/{others}").text
    assert "写评论" not in page
    assert "声明回避" not in page
    visitor.post(f"/cases/{others}/comments", {"text": "已查实"}, status=403)
