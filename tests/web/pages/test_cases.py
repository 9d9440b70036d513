"""The case page: what may be seen of it, its diagrams and history, and what administrators do with it."""

import json
import os
import re
from decimal import Decimal

import pytest

from engine.service import actors, attachments, worker
from engine.service.attachments import FileStore
from engine.service.house import Step
from loanflow.metronome import make_metronome


def diagram_of(page):
    return json.loads(re.search(r'id="diagram-data">(.*?)</script>', page.text)[1])


def both_given(work):
    case = work.investigated()
    work.complete(case, "b", "zhao", b_opinion="for", b_amount=Decimal(100000), b_reasons="受季节影响，建议压降额度")
    return case


def test_opinions_stand_side_by_side_once_both_are_in(browse, work):
    page = browse("qian").get(f"/cases/{both_given(work).id}")
    assert "A 角调查 · B 角调查" in page.text
    assert "差 20,000.00" in page.text
    assert "120,000.00 元" in page.text
    assert "菜棚两座" in page.text


def test_before_that_the_first_is_sealed_for_all_but_its_author_and_auditors(browse, work):
    case = work.investigated()
    for name, sees in (("qian", False), ("zhao", False), ("root", False), ("wang", True), ("audit", True)):
        page = browse(name).get(f"/cases/{case.id}")
        assert ("菜棚两座" in page.text) is sees, name
        assert "A 角调查" in page.text


def test_for_strangers_a_case_does_not_exist(browse, work):
    case = work.start()
    for name in ("nobody", "sun"):
        browse(name).get(f"/cases/{case.id}", status=404)
        browse(name).get(f"/cases/{case.id}/history", status=404)
        browse(name).get(f"/cases/{case.id}/diagrams/small_loan", status=404)
        assert case.business_key not in browse(name).get("/cases").text
        browse(name).post(f"/cases/{case.id}/comments", {"text": "x"}, status=404)


def test_the_diagram_tells_the_path_and_the_tokens(browse, work):
    case = work.investigated()
    page = browse("li").get(f"/cases/{case.id}")
    drawn = diagram_of(page)
    assert drawn["main"] == "small_loan"
    assert [mark["element"] for mark in drawn["now"]] == ["b"]
    done = {mark["element"]: mark.get("who") for mark in drawn["done"]}
    assert done["check"] == "li"
    assert done["a"] == "王俊"
    xml = browse("li").get(drawn["diagrams"][0]["url"])
    assert xml.mimetype == "application/xml"
    assert b'id="small_loan"' in xml.data
    browse("li").get(f"/cases/{case.id}/diagrams/review", status=404)


def test_history_is_told_in_the_readers_language(browse, work):
    case = work.investigated()
    li = browse("li")
    page = li.get(f"/cases/{case.id}/history")
    assert "发起 小额贷款，第 1 版流程" in page.text
    assert "办完 A 角调查，内容暂时密封" in page.text
    li.post("/language", {"locale": "en"})
    assert "started Small loan, version 1" in li.get(f"/cases/{case.id}/history").text


def test_signatures_tell_who_answers_for_what(browse, work):
    page = browse("li").get(f"/cases/{work.investigated().id}")
    assert "谁签字谁负责" in page.text
    assert "INV-2" in page.text


def test_only_administrators_retry_and_end(browse, work):
    case = work.start(key="failing")
    work.complete(case, "enter", "li")
    li, root = browse("li"), browse("root")
    assert "/retry" not in li.get(f"/cases/{case.id}").text
    page = root.get(f"/cases/{case.id}")
    retry = re.search(r'action="([^"]+/retry)"', page.text)[1]
    assert "只有管理员可以办理" in li.post(retry).text
    assert "已重试" in root.post(retry).text, "it fails again, and stands there again"
    assert "只有管理员可以办理" in li.post(f"/cases/{case.id}/cancel", {"reason": "x"}).text
    assert "请填写内容" in root.post(f"/cases/{case.id}/cancel", {"reason": ""}).text
    ended = root.post(f"/cases/{case.id}/cancel", {"reason": "登记错误"})
    assert "已终止" in ended.text
    assert "登记错误" in ended.text
    other = work.start()
    assert "没有这一项" in root.post(retry.replace(str(case.id), str(other.id))).text


def test_the_list_is_filtered_by_the_address(browse, work):
    first, second = work.start(), work.start(customer_name="马国庆", by="sun")
    li = browse("li")
    everything = li.get("/cases").text
    assert first.business_key in everything
    assert str(second.id) in everything
    assert str(second.id) not in li.get("/cases?by=me").text
    assert str(first.id) not in li.get("/cases?q=马国庆").text
    assert str(first.id) not in li.get("/cases?state=completed").text
    assert str(first.id) in li.get("/cases?process=small_loan&state=nonsense").text
    assert str(second.id) in li.get("/search?q=马国庆").text


def test_a_case_is_started_with_the_form_of_its_start(browse, work):
    li = browse("li")
    assert "小额贷款" in li.get("/start").text
    form = json.loads(re.search(r'id="task-form">(.*?)</script>', li.get("/start/small_loan").text)[1])
    wrong = li.send(form["urls"]["complete"], {"form": {"amount": 5}}, status=422)
    assert "customer_name" in wrong["errors"]
    begun = li.send(form["urls"]["complete"], {"form": {"customer_name": "周建平", "amount": 80000}})
    assert begun["next"].startswith("/tasks/")
    assert "周建平" in li.get(begun["next"]).text


def test_starting_needs_a_role_of_the_process(browse, work):
    assert "没有您能发起的流程" in browse("nobody").get("/start").text
    browse("nobody").get("/start/small_loan", status=404)
    browse("li").get("/start/nothing", status=404)
    started = browse("li").get("/start/failing")
    assert "确认后即发起" in started.text
    assert "登记" in browse("li").post("/start/failing").text


PDF = b"%PDF-1.7\n1 0 obj\n"


def upload(visitor, path, name, content):
    from io import BytesIO

    return visitor.post(path, {"file": (BytesIO(content), name)}, content_type="multipart/form-data")


def test_a_file_is_kept_and_given_back_as_a_download_only(browse, work, settings):
    case = work.start()
    li = browse("li")
    li.get(f"/cases/{case.id}")
    page = upload(li, f"/cases/{case.id}/files", "../../身份证 <b>.pdf", PDF)
    assert "已上传" in page.text
    address = re.search(r'href="(/files/\d+)"', page.text)[1]
    answer = li.get(address)
    assert answer.data == PDF
    answer.close()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    kept = [path for path in settings.data_dir.rglob("*") if path.is_file() and path.read_bytes() == PDF]
    assert len(kept) == 1
    assert kept[0].name.isalnum()
    assert kept[0].stat().st_mode & 0o077 == 0
    browse("sun").get(address, status=404)
    browse("nobody").get(address, status=404)


def test_a_file_of_a_sealed_opinion_is_sealed_with_it(browse, work):
    """The report of A, attached to the step, says as much as its form: B must not read it before B's own is given."""
    case = work.start()
    work.complete(case, "check", "li")
    step = work.claim(case, "a", "wang")
    page = upload(browse("wang"), f"/tasks/{step.id}/files", "报告甲.pdf", PDF)
    address = re.search(r'href="(/files/\d+)"', page.text)[1]

    def readers():
        found = set()
        for name in ("wang", "zhao", "qian", "root", "audit"):
            with browse(name).client.get(address) as answer:
                found |= {name} if answer.status_code == 200 else set()
        return found

    assert readers() == {"wang", "audit"}
    assert "报告甲.pdf</a>" not in browse("zhao").get(f"/cases/{case.id}").text
    work.complete(case, "a", "wang", a_opinion="for", a_amount=Decimal(5), a_reasons="菜棚两座，销路稳定，负债不高")
    assert readers() == {"wang", "audit"}
    work.complete(case, "b", "zhao", b_opinion="for", b_amount=Decimal(5), b_reasons="菜棚两座，销路稳定，负债不高")
    assert readers() == {"wang", "zhao", "qian", "root", "audit"}
    assert "报告甲.pdf</a>" in browse("zhao").get(f"/cases/{case.id}").text


def test_files_that_are_not_what_they_say_are_refused(browse, work, monkeypatch):
    case = work.start()
    li = browse("li")
    li.get(f"/cases/{case.id}")
    path = f"/cases/{case.id}/files"
    assert "不能上传" in upload(li, path, "page.html", b"<script>alert(1)</script>").text
    assert "不能上传" in upload(li, path, "program.exe", b"MZ").text
    assert "内容与后缀不符" in upload(li, path, "photo.png", b"<svg onload=alert(1)>").text
    assert "文件是空的" in upload(li, path, "empty.pdf", b"").text
    monkeypatch.setattr(attachments, "MAX_BYTES", 10)
    assert "内容过大" in upload(li, path, "large.pdf", PDF).text
    assert "还没有资料" in li.get(f"/cases/{case.id}").text


def test_the_store_gives_out_no_path_but_its_own(tmp_path):
    store = FileStore(tmp_path)
    name = store.keep(b"x")
    with store.open(name) as file:
        assert file.read() == b"x"
    for wrong in ("../../etc/passwd", "", name.upper(), name + "/", "0" * 63):
        with pytest.raises(ValueError, match="no name"):
            store.open(wrong)


def kept_files(settings):
    return [path for path in (settings.data_dir / "attachments").rglob("*") if path.is_file()]


def test_a_file_whose_transaction_failed_goes_and_the_others_stay(browse, work, settings, house):
    case = work.start()
    li = browse("li")
    li.get(f"/cases/{case.id}")
    page = upload(li, f"/cases/{case.id}/files", "kept.pdf", PDF)
    address = re.search(r'href="(/files/\d+)"', page.text)[1]
    store = FileStore(settings.data_dir)
    with house.sessions.writing() as session:
        step = Step(session, house, house.clock.now())
        attachments.attach(step, store, case.id, actors.load(session, "li"), "lost.pdf", PDF)
        session.rollback()
    assert len(kept_files(settings)) == 2
    for minutes_ago, left in ((59, 2), (61, 1)):
        at = house.clock.now().timestamp() - 60 * minutes_ago
        for path in kept_files(settings):
            os.utime(path, (at, at))
        for job in make_metronome(house, settings).get_jobs():
            job.func(*job.args)
        assert len(kept_files(settings)) == left
    answer = li.get(address)
    assert (answer.data, answer.headers["Content-Length"]) == (PDF, str(len(PDF)))
    answer.close()


def test_late_work_names_roles_by_their_titles_and_says_when_nobody_was_told(browse, work):
    case = work.start()
    work.house.clock.forward(hours=6)
    while worker.sweep(work.house):
        pass
    li = browse("li")
    page = li.get(f"/cases/{case.id}/history").text
    assert "核对资料 逾期，还没有人领取，没有提醒到人" in page
    assert "核对资料 逾期，已提醒 分管行长" in page
    li.post("/language", {"locale": "en"})
    assert "Vice president" in li.get(f"/cases/{case.id}/history").text


def test_the_programs_own_data_is_for_those_who_look_after_it(browse, work):
    case = work.start(key="failing", branch_code="C-7")
    for name, sees in (("li", False), ("audit", True)):
        assert ("branch_code" in browse(name).get(f"/cases/{case.id}").text) is sees, name


def test_of_what_forms_gave_amounts_come_first(browse, work):
    page = browse("wang").get(f"/cases/{work.investigated().id}").text
    labels = re.findall(r"<dt>([^<]+)</dt>", page[page.index('id="facts"') :])
    assert labels[:5] == ["客户姓名", "申请金额", "建议金额", "意见", "理由"]
