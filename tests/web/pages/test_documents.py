"""Papers of a case on its page: taken in for an item, in versions; looked at; under their seals."""

import datetime as dt
import io
import re

import pytest
from PIL import Image

from engine.errors import Invalid
from engine.service import actors
from engine.service.attachments import FileStore
from models.papers import PaperItem
from models.queries import papers as found
from models.register_queries import RegisterQuery
from operations.documents import keep
from tests.databases import statements
from tests.operations.conftest import Case
from tests.web.conftest import MONDAY

PDF = b"%PDF-1.7\n1 0 obj\n"


def png(size=(30, 20)):
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, "PNG")
    return out.getvalue()


def item(case, kind="identity", **changed):
    asked = {"desk": "intake", "n": 1, "title": "身份证", "whose": "borrower", "required": True}
    return PaperItem(instance_id=case.id, kind=kind, **(asked | {"needs_original": True, "valid_days": 30} | changed))


@pytest.fixture
def listed(work, lending):
    """A case with a checklist of two items."""
    case = work.start()
    with lending.step() as step:
        step.session.add_all([item(case), item(case, "income", n=2, title="收入证明")])
    return case


def send(visitor, case, *files, **fields):
    visitor.get(f"/cases/{case.id}")
    sent = [(io.BytesIO(content), name) for name, content in files]
    return visitor.post(f"/cases/{case.id}/files", {"file": sent, **fields}, content_type="multipart/form-data")


def documents(lending, case):
    with lending.sessions.reading() as session:
        return [(file.name, document) for file, document in reversed(found.documents_of(session, case.id))]


def test_files_sent_together_are_one_version_and_the_next_ones_another(browse, listed, lending):
    li = browse("li")
    send(li, listed, ("正面.png", png()), ("反面.png", png()), paper="identity|")
    page = send(li, listed, ("新证.pdf", PDF), paper="identity|", issued_on="2026-02-20")
    versions = {name: document.version for name, document in documents(lending, listed)}
    assert versions == {"正面.png": 1, "反面.png": 1, "新证.pdf": 2}
    assert documents(lending, listed)[2][1].expires_on == dt.date(2026, 3, 22)
    assert "以前的版本 2 份" in page.text
    assert "有效至 2026-03-22" in page.text
    send(li, listed, ("背页.png", png()), paper="identity|", adds="1")
    assert documents(lending, listed)[3][1].version == 2


def test_each_file_is_told_what_became_of_it(browse, listed, lending):
    page = send(browse("li"), listed, ("好.pdf", PDF), ("坏.png", b"<svg>"), ("空.pdf", b""), paper="income|")
    assert "已上传 好.pdf" in page.text
    assert "坏.png 没有上传：文件内容与后缀不符" in page.text
    assert "空.pdf 没有上传：文件是空的" in page.text
    assert [name for name, _ in documents(lending, listed)] == ["好.pdf"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"paper": "nothing|"}, "清单中没有这一项"),
        ({"paper": "identity|C1"}, "清单中没有这一项"),
        ({"issued_on": "yesterday"}, "日期写得不对"),
        ({"issued_on": "2026-02-02", "expires_on": "2026-02-01"}, "到期日不能早于签发日"),
        ({"latitude": "91", "longitude": "0"}, "位置不在地球上"),
        ({"latitude": "34.7"}, "经纬度须同时给出"),
        ({"latitude": "1e9", "longitude": "0"}, "位置写得不对"),
    ],
)
def test_what_is_said_wrongly_of_a_file_keeps_none(browse, listed, lending, fields, words):
    page = send(browse("li"), listed, ("证.pdf", PDF), **fields)
    assert words in page.text
    assert documents(lending, listed) == []


def test_the_device_tells_a_place_where_the_picture_has_none(browse, listed, lending):
    page = send(browse("li"), listed, ("现场.png", png()), paper="income|", latitude="34.7585001", longitude="113.62")
    [(_, document)] = documents(lending, listed)
    assert (document.latitude, document.longitude, document.place_from) == (34758500, 113620000, "device")
    assert "34.758500, 113.620000" in page.text


def test_papers_missing_expired_or_about_to_are_told_at_the_top(browse, listed, lending):
    with lending.step() as step:
        for row in found.of_case(step.session, listed.id):
            row.state, row.checked_by, row.checked_at = "missing", "li", MONDAY
        held = {"state": "complete", "issued_on": dt.date(2026, 1, 1), "expires_on": dt.date(2026, 1, 31)}
        stamp = {"checked_by": "li", "checked_at": MONDAY}
        step.session.add(item(listed, "presale", n=3, title="预售证明", **held, **stamp))
    page = browse("li").get(f"/cases/{listed.id}")
    assert re.search(r"缺资料：.*身份证、收入证明", page.text, re.S)
    assert re.search(r"资料已过期：.*预售证明", page.text, re.S)
    send(browse("li"), listed, ("新预售证明.pdf", PDF), paper="presale|", issued_on="2026-03-01")
    assert "资料已过期：" not in browse("li").get(f"/cases/{listed.id}").text


def test_a_paper_whose_scan_is_asked_for_is_not_in_order_without_one(browse, work, lending):
    case = work.start()
    asked = {"kind": "identity", "title": "身份证", "whose": "borrower", "required": True, "original": False}
    with lending.step() as step:
        desk = Case(step.session, case.unit_id, instance_id=case.id)
        [paper] = desk.call("papers.draw_up", desk="intake", items=[asked | {"valid_days": None, "scan": True}],
                            scans=True)["papers"]  # fmt: skip
    assert paper["requirement"] == "必备、须上传扫描件"
    found_of_it = [paper | {"state": "complete"}]
    with pytest.raises(Invalid) as refused, lending.step() as step:
        Case(step.session, case.unit_id, instance_id=case.id).call("papers.check", desk="intake", papers=found_of_it)
    assert refused.value.errors["papers[0].state"][0]["code"] == "scan_required"
    send(browse("li"), case, ("身份证.pdf", PDF), paper="identity|")
    with lending.step() as step:
        desk = Case(step.session, case.unit_id, instance_id=case.id)
        assert desk.call("papers.check", desk="intake", papers=found_of_it)["complete"] is True


def test_a_query_of_a_register_that_holds_no_longer_is_told_until_it_is_asked_anew(browse, listed, lending):
    def looked_up(on):
        with lending.step() as step:
            said = {"party": "C1", "register": "credit", "authorisation_no": "SQ-1", "authorised_on": on}
            found_there = {"state": "typed", "source": "manual", "query_no": "ZX-1", "queried_on": on, "answer": {}}
            step.session.add(RegisterQuery(instance_id=listed.id, unit_id=listed.unit_id, asked_at=MONDAY,
                                           **said, **found_there))  # fmt: skip
        return browse("li").get(f"/cases/{listed.id}").text

    assert "登记查询已过有效期：" not in looked_up(MONDAY.date() - dt.timedelta(days=30))
    assert "（31 天前）" in looked_up(MONDAY.date() - dt.timedelta(days=31))
    assert "登记查询已过有效期：" not in looked_up(MONDAY.date())


def test_pictures_and_pdfs_are_looked_at_without_a_way_out(browse, listed, settings):
    li = browse("li")
    page = send(
        li, listed, ("照片.png", png((3000, 10))), ("报告.pdf", PDF), ("说明.txt", "<b>字</b>".encode("gb18030"))
    )
    shown = {name: address for address, name in re.findall(r'href="(/files/\d+)/show">([^<]+)<', page.text)}
    picture = li.client.get(shown["照片.png"] + "/preview")
    assert picture.mimetype == "image/jpeg"
    assert Image.open(io.BytesIO(picture.data)).size == (1600, 5)
    assert li.client.get(shown["照片.png"] + "/preview").data == picture.data
    pdf = li.client.get(shown["报告.pdf"] + "/preview")
    assert (pdf.mimetype, pdf.data) == ("application/pdf", PDF)
    pdf.close()
    for answer in (picture, pdf):
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "&lt;b&gt;字&lt;/b&gt;" in li.get(shown["说明.txt"] + "/show").text
    li.get(shown["说明.txt"] + "/preview", status=404)
    browse("sun").get(shown["报告.pdf"] + "/preview", status=404)
    browse("sun").get(shown["报告.pdf"] + "/show", status=404)


def test_a_sealed_document_is_looked_at_by_nobody_else(browse, work):
    case = work.start()
    work.complete(case, "check", "li")
    step = work.claim(case, "a", "wang")
    browse("wang").get(f"/tasks/{step.id}")
    fields = {"file": (io.BytesIO(png()), "现场.png")}
    page = browse("wang").post(f"/tasks/{step.id}/files", fields, content_type="multipart/form-data")
    [address] = set(re.findall(r'href="(/files/\d+)/show"', page.text))
    browse("wang").get(address + "/preview")
    for name in ("zhao", "qian", "root"):
        browse(name).get(address + "/preview", status=404)
        browse(name).get(address + "/show", status=404)


def test_three_hundred_documents_take_no_more_queries_than_three(browse, listed, lending, work):
    li = browse("li")
    send(li, listed, *((f"{n}.pdf", PDF) for n in range(3)), paper="identity|")
    with statements(lending.sessions.engine) as few:
        li.get(f"/cases/{listed.id}")
    for _ in range(6):
        send(li, listed, *((f"{n}.pdf", PDF) for n in range(49)), paper="identity|")
    assert len(documents(lending, listed)) == 297
    with statements(lending.sessions.engine) as many:
        li.get(f"/cases/{listed.id}")
    assert len(many) == len(few)


def test_a_signature_covers_which_paper_in_which_version_was_on_the_screen(browse, listed, lending, work, as_):
    li, task = browse("li"), work.task(listed, "check")
    for name in ("旧证.png", "新证.png"):
        send(li, listed, (name, png()), paper="identity|", issued_on="2026-02-20")
    facts = as_("li").get(f"/tasks/{task.id}/facts").json
    shown = [(paper["paper"], paper["version"], paper["expires_on"]) for paper in facts["documents"]]
    assert shown == [("identity", "1", "2026-03-22"), ("identity", "2", "2026-03-22")]
    with lending.step() as step:
        [(_, newest), _] = found.documents_of(step.session, listed.id)
        step.session.merge(newest).version = 3
    answer = as_("li").post(f"/tasks/{task.id}/complete", {"form": {}, "facts_hash": facts["facts_hash"]})
    assert answer.status_code == 409
    assert as_("li").get(f"/tasks/{task.id}/facts").json["facts_hash"] != facts["facts_hash"]
    work.complete(listed, "check", "li")
    [link] = set(re.findall(rf"/cases/{listed.id}/signatures/\d+", li.get(f"/cases/{listed.id}").text))
    assert "第 3 版 · 有效至 2026-03-22" in li.get(link).text


def test_what_the_program_prints_while_a_step_is_open_makes_nobody_look_again(browse, listed, lending, work, as_, app):
    li, task = browse("li"), work.task(listed, "check")
    seen = as_("li").get(f"/tasks/{task.id}/facts").json
    store = FileStore(app.extensions["loanflow"].settings.data_dir)

    def printed(name, kind):
        with lending.step() as step:
            who = actors.load(step.session, "wang")
            keep(step, store, listed.id, who, name, PDF + name.encode(), kind=kind)

    printed("面谈记录.pdf", "interview")
    printed("会议纪要.pdf", "minutes")
    now = as_("li").get(f"/tasks/{task.id}/facts").json
    assert now["facts_hash"] != seen["facts_hash"]
    form = {"form": {}, "facts_hash": seen["facts_hash"]}
    assert as_("li").post(f"/tasks/{task.id}/complete", form).status_code == 200
    [link] = set(re.findall(rf"/cases/{listed.id}/signatures/\d+", li.get(f"/cases/{listed.id}").text))
    assert "面谈记录" not in li.get(link).text, "the signature covers what was on the screen"


def test_a_paper_that_somebody_adds_beside_a_printed_one_is_to_be_looked_at(browse, listed, lending, work, as_, app):
    li, task = browse("li"), work.task(listed, "check")
    seen = as_("li").get(f"/tasks/{task.id}/facts").json
    send(li, listed, ("新证.png", png()), paper="identity|", issued_on="2026-02-20")
    with lending.step() as step:
        store = FileStore(app.extensions["loanflow"].settings.data_dir)
        keep(step, store, listed.id, actors.load(step.session, "wang"), "纪要.pdf", PDF, kind="minutes")
    answer = as_("li").post(f"/tasks/{task.id}/complete", {"form": {}, "facts_hash": seen["facts_hash"]})
    assert answer.status_code == 409


def test_nobody_gives_a_file_out_as_one_that_the_program_printed(browse, work, lending):
    case = work.start()
    with lending.step() as step:
        step.session.add(item(case, "minutes", title="会议纪要"))
    page = send(browse("li"), case, ("纪要.pdf", PDF), paper="minutes|")
    assert "系统打印存档" in page.text
    assert documents(lending, case) == []
