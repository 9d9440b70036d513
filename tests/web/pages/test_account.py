"""Signing in and out, one's own password, the language, and errors in the house style."""

import pytest

from tests.web.conftest import PASSWORD
from tests.web.pages.conftest import Visitor


def test_signing_in_leads_to_the_page_that_was_wanted(visitor, lending):
    page = visitor.get("/cases?state=running")
    assert "请先登录" in page.text
    assert 'name="next" value="/cases?state=running"' in page.text
    answer = visitor.client.post(
        "/sign-in",
        data={"name": "li", "password": PASSWORD, "next": "/cases?state=running"},
        headers={"X-CSRFToken": visitor.token},
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/cases?state=running")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(visitor, lending, target):
    visitor.get("/sign-in")
    answer = visitor.client.post(
        "/sign-in",
        data={"name": "li", "password": PASSWORD, "next": target},
        headers={"X-CSRFToken": visitor.token},
    )
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_says_nothing_about_the_name(visitor, lending):
    wrong = visitor.sign_in("li", "not the password", status=401)
    nobody = Visitor(visitor.client.application).sign_in("ghost", "not the password", status=401)
    assert "用户名或密码不对" in wrong.text
    assert "用户名或密码不对" in nobody.text


def test_posts_need_the_anti_forgery_token(browse):
    li = browse("li")
    refused = li.client.post("/sign-out")
    assert refused.status_code == 400
    assert "页面放得太久" in refused.text
    li.get("/inbox")
    assert "已退出" in li.post("/sign-out").text
    assert "请先登录" in li.get("/inbox").text


def test_a_new_password_signs_other_browsers_out(browse, app):
    li, elsewhere = browse("li"), Visitor(app)
    elsewhere.sign_in("li")
    li.get("/password")
    wrong = li.post("/password", {"old": "nonsense", "new": "short", "again": "short"}, status=422)
    assert "至少 8 个字符" in wrong.text
    assert "不一样" in li.post("/password", {"old": PASSWORD, "new": "another one", "again": "other"}, status=422).text
    li.post("/password", {"old": PASSWORD, "new": "another one", "again": "another one"})
    assert "待办" in li.get("/inbox").text
    assert "请先登录" in elsewhere.get("/inbox").text
    Visitor(app).sign_in("li", "another one")


def test_the_language_is_one_click_away_and_remembered(browse, app):
    li = browse("li")
    li.get("/inbox")
    english = li.post("/language", {"locale": "en", "next": "/inbox?due=today"})
    assert '<html lang="en"' in english.text
    assert english.request.full_path.rstrip("?") == "/inbox?due=today"
    elsewhere = Visitor(app)
    assert "Inbox" in elsewhere.sign_in("li").text
    li.post("/language", {"locale": "xx"}, status=400)


def test_what_is_not_there_looks_like_the_house(browse):
    page = browse("li").get("/nowhere", status=404)
    assert "没有这一页" in page.text
    assert "回到待办" in page.text


def test_a_failure_inside_tells_no_secrets(browse, app, monkeypatch):
    monkeypatch.setitem(app.view_functions, "inbox.done", lambda: 1 / 0)
    page = browse("li").get("/inbox/done", status=500)
    assert "程序出了故障" in page.text
    assert "ZeroDivisionError" not in page.text


def test_places_are_shown_by_role(browse):
    assert 'href="/customers"' in browse("li").get("/inbox").text
    assert 'href="/customers"' not in browse("nobody").get("/inbox").text
    browse("nobody").get("/customers", status=404)
    browse("nobody").get("/loans", status=404)
