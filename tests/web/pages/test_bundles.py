"""All papers of a case in one zip: in order, with a list, by harmless names, without what is under seal."""

import csv
import io
import zipfile

import pytest

from models.papers import PaperItem
from tests.web.conftest import signed_in

PDF = b"%PDF-1.7\n1 0 obj\n"


@pytest.fixture
def case(work, lending):
    """A case whose checklist asks for two papers."""
    found = work.start()
    asked = {"desk": "intake", "whose": "borrower", "required": True, "needs_original": True}
    with lending.step() as step:
        for n, (kind, title) in enumerate([("identity", "身份证"), ("income", "收入/经营证明")], start=1):
            step.session.add(PaperItem(instance_id=found.id, kind=kind, title=title, n=n, **asked))
    return found


def send(client, case, *files, **fields):
    sent = [(io.BytesIO(content), name) for name, content in files]
    return client.post(f"/instances/{case.id}/documents", data={"file": sent, **fields})


def opened(answer):
    return zipfile.ZipFile(io.BytesIO(answer.get_data()))


def test_a_bundle_follows_the_checklist_and_names_nothing_dangerous(app, lending, case):
    li = signed_in(lending, app, "li")
    send(li, case, ("../../=cmd|'calc'!A1.pdf", PDF))
    send(li, case, ("证明.pdf", PDF), kind="income")
    send(li, case, ("旧.pdf", PDF), kind="identity")
    send(li, case, ("新.pdf", PDF + b"2"), kind="identity", issued_on="2026-02-01")
    answer = li.get(f"/instances/{case.id}/documents/bundle")
    assert answer.mimetype == "application/zip"
    with opened(answer) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert [name.split("/")[:-1] for name in names[1:]] == [
            ["01 受理", "01 身份证"],
            ["01 受理", "01 身份证"],
            ["01 受理", "02 收入_经营证明"],
            ["02 其他资料"],
        ]
        assert names[1].startswith("01 受理/01 身份证/v2 ")
        assert archive.read(names[1]) == PDF + b"2"
        assert all(".." not in name and "|" not in name and not name.startswith("/") for name in names)
        rows = list(csv.reader(io.StringIO(archive.read(names[0]).decode("utf-8-sig"))))
        assert [row[0] for row in rows[1:]] == names[1:]
        assert rows[1][2:4] == ["2", "2026-02-01"]


def test_what_is_under_seal_is_in_nobody_elses_bundle(app, lending, work, case):
    work.complete(case, "check", "li")
    step = work.claim(case, "a", "wang")
    wang = signed_in(lending, app, "wang")
    assert send(wang, case, ("报告甲.pdf", PDF), task_id=str(step.id)).status_code == 201
    for name, files in (("wang", 2), ("audit", 2), ("zhao", 1), ("root", 1)):
        client = signed_in(lending, app, name)
        with opened(client.get(f"/instances/{case.id}/documents/bundle")) as archive:
            assert len(archive.namelist()) == files, name
        assert len(client.get(f"/instances/{case.id}/documents").json["items"]) == files - 1


def test_the_page_gives_the_same_zip_under_the_cases_number(browse, case):
    browse("li").get(f"/cases/{case.id}")
    answer = browse("li").get(f"/cases/{case.id}/files/bundle")
    with opened(answer) as archive:
        assert archive.namelist() == ["00 资料清单.csv"]
    assert answer.headers["Content-Disposition"].endswith("%20%E8%B5%84%E6%96%99.zip"), "资料, as a header can say it"
    browse("sun").get(f"/cases/{case.id}/files/bundle", status=404)


def test_documents_over_rest(app, lending, case):
    li = signed_in(lending, app, "li")
    [identity, _income] = li.get(f"/instances/{case.id}/checklist").json["items"]
    assert (identity["title"], identity["state"], identity["checked_by"]) == ("身份证", "open", None)
    answer = send(li, case, ("正.pdf", PDF), ("坏.png", b"<svg>"), kind="identity", latitude="34.5", longitude="113.25")
    assert answer.status_code == 201
    kept, refused = answer.json["items"]
    assert (kept["document"]["version"], kept["document"]["latitude"], kept["document"]["place_from"]) == (
        1, 34.5, "device",
    )  # fmt: skip
    assert (refused["refused"], refused["document"]) == ("content", None)
    assert li.get(f"/instances/{case.id}/documents", kind="income").json["items"] == []
    file = kept["document"]["id"]
    for path in ("content", "preview"):
        given = li.get(f"/documents/{file}/{path}")
        assert given.get_data() == PDF
        given.close()
        assert signed_in(lending, app, "sun").get(f"/documents/{file}/{path}").status_code == 404


@pytest.mark.parametrize(
    ("files", "fields", "wrong"),
    [
        ([], {}, "file"),
        ([("坏.png", b"<svg>")], {}, "file"),
        ([("好.pdf", PDF)], {"kind": "nothing"}, "kind"),
        ([("好.pdf", PDF)], {"issued_on": "soon"}, "issued_on"),
        ([("好.pdf", PDF)], {"task_id": "x"}, "task_id"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_kept(app, lending, case, files, fields, wrong):
    li = signed_in(lending, app, "li")
    answer = send(li, case, *files, **fields)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [wrong])
    assert li.get(f"/instances/{case.id}/documents").json["items"] == []
