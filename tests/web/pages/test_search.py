"""The search on pages and over REST: grouped, marked, and blind to what the one who asks may not see."""

import pytest

from engine.service import actors, attachments
from engine.service.attachments import FileStore
from models.customers import Customer
from models.queries.people import grant_role
from tests.web.conftest import signed_in


@pytest.fixture
def attach(lending, settings):
    def keep(case, by, name, task=None):
        with lending.step() as step:
            who = actors.load(step.session, by)
            store, content = FileStore(settings.data_dir), b"text"
            where = {"task_id": task.id, "element": task.element} if task else {}
            return attachments.attach(step, store, case.id, who, name, content, **where)

    return keep


def ask(lending, app, name, words):
    answer = signed_in(lending, app, name).get("/search", q=words)
    assert answer.status_code == 200, answer.text
    return {group["kind"]: [item["title"] for item in group["items"]] for group in answer.json["groups"]}


def test_what_is_found_is_grouped_and_marked(browse, work, attach, lending):
    case = work.start()
    attach(case, "li", "陈梅的收入证明.txt")
    with lending.step() as step:
        step.session.add(
            Customer(
                number="C-000001",
                kind="person",
                name="陈梅<b>",
                id_kind="resident_id",
                id_number="110101198001011234",
                recorded_at=step.now,
            )
        )
    page = browse("li").get("/search?q=陈梅").text
    assert "<mark>陈梅</mark>&lt;b&gt;" in page
    assert "<mark>陈梅</mark>的收入证明.txt" in page
    assert f"/cases/{case.id}" in page
    # Identity numbers are looked for by those who may read them.
    assert "C-000001" not in browse("li").get("/search?q=110101198001011234").text
    with lending.step() as step:
        grant_role(step.session, "li", "account_manager")
    assert "C-000001" in browse("li").get("/search?q=110101198001011234").text


def test_a_case_is_found_as_soon_as_it_is_there_and_by_what_changed(lending, app, work):
    case = work.start(customer_name="马国庆")
    assert ask(lending, app, "li", "国庆")["case"] == ["马国庆"]
    assert case.id
    assert ask(lending, app, "li", "国强") == {}


def test_a_file_of_a_sealed_opinion_is_found_when_it_is_opened(lending, app, work, attach):
    case = work.start()
    work.complete(case, "check", "li")
    attach(case, "wang", "现场照片.txt", work.task(case, "a"))
    assert ask(lending, app, "wang", "照片") == {"document": ["现场照片.txt"]}
    assert ask(lending, app, "audit", "照片") == {"document": ["现场照片.txt"]}
    for name in ("zhao", "qian", "root"):
        assert ask(lending, app, name, "照片") == {}
    work.complete(case, "a", "wang", a_opinion="for", a_amount=5, a_reasons="菜棚两座，销路稳定，负债不高")
    assert ask(lending, app, "zhao", "照片") == {}
    work.complete(case, "b", "zhao", b_opinion="for", b_amount=5, b_reasons="菜棚两座，销路稳定，负债不高")
    assert ask(lending, app, "qian", "照片") == {"document": ["现场照片.txt"]}


def test_who_may_not_see_finds_nothing(lending, app, work, attach):
    attach(work.start(), "li", "陈梅.txt")
    for name in ("sun", "nobody", "designer", "robot"):
        assert ask(lending, app, name, "陈梅") == {}


@pytest.mark.parametrize("query", [{}, {"q": "x" * 201}, {"q": "x", "limit": "a"}])
def test_what_is_wrong_in_a_query_is_400(lending, app, query):
    assert signed_in(lending, app, "li").get("/search", **query).status_code == 400


@pytest.mark.parametrize("words", ["", "%", "_", '"', "*", "陈", "' OR '1'='1", "NEAR(a b)", "a AND b"])
def test_any_words_are_a_page(browse, words):
    browse("li").get("/search", query_string={"q": words})
