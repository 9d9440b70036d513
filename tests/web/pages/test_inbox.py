"""The inbox: what is mine, what I could claim, what I did; conditions in the address; several at once."""

import re
from decimal import Decimal

from engine.service import actors, comments


def numbers(page):
    return re.findall(r'<a class="mono-n" href="[^"]+">(S-[\d-]+)</a>', page.text)


def test_a_task_goes_from_my_roles_to_mine_to_done(browse, work):
    case = work.start()
    li = browse("li")
    offered = li.get("/inbox/roles")
    assert numbers(offered) == [case.business_key]
    assert "核对资料" in offered.text
    assert "120,000.00" in offered.text
    claimed = li.post(f"/tasks/{work.task(case, 'check').id}/claim", {"next": "/inbox/roles"})
    assert f"已领取：{case.business_key}" in claimed.text
    assert numbers(li.get("/inbox/roles")) == []
    assert numbers(li.get("/inbox")) == [case.business_key]
    work.complete(case, "check", "li")
    assert numbers(li.get("/inbox")) == []
    assert numbers(li.get("/inbox/done")) == [case.business_key]


def test_the_first_page_shows_what_i_have_or_else_what_there_is_to_take(browse, work):
    case = work.start()
    li = browse("li")
    assert li.client.get("/").headers["Location"] == "/inbox/roles"
    li.post(f"/tasks/{work.task(case, 'check').id}/claim", {"next": "/inbox/roles"})
    assert li.client.get("/").headers["Location"] == "/inbox"


def test_my_roles_shows_only_what_i_could_claim(browse, work):
    case = work.investigated()
    assert numbers(browse("zhao").get("/inbox/roles")) == [case.business_key]
    assert numbers(browse("wang").get("/inbox/roles")) == [], "whoever did A does not do B"
    assert numbers(browse("nobody").get("/inbox/roles")) == []


def test_conditions_stand_in_the_address(browse, work):
    small, large = work.start(amount=Decimal(80000)), work.start(customer_name="马国庆", amount=Decimal(600000))
    li = browse("li")
    assert numbers(li.get("/inbox/roles?amount=-100000")) == [small.business_key]
    assert numbers(li.get("/inbox/roles?amount=500000-")) == [large.business_key]
    assert numbers(li.get("/inbox/roles?q=马国庆")) == [large.business_key]
    assert numbers(li.get(f"/inbox/roles?q={small.business_key}")) == [small.business_key]
    assert numbers(li.get("/inbox/roles?process=failing")) == []
    assert len(numbers(li.get("/inbox/roles?due=today"))) == 2
    assert numbers(li.get("/inbox/roles?due=overdue")) == []
    work.house.clock.forward(hours=6)
    late = li.get("/inbox/roles?due=overdue")
    assert len(numbers(late)) == 2
    assert "逾期 1 小时" in late.text


def test_odd_conditions_are_no_failure(browse, work):
    work.start()
    li = browse("li")
    for query in ("sort=nonsense", "due=x&amount=y", "unit=zz", "q=%25%00", "process=%27%22"):
        li.get(f"/inbox/roles?{query}")
    li.get("/inbox?cursor=nonsense", status=400)


def test_pages_follow_each_other_by_cursor(browse, work, monkeypatch):
    monkeypatch.setattr("web.pages.inbox._PAGE", 2)
    cases = [work.start().business_key for _ in range(3)]
    li = browse("li")
    first = li.get("/inbox/roles?sort=created_at")
    following = re.search(r'rel="next" href="([^"]+)"', first.text)[1].replace("&amp;", "&")
    assert "sort=created_at" in following
    assert sorted(numbers(first) + numbers(li.get(following))) == sorted(cases)


def test_claiming_several_reports_each_result(browse, work):
    free, taken = work.start(), work.start()
    work.claim(taken, "check", "li")
    third = work.investigated()
    ids = [str(work.task(free, "check").id), str(work.task(third, "b").id), "nonsense"]
    li = browse("li")
    li.get("/inbox/roles")
    report = li.post("/inbox/claim", {"id": ids, "next": "/inbox/roles"})
    assert "成功 1，未成 2" in report.text
    assert "B 角调查 由 客户经理 办理" in report.text
    assert "没有这一项" in report.text
    assert free.business_key in numbers(li.get("/inbox"))


def test_a_mention_is_a_notice_until_it_is_read(browse, work):
    case = work.start()
    with work.house.step() as step:
        comments.add(step, case.id, actors.load(step.session, "li"), "@qian 请看，@ghost 也看")
    qian = browse("qian")
    page = qian.get("/inbox")
    assert "提到了您：@qian 请看" in page.text
    address = re.search(r'action="(/notices/\d+/read)"', page.text)[1]
    other = browse("wang")
    other.get("/inbox")
    other.post(address)
    assert "提到了您" in qian.get("/inbox").text, "only who is meant reads it off"
    assert "提到了您" not in qian.post(address).text


def test_a_badge_counts_what_is_overdue(browse, work):
    case = work.start()
    work.claim(case, "check", "li")
    work.house.clock.forward(hours=6)
    page = browse("li").get("/inbox")
    assert 'title="1 项逾期"' in page.text
    assert "已逾期 1，今天到期 0" in page.text
