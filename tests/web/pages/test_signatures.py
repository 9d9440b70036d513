"""The page of a signature shows what was signed; a page that shows something else by now is told so."""

import re


def test_what_was_signed_is_shown_as_it_was(browse, work):
    case = work.start()
    work.complete(case, "check", "li")
    work.complete(case, "a", "wang", a_opinion="for", a_amount=120000, a_reasons="销路稳定")
    work.complete(case, "b", "zhao", b_opinion="for", b_amount=110000, b_reasons="负债不高")
    page = browse("audit").get(f"/cases/{case.id}").text
    links = re.findall(rf"/cases/{case.id}/signatures/\d+", page)
    assert len(links) == 3
    of_b = browse("qian").get(links[2]).text
    assert "与签名时一致" in of_b
    assert "负债不高" in of_b
    assert "陈梅" in of_b
    assert "销路稳定" not in of_b
    browse("nobody").get(links[2], status=404)
    browse("audit").get(f"/cases/{case.id}/signatures/{2**40}", status=404)


def test_what_is_sealed_is_not_shown_with_a_signature_either(browse, work):
    case = work.investigated()
    page = browse("qian").get(f"/cases/{case.id}").text
    of_a = re.findall(rf"/cases/{case.id}/signatures/\d+", page)[1]
    assert "菜棚两座" not in browse("qian").get(of_a).text
    assert "菜棚两座" in browse("audit").get(of_a).text


def test_a_page_that_shows_something_else_by_now_is_told(browse, work):
    case = work.start()
    work.complete(case, "check", "li")
    task = work.task(case, "a")
    page = browse("wang").get(f"/tasks/{task.id}").text
    seen = re.search(r'"facts_hash": ?"([0-9a-f]{64})"', page)[1]
    browse("zhao").get(f"/cases/{case.id}")
    browse("zhao").post(f"/cases/{case.id}/conflict", {"reason": "亲属"})
    given = {"form": {"a_opinion": "for", "a_amount": 120000, "a_reasons": "属实"}, "version": 1, "facts_hash": seen}
    told = browse("wang").send(f"/tasks/{task.id}/complete", given, status=409)
    assert "请重新看过再提交" in told["detail"]
    page = browse("wang").get(f"/tasks/{task.id}").text
    given["facts_hash"] = re.search(r'"facts_hash": ?"([0-9a-f]{64})"', page)[1]
    browse("wang").send(f"/tasks/{task.id}/complete", given)
