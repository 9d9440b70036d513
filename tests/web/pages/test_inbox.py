"""The inbox: what is mine, what I could claim, what I did; conditions in the address; several at once."""

import datetime as dt
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


def test_who_has_one_report_in_hand_is_not_given_the_other(browse, work):
    case = work.start()
    work.complete(case, "check", "li")
    work.claim(case, "a", "wang")
    work.claim(case, "b", "zhao")
    other = work.task(case, "b")
    why = "职责分离：本案的 A 角调查 在 王俊 手上，B 角调查 须由他人办理"
    assert why in browse("zhao").post("/inbox/several", {"do": "delegate", "id": other.id, "to": "wang"}).text


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
    report = li.post("/inbox/several", {"do": "claim", "id": ids, "next": "/inbox/roles"})
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


def test_followed_cases_show_what_they_wait_for_whoever_has_to_do_it(browse, work):
    case, other = work.start(), work.start()
    qian = browse("qian")
    page = qian.get(f"/cases/{case.id}")
    assert "关注" in page.text
    assert "已关注" in qian.post(f"/cases/{case.id}/follow").text
    qian.post(f"/cases/{case.id}/follow")
    watching = qian.get("/inbox/watching")
    assert numbers(watching) == [case.business_key]
    assert other.business_key not in watching.text
    work.claim(case, "check", "li")
    assert numbers(qian.get("/inbox/watching?q=陈梅")) == [case.business_key]
    qian.post(f"/cases/{case.id}/unfollow")
    assert numbers(qian.get("/inbox/watching")) == []


def test_a_case_out_of_sight_is_neither_followed_nor_watched(browse, work):
    case = work.start()
    outsider = browse("nobody")
    outsider.post(f"/cases/{case.id}/follow", status=404)
    assert numbers(outsider.get("/inbox/watching")) == []


def test_several_are_delegated_and_each_refusal_says_why(browse, work):
    investigated, fresh = work.investigated(), work.start()
    work.complete(fresh, "check", "li")
    ids = [str(work.task(case, "b").id) for case in (investigated, fresh)]
    zhao = browse("zhao")
    zhao.get("/inbox/roles")
    report = zhao.post("/inbox/several", {"do": "delegate", "id": ids, "to": "wang", "next": "/inbox"})
    assert "成功 1，未成 1" in report.text, "wang did A of one case, and may not do its B"
    assert numbers(browse("wang").get("/inbox")) == [fresh.business_key]
    report = zhao.post("/inbox/several", {"do": "delegate", "id": ids[:1], "to": ""})
    assert "没有这个人" in report.text


def test_several_are_put_off_to_a_day_and_found_on_it(browse, work):
    cases = [work.start(), work.start()]
    for case in cases:
        work.claim(case, "check", "li")
    ids = [str(work.task(case, "check").id) for case in cases]
    li = browse("li")
    li.get("/inbox")
    day = (work.house.clock.now().astimezone(work.house.calendar.zone) + dt.timedelta(days=2)).date()
    report = li.post("/inbox/several", {"do": "follow_up", "id": ids[:1], "on": day.isoformat()})
    assert "已定跟进日" in report.text
    assert f"{day:%m-%d}" in li.get("/inbox").text
    assert numbers(li.get("/inbox?due=follow_up")) == []
    work.house.clock.forward(days=2)
    assert numbers(li.get("/inbox?due=follow_up")) == [cases[0].business_key]
    assert "定于" in li.get(f"/cases/{cases[0].id}/history").text
    for wrong in ("", "2001-01-01", "x"):
        li.post("/inbox/several", {"do": "follow_up", "id": ids, "on": wrong}, status=400)
    li.post("/inbox/several", {"do": "eat", "id": ids}, status=400)


def test_a_filter_is_kept_used_by_its_address_shared_and_removed(browse, work):
    small = work.start(amount=Decimal(80000))
    work.start(amount=Decimal(600000))
    li, wang = browse("li"), browse("wang")
    li.get("/inbox/roles?amount=-100000")
    given = {"tab": "roles", "conditions": "amount=-100000&cursor=x&evil=1", "name": "低于十万 <b>"}
    kept = li.post("/inbox/filters", given)
    assert "低于十万 &lt;b&gt;" in kept.text
    assert numbers(kept) == [small.business_key]
    assert 'href="/inbox/roles?amount=-100000"' in li.get("/inbox").text
    assert "低于十万" not in wang.get("/inbox").text, "one's own until it is shared"
    li.post("/inbox/filters", {**given, "shared": "1"})
    shared = wang.get("/inbox")
    assert shared.text.count('href="/inbox/roles?amount=-100000"') == 1
    address = re.search(r'action="(/inbox/filters/\d+/remove)"', li.get("/inbox").text)[1]
    assert address not in shared.text
    wang.post(address)
    assert "低于十万" in li.get("/inbox").text, "nobody removes another's"
    assert "低于十万" not in li.post(address).text


def test_what_is_no_filter_is_refused(browse):
    li = browse("li")
    good = {"tab": "mine", "conditions": "due=today", "name": "今天"}
    for wrong in ({"tab": "x"}, {"conditions": "x=1"}, {"conditions": "q=" + "x" * 2000}):
        li.post("/inbox/filters", {**good, **wrong}, status=400)
    assert "请给条件起名" in li.post("/inbox/filters", {**good, "name": "  "}).text
    li.post("/inbox/filters/99999999999/remove", status=404)


def test_a_person_keeps_only_so_many(browse, monkeypatch):
    monkeypatch.setattr("models.queries.saved_filters.MOST_OWN", 1)
    li = browse("li")
    li.post("/inbox/filters", {"tab": "mine", "conditions": "due=today", "name": "今天"})
    told = li.post("/inbox/filters", {"tab": "mine", "conditions": "due=week", "name": "本周"})
    assert "最多保存 1 组条件" in told.text


def test_tabs_count_what_they_hold(browse, work):
    first, _ = work.start(), work.start()
    work.claim(first, "check", "li")
    li = browse("li")
    li.post(f"/cases/{first.id}/follow")
    tabs = li.get("/inbox").text.split('class="tabs"')[1].split("</nav>")[0]
    assert re.findall(r'<span class="count">([^<]+)</span>', tabs) == ["1", "1", "1"]
