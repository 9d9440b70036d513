"""Which files may be attached to a case, told by their names and by their first bytes alike.

A name says what a person expects to open; the bytes say what it is. Both must agree.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_ENTRIES = 10_000
_ENTRY_OF_ZIP = b"PK\x01\x02"


class FileRefused(ValueError):
    """The file is not of a kind that may be attached; `code` is `kind`, `content` or `empty`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Kind:
    """A kind of file: the type it is served as, and whether bytes are of it."""

    media_type: str
    fits: Callable[[bytes], bool]


def _begins(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(signatures)


def _office(folder: str) -> Callable[[bytes], bool]:
    """An Office Open XML file: a zip with its table of types and the folder of this kind of document."""

    def fits(content: bytes) -> bool:
        # Counted first: opening an archive reads all of its table, at many times the size of the file.
        if not content.startswith(b"PK\x03\x04") or content.count(_ENTRY_OF_ZIP) > _MAX_ENTRIES:
            return False
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, ValueError, OSError):
            return False
        macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        known = "[Content_Types].xml" in names and any(name.startswith(folder) for name in names)
        return known and not macros

    return fits


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


_JPEG = Kind("image/jpeg", _begins(b"\xff\xd8\xff"))
_TIFF = Kind("image/tiff", _begins(b"II*\0", b"MM\0*"))
_OPEN_XML = "application/vnd.openxmlformats-officedocument."

KINDS: dict[str, Kind] = {
    "pdf": Kind("application/pdf", _begins(b"%PDF-")),
    "png": Kind("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "tif": _TIFF,
    "tiff": _TIFF,
    "webp": Kind("image/webp", lambda content: content[:4] == b"RIFF" and content[8:12] == b"WEBP"),
    "docx": Kind(_OPEN_XML + "wordprocessingml.document", _office("word/")),
    "xlsx": Kind(_OPEN_XML + "spreadsheetml.sheet", _office("xl/")),
    "doc": Kind("application/msword", _begins(_OLE)),
    "xls": Kind("application/vnd.ms-excel", _begins(_OLE)),
    "txt": Kind("text/plain", _is_text),
    "csv": Kind("text/csv", _is_text),
}
"""By the end of the name. Nothing that a browser or a desktop would run is among them."""


def kind_of(name: str, content: bytes) -> Kind:
    """The kind of a file. Raises `FileRefused`."""
    if not content:
        raise FileRefused("empty", "the file is empty")
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    kind = KINDS.get(ending)
    if kind is None:
        raise FileRefused("kind", f"files of this kind cannot be attached; possible are {', '.join(KINDS)}")
    if not kind.fits(content):
        raise FileRefused("content", f"the content of the file is not that of a .{ending} file")
    return kind
