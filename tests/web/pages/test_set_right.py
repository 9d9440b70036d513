"""Administrators set a case right: where it stands, what a move would end, variables with errors at their fields."""

import re

import pytest


@pytest.fixture
def forked(work):
    """A case with both investigations open."""
    case = work.start()
    work.complete(case, "check", "li")
    return case


def offered(page, element):
    """The addresses that the panel offers for a step, by what they do."""
    panel = page.text.split('id="set-right"')[1].split("</section>")[0]
    entry = next(item for item in panel.split("<li>") if element in item)
    return {
        re.search(r"do=(\w+)", url)[1]: url.replace("&amp;", "&") for url in re.findall(r'href="(/cases[^"]+)"', entry)
    }


def given(page):
    """The hidden fields of the form that does it."""
    form = page.text.split('/set-right" class="panel" data-guard>')[1].split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_the_panel_is_for_administrators_alone(browse, forked):
    root = browse("root")
    page = root.get(f"/cases/{forked.id}")
    address = offered(page, "A 角调查")["jump"]
    for name in ("li", "audit"):
        other = browse(name)
        assert "案件处置" not in other.get(f"/cases/{forked.id}").text
        other.get(address, status=403)
        other.get(f"/cases/{forked.id}/variables", status=403)
        other.post(f"/cases/{forked.id}/set-right", {"do": "skip", "token": "00" * 16, "reason": "x"}, status=403)
        other.post(f"/cases/{forked.id}/variables", {"name-1": "x", "value-1": "1", "reason": "x"}, status=403)


def test_nothing_is_done_without_the_token_against_forgery(browse, forked):
    root = browse("root")
    root.get(f"/cases/{forked.id}")
    root.token = None
    root.post(f"/cases/{forked.id}/variables", {"name-1": "x", "value-1": "1", "reason": "x"}, status=400)


def test_a_jump_says_what_it_ends_before_it_is_done(browse, work, forked):
    root = browse("root")
    address = offered(root.get(f"/cases/{forked.id}"), "A 角调查")["jump"]
    assert "看会怎样" in root.get(address).text
    page = root.get(address + "&to=review")
    assert "从 部门审核 接着办" in page.text
    assert "同时取消" in page.text
    assert "B 角调查" in page.text.split("同时取消")[1][:60]
    assert "请填写内容" in root.post(f"/cases/{forked.id}/set-right", {**given(page), "reason": " "}).text
    page = root.post(f"/cases/{forked.id}/set-right", {**given(page), "reason": "系统迁移"})
    assert "已跳转" in page.text
    assert "从 A 角调查 跳到 部门审核，同时取消 B 角调查" in page.text
    assert work.task(forked, "review").element == "review"
    root.get(address + "&to=review", status=404)


def test_a_branch_is_cancelled(browse, work, forked):
    root = browse("root")
    page = root.get(offered(root.get(f"/cases/{forked.id}"), "A 角调查")["cancel_branch"])
    done = root.post(f"/cases/{forked.id}/set-right", {**given(page), "reason": "只需一人"})
    assert "取消 A 角调查 所在的分支" in done.text
    work.complete(forked, "b", "zhao", b_opinion="for", b_amount=90000, b_reasons="受季节影响")
    root.post("/language", {"locale": "en"})
    page = root.get(offered(root.get(f"/cases/{forked.id}"), "Department review")["cancel_branch"])
    assert "there is no other branch; skip it, or cancel the case" in page.text
    assert 'name="reason"' not in page.text


def test_a_failed_element_is_skipped_with_what_it_should_have_given(browse, work):
    case = work.start(key="failing")
    work.complete(case, "enter", "li")
    root = browse("root")
    panel = root.get(f"/cases/{case.id}")
    assert "故障" in panel.text.split('id="set-right"')[1]
    chooses = root.get(offered(panel, "计算")["skip"])
    assert "计算 要选路，不能跳过；请跳转到要去的步骤" in chooses.text
    page = root.get(offered(panel, "计算")["jump"] + "&to=done")
    assert "不会取消别的步骤" in page.text
    assert "已办结" in root.post(f"/cases/{case.id}/set-right", {**given(page), "reason": "手工核实"}).text


def test_a_step_is_skipped_with_variables(browse, work, forked):
    root = browse("root")
    page = root.get(offered(root.get(f"/cases/{forked.id}"), "A 角调查")["skip"])
    address, form = f"/cases/{forked.id}/set-right", {**given(page), "reason": "已另行调查", "name-1": "a_amount"}
    wrong = root.post(address, {**form, "value-1": "eighty"}, status=422)
    assert "不是 JSON" in wrong.text
    assert 'value="eighty"' in wrong.text, "what was written is still there"
    done = root.post(address, {**form, "value-1": "80000"})
    assert "跳过 A 角调查，当作给出 建议金额 80,000.00 元" in done.text


def test_variables_are_set_after_a_look_at_what_changes(browse, work, forked):
    root = browse("root")
    address = f"/cases/{forked.id}/variables"
    assert "amount" in root.get(address).text
    empty = root.post(address, {"reason": ""}, status=422)
    assert len(re.findall(r'id="(name-1|f-reason)-e"', empty.text)) == 2
    wrong = {
        "name-1": "1 and",
        "value-1": "1",
        "name-2": "amount",
        "value-2": "yes",
        "name-3": "amount",
        "value-3": "1",
    }
    page = root.post(address, {**wrong, "name-4": "amount", "value-4": "2", "reason": "更正"}, status=422)
    said = dict(re.findall(r'id="([\w-]+)-e">.*?<span>([^<]+)', page.text))
    assert said.keys() == {"name-1", "value-2", "name-4"}
    assert said["name-4"] == "这个变量写了两次"
    right = {"name-1": "amount", "value-1": "90000.50", "name-2": "rating", "value-2": '"AA"', "reason": "录入有误"}
    page = root.post(address, right)
    assert re.search(r"120,000.00 元</span> → <span class=\"diff-add\">90,000.50 元", page.text)
    assert "录入有误" in page.text
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page.text))
    hidden["value-2"] = hidden["value-2"].replace("&#34;", '"')
    done = root.post(address, hidden)
    assert "改设 申请金额 90,000.50 元；rating AA" in done.text
    assert "90,000.50 元" in done.text.split('id="facts"')[1]
