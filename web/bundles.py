"""All that a reader may see of a case's papers in one zip, written while it is read: it never lies in memory whole."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from flask_babel import gettext
from sqlalchemy.orm import Session

from engine.service.actors import Actor
from engine.service.attachments import FileStore
from models.cases import Attachment, Instance
from models.papers import OTHER, Document
from models.queries import papers as found
from web.documents import desk_words, printed_words, sealed_for

MEDIA_TYPE = "application/zip"
_PIECE = 256 * 1024
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Enclosed:
    """A file in a bundle: its path there, and what the list says of it."""

    path: str
    title: str
    file: Attachment
    document: Document | None


def enclosed(session: Session, who: Actor, case: Instance) -> list[Enclosed]:
    """What `who` may see, in the order of the checklists, the latest version of each paper first; then all others."""
    sealed = sealed_for(session, who, case)
    seen = [pair for pair in found.documents_of(session, case.id) if not sealed.hides(pair[0])]
    desks, ordered, taken = desk_words(), [], set()
    rows = sorted(found.of_case(session, case.id), key=lambda row: row.id)
    numbers = {desk: n for n, desk in enumerate(dict.fromkeys(row.desk for row in rows), start=1)}
    for row in sorted(rows, key=lambda row: (numbers[row.desk], row.n)):
        folder = f"{numbers[row.desk]:02d} {_safe(desks.get(row.desk, row.desk))}/{row.n:02d} {_safe(row.title)}"
        for file, document in seen:
            if document is not None and (document.kind, document.party) == (row.kind, row.party):
                if file.id not in taken:
                    ordered.append(Enclosed(f"{folder}/v{document.version} {_named(file)}", row.title, file, document))
                taken.add(file.id)
    others = f"{len(numbers) + 1:02d} {_safe(gettext('其他资料'))}"
    other, printed = gettext("其他资料"), printed_words()
    return ordered + [
        Enclosed(f"{others}/{_named(file)}", printed.get(document.kind, other) if document else other, file, document)
        for file, document in reversed(seen)
        if file.id not in taken
    ]


def streamed(store: FileStore, files: list[Enclosed]) -> Iterator[bytes]:
    """The zip, piece by piece; its first file is the list. A file that is gone from the store is left out."""
    # The words are found now: what is yielded is read when the request is over.
    return _written(store, files, f"00 {gettext('资料清单')}.csv", _listing(files))


def _written(store: FileStore, files: list[Enclosed], list_name: str, listing: bytes) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[arg-type]
        archive.writestr(list_name, listing, zipfile.ZIP_DEFLATED)
        yield pipe.taken()
        for item in files:
            try:
                source = store.open(item.file.stored_as)
            except FileNotFoundError:
                continue
            with source:
                yield from _copied(archive, item, source, pipe)
    yield pipe.taken()


def _copied(archive: zipfile.ZipFile, item: Enclosed, source: BinaryIO, pipe: _Pipe) -> Iterator[bytes]:
    head = zipfile.ZipInfo(item.path, item.file.attached_at.timetuple()[:6])
    with archive.open(head, "w") as target:
        while piece := source.read(_PIECE):
            target.write(piece)
            yield pipe.taken()


def _listing(files: list[Enclosed]) -> bytes:
    """The list as a table; text that a sheet would take for a formula stands behind an apostrophe."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(
        [gettext(title) for title in ("文件", "资料", "版本", "签发日期", "到期日", "上传人", "上传时间", "SHA-256")]
    )
    for item in files:
        known = item.document
        version = known.version if known is not None and known.kind != OTHER else ""
        dates = (known.issued_on or "", known.expires_on or "") if known is not None else ("", "")
        row = (item.path, item.title, version, *dates, item.file.person, item.file.attached_at.isoformat())
        sheet.writerow([_harmless(str(cell)) for cell in (*row, item.file.sha256)])
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _named(file: Attachment) -> str:
    """The file's name behind its number, which makes it one of a kind."""
    stem, dot, ending = file.name.rpartition(".")
    return f"{_safe(f'{file.id} {stem or ending}')}{dot}{_safe(ending)}"


def _safe(name: str) -> str:
    """A name that is one part of a path everywhere."""
    return _UNSAFE.sub("_", name).strip(" .")[:_LONGEST_NAME] or "_"


class _Pipe(io.RawIOBase):
    """Where a zip is written to that cannot be gone back in: what was written is taken out piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        """What was written since."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
