"""Files are told by name and by content alike."""

import io
import zipfile

import pytest

from engine.service.attachments import plain_name
from engine.service.file_kinds import FileRefused, kind_of


def office(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


WORD = office("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("报告.pdf", b"%PDF-1.4"),
        ("PHOTO.JPG", b"\xff\xd8\xff\xe0"),
        ("合同.docx", WORD),
        ("表.xlsx", office("[Content_Types].xml", "xl/workbook.xml")),
        ("说明.txt", "说明".encode("gb18030")),
    ],
)
def test_what_fits_its_name_is_taken(name, content):
    assert kind_of(name, content).media_type


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.pdf", b"<html>", "content"),
        ("x.docx", office("evil.exe"), "content"),
        ("x.docx", office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "content"),
        ("x.xlsx", WORD, "content"),
        ("x.docx", b"PK\x03\x04 broken", "content"),
        ("x.docx", WORD + b"PK\x01\x02" * 10_001, "content"),
        ("x.png", b"<svg onload='alert(1)'>", "content"),
        ("x.jpg", b"GIF89a/*<script>", "content"),
        ("x.txt", b"a\0b", "content"),
        ("x.svg", b"<svg/>", "kind"),
        ("x.pdf.html", b"%PDF-", "kind"),
        ("pdf", b"%PDF-", "kind"),
        ("x.pdf", b"", "empty"),
    ],
)
def test_what_does_not_is_refused(name, content, code):
    with pytest.raises(FileRefused) as refused:
        kind_of(name, content)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\li\\身份证.pdf", "身份证.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("\r\nSet-Cookie: x.pdf", "Set-Cookie: x.pdf"),
        ("...", "file"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_are_made_plain(given, shown):
    assert plain_name(given) == shown
