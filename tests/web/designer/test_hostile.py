"""What hostile designers send is refused or harmless: DTDs, bombs, paths, markup, too much of anything."""

import io
import zipfile

import pytest
import sqlalchemy as sa

from models.definitions import PackageDraft
from tests.web.designer.conftest import PACKAGE
from tests.web.packages import REVIEW, as_zip

BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
READER = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'


@pytest.fixture
def kept(house):
    """The names of all files that were stored as drafts."""

    def names():
        with house.sessions.reading() as session:
            return session.scalars(sa.select(PackageDraft.name)).all()

    return names


def upload(designer, content, **fields):
    return designer.post("upload", {"package": (io.BytesIO(content), "p.zip"), **fields})


@pytest.mark.parametrize("content", [BOMB, READER, READER.decode().encode("utf-16"), b"<x>", b"\x00\x01", b""])
@pytest.mark.parametrize("name", ["review.bpmn", "table.dmn"])
def test_xml_with_a_dtd_or_that_is_none_is_not_saved(designer, kept, name, content):
    version = designer.facts("review.bpmn")["version"] if name == "review.bpmn" else ""
    answer = designer.save(name, content, version)
    assert answer.status_code == 422
    assert "root:" not in answer.text
    assert kept() == []


@pytest.mark.parametrize(
    "name",
    ["../../etc/x.bpmn", "..%2f..%2fx.bpmn", "forms/../../x.form", ".hidden.bpmn", "a/.git/x.bpmn", "c:/x.bpmn",
     "a\\..\\x.bpmn", "x.py", "forms/deep/x.form", "readme.md", "a" * 300 + ".bpmn", "a%00.bpmn", "a%0a.bpmn"],
)  # fmt: skip
def test_no_name_leads_out_of_the_package(designer, kept, name):
    answer = designer.save(name, REVIEW["review.bpmn"].encode(), "")
    assert answer.status_code in (404, 405, 308, 422), answer.status_code
    assert kept() == []


def test_a_new_file_with_a_hostile_name_is_refused_in_words(designer, kept):
    answer = designer.post(f"{PACKAGE}/files", {"name": "../x.bpmn"}, follow_redirects=True)
    assert "文件名不对" in answer.text
    assert kept() == []


@pytest.mark.parametrize("name", ["../evil.bpmn", "/abs.bpmn", "a/../../b.bpmn"])
def test_a_zip_that_leads_out_is_refused(designer, kept, name):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, REVIEW["review.bpmn"])
    assert upload(designer, buffer.getvalue()).status_code == 422
    assert kept() == []


def test_a_zip_bomb_is_refused_before_it_goes_off(designer, kept):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("p/review.bpmn", b" " * 50_000_000)
    assert len(buffer.getvalue()) < 100_000
    answer = upload(designer, buffer.getvalue())
    assert answer.status_code == 422
    assert "读不了这个流程包" in answer.text
    assert kept() == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip at all", as_zip({"package.yaml": "title: x"})])
def test_what_is_no_package_is_refused(designer, kept, content):
    assert upload(designer, content).status_code == 422
    assert kept() == []


def test_a_zip_with_a_dtd_in_a_diagram_is_refused(designer, kept):
    content = as_zip({**REVIEW, "bomb.bpmn": BOMB.decode()})
    assert upload(designer, content).status_code == 422
    assert kept() == []


@pytest.mark.parametrize("key", ["../up", "a/b", "a?b", "..", "x" * 129])
def test_a_key_that_is_no_name_is_refused(designer, kept, key):
    assert upload(designer, as_zip(REVIEW), key=key).status_code == 422
    assert kept() == []


def test_what_is_larger_than_a_request_may_be_is_refused(designer, kept):
    version = designer.facts("package.yaml")["version"]
    assert designer.save("package.yaml", b"#" * 1_100_000, version).status_code == 413
    assert kept() == []


def test_a_file_larger_than_a_file_may_be_is_refused(designer, app, kept):
    app.config.update(MAX_CONTENT_LENGTH=10_000_000)
    version = designer.facts("package.yaml")["version"]
    answer = designer.save("package.yaml", b"#" * 5_000_001, version)
    assert answer.status_code == 422
    assert "5 MB" in answer.json["detail"]
    assert kept() == []


def test_a_hostile_unsaved_file_is_not_checked_either(designer):
    parts = {"files": (io.BytesIO(READER), "review.bpmn")}
    for action in ("check", "trial"):
        assert (
            designer.post(f"{PACKAGE}/{action}", dict(parts, files=(io.BytesIO(READER), "review.bpmn"))).status_code
            == 422
        )


MARKUP = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&gt;&lt;img src=x onerror=alert(1)&gt;"


def test_markup_in_names_is_text_wherever_it_is_shown(designer):
    designer.rename(MARKUP)
    seen = designer.facts("package.yaml")
    designer.save(
        "package.yaml", seen["text"].replace("审查", "'</script><img src=x onerror=alert(2)>'"), seen["version"]
    )
    designer.save("scenarios/x.yaml", b"name: <img src=x onerror=alert(3)>\n", "")
    for path in ("", PACKAGE, f"{PACKAGE}/edit/review.bpmn", f"{PACKAGE}/edit/package.yaml", f"{PACKAGE}/changes"):
        page = designer.get(path).text
        assert "<img" not in page
        assert "<script>alert" not in page
        assert "</script><img" not in page


def test_findings_quote_markup_as_json(designer):
    designer.rename(MARKUP)
    answer = designer.post(f"{PACKAGE}/check")
    assert answer.mimetype == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
