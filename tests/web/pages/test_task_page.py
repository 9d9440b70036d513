"""One task beside its case: its form, drafts, completion, refusals in words, and everything else people do with it."""

import json
import re

import pytest


def form_of(page):
    return json.loads(re.search(r'id="task-form">(.*?)</script>', page.text)[1])


@pytest.fixture
def task(work):
    return work.task(work.investigated(), "b")


def test_the_form_is_drawn_in_the_readers_language(browse, task):
    zhao = browse("zhao")
    page = zhao.get(f"/tasks/{task.id}")
    assert "B 角调查" in page.text
    form = form_of(page)
    assert form["readonly"] is False
    assert [field["label"] for field in form["schema"]["components"]] == ["意见", "建议金额", "理由"]
    zhao.post("/language", {"locale": "en"})
    english = zhao.get(f"/tasks/{task.id}")
    assert "Investigation B" in english.text
    assert [field["label"] for field in form_of(english)["schema"]["components"]] == [
        "Opinion",
        "Amount proposed",
        "Reasons",
    ]


def test_opinion_a_stays_sealed_for_b(browse, task):
    page = browse("zhao").get(f"/tasks/{task.id}")
    assert "内容暂时密封" in page.text
    assert "菜棚两座" not in page.text


def test_a_draft_is_kept_and_shown_to_its_writer_alone(browse, task):
    zhao = browse("zhao")
    zhao.get(f"/tasks/{task.id}")
    zhao.post(f"/tasks/{task.id}/claim")
    kept = zhao.send(f"/tasks/{task.id}/draft", {"form": {"b_reasons": "写到一半"}})
    assert kept == {"saved_at": "09:00"}
    assert form_of(zhao.get(f"/tasks/{task.id}"))["data"]["b_reasons"] == "写到一半"
    assert "写到一半" not in browse("qian").get(f"/tasks/{task.id}").text


def test_whoever_takes_a_task_over_does_not_read_what_was_drafted(browse, work):
    """A could otherwise read B's opinion before giving one: take B's released task, look, release it, and take A's."""
    case = work.start()
    work.complete(case, "check", "li")
    address = f"/tasks/{work.task(case, 'a').id}"
    zhao, wang = browse("zhao"), browse("wang")
    zhao.get(address)
    zhao.send(f"{address}/draft", {"form": {"a_reasons": "写到一半"}})
    zhao.post(f"{address}/claim")
    assert form_of(zhao.get(address))["data"]["a_reasons"] == "写到一半"
    zhao.post(f"{address}/release")
    wang.get(address)
    wang.post(f"{address}/claim")
    assert "写到一半" not in wang.get(address).text


def test_completing_checks_the_form_again_and_goes_on(browse, task):
    zhao = browse("zhao")
    form = form_of(zhao.get(f"/tasks/{task.id}"))
    complete = form["urls"]["complete"]
    wrong = zhao.send(complete, {"form": {"b_opinion": "maybe"}, "version": form["version"]}, status=422)
    assert wrong["rule"] == "form_invalid"
    assert "还不能提交" in wrong["detail"]
    assert wrong["errors"]["b_reasons"][0]["message"] == "必填"
    zhao.post("/language", {"locale": "en"})
    told = zhao.send(complete, {"form": {}}, status=422)
    assert told["errors"]["b_amount"][0]["message"] == "This field is required"
    given = {"b_opinion": "for", "b_amount": 100000.5, "b_reasons": "季节性强"}
    assert zhao.send(complete, {"form": given}) == {"next": "/inbox"}
    page = zhao.get(f"/tasks/{task.id}")
    assert "100,000.50 CNY" in page.text


def test_who_comes_second_is_told_who_was_first(browse, work):
    task = work.task(work.start(), "check")
    first, second = browse("li"), browse("sun")
    case_of_head_office = second.get(f"/tasks/{task.id}", status=404)
    assert "没有这一页" in case_of_head_office.text
    first.get(f"/tasks/{task.id}")
    first.post(f"/tasks/{task.id}/complete")
    again = first.send(f"/tasks/{task.id}/complete", {"form": {}}, status=409)
    assert again["rule"] == "not_open"
    assert "已先一步办完 核对资料" in again["detail"]


def test_why_i_cannot_names_the_rule_and_who_could(browse, task):
    page = browse("wang").get(f"/tasks/{task.id}")
    assert "职责分离：您已办理本案的 A 角调查，B 角调查 须由他人办理" in page.text
    assert "GOV-2" in page.text
    who = re.search(r"<dt>谁可以</dt><dd lang=\"zh\">([^<]+)</dd>", page.text)[1]
    assert who == "zhao"
    assert form_of(page)["readonly"] is True
    refused = browse("wang").post(f"/tasks/{task.id}/claim")
    assert "职责分离" in refused.text


def test_a_step_without_a_form_takes_a_remark_and_variables(browse, work):
    case = work.start(key="failing")
    task = work.task(case, "enter")
    li = browse("li")
    assert "这一步没有表单" in li.get(f"/tasks/{task.id}").text
    wrong = {"name-1": "rest", "kind-1": "number", "value-1": "twelve"}
    assert "填写的内容有误" in li.post(f"/tasks/{task.id}/complete", wrong).text
    li.post(f"/tasks/{task.id}/complete", {"remark": "齐了", "name-1": "rest", "kind-1": "text", "value-1": "12"})
    page = browse("root").get(f"/cases/{case.id}")
    assert "齐了" in page.text
    assert "发生故障" in page.text


def test_delegating_offers_only_who_may(browse, task):
    zhao = browse("zhao")
    page = zhao.get(f"/tasks/{task.id}")
    dialog = page.text.split('<dialog id="delegate"')[1].split("</dialog>")[0]
    assert re.findall(r'name="to" value="(\w+)"', dialog) == [], "wang did A, zhao is oneself"
    assert "没有其他人能办这一步" in page.text
    told = zhao.post(f"/tasks/{task.id}/delegate", {"to": "ghost"})
    assert "没有这个人" in told.text


def test_claim_and_release_without_script(browse, task):
    zhao = browse("zhao")
    zhao.get(f"/tasks/{task.id}")
    assert "由您办理" in zhao.post(f"/tasks/{task.id}/claim").text
    assert "回到岗位" in zhao.post(f"/tasks/{task.id}/release").text
    assert "待领" in zhao.get(f"/tasks/{task.id}").text


def test_a_declared_conflict_takes_the_step_away(browse, task):
    zhao = browse("zhao")
    zhao.get(f"/tasks/{task.id}")
    zhao.post(f"/tasks/{task.id}/claim")
    assert "请填写内容" in zhao.post(f"/tasks/{task.id}/conflict", {"reason": " "}).text
    page = zhao.post(f"/tasks/{task.id}/conflict", {"reason": "借款人是我的表姐"})
    assert "已声明回避" in page.text
    assert "回避：zhao 已声明与本案有利益冲突" in page.text
    assert "待领" in page.text
    assert "借款人是我的表姐" in page.text, "the reason stands in the history"


def test_remarks_are_text_never_markup(browse, task):
    zhao = browse("zhao")
    zhao.get(f"/tasks/{task.id}")
    page = zhao.post(f"/tasks/{task.id}/comments", {"text": "<script>alert(1)</script>"})
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "<script>alert(1)" not in page.text


def test_bodies_that_are_no_json_are_refused(browse, task):
    zhao = browse("zhao")
    zhao.get(f"/tasks/{task.id}")
    headers = {"X-CSRFToken": zhao.token, "Content-Type": "application/json", "Accept": "application/json"}
    for path, body in (
        ("draft", "{"),
        ("draft", "[]"),
        ("draft", '{"form": 1}'),
        ("draft", '{"form": {"a": ' + "[" * 900 + "]" * 900 + "}}"),
        ("complete", "{"),
        ("complete", "[]"),
    ):
        answer = zhao.client.post(f"/tasks/{task.id}/{path}", data=body, headers=headers)
        assert 400 <= answer.status_code < 500, (path, body)


def test_texts_of_the_form_write_values_as_people_do(browse, work):
    case = work.investigated()
    work.complete(case, "b", "zhao", b_opinion="for", b_amount=90000, b_reasons="{{amount}}")
    form = form_of(browse("qian").get(f"/tasks/{work.task(case, 'review').id}"))
    text = form["schema"]["components"][0]["text"]
    assert text == "申请 {{loanflow_shown.amount}} 元，A 角{{loanflow_shown.a_opinion}}；{{review_reasons}}"
    assert form["data"]["loanflow_shown"] == {"amount": "120,000.00", "a_opinion": "同意"}
