"""Documents for readers: which may be seen, and the forms in which browsers may look at them. For pages and REST."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

from flask import Response, abort, request, send_file
from flask_babel import gettext
from sqlalchemy.orm import Session

from engine.errors import Invalid
from engine.service import attachments
from engine.service.actors import Actor
from engine.service.attachments import FileStore, Sealed
from models.cases import Attachment, Instance
from operations.documents import About
from operations.photographs import MEDIA_TYPES, RENDITION_TYPE, TooManyPixels
from operations.renditions import Renditions
from web.context import house, settings
from web.viewing import visible_case

PDF = "application/pdf"
_TEXTS = frozenset({"text/plain", "text/csv"})
_MOST_TEXT = 200_000
_LARGEST_ID = 2**31
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,15})?")

_FRAMED = {
    # Nothing in it may load, run or send anything, and only our own pages may frame it.
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}


def named(response: Response, name: str) -> Response:
    """The answer as a download under a name in any script: headers hold no other letters than Latin ones."""
    response.headers.set("Content-Disposition", "attachment", **{"filename*": f"UTF-8''{quote(name, safe='')}"})
    return response


def store() -> FileStore:
    """Where files lie."""
    return FileStore(_folder())


def visible_file(session: Session, who: Actor, attachment_id: int) -> tuple[Attachment, Instance]:
    """A file with its case. Raises `NotFound` where `who` may not see the case, or the file is under seal for them."""
    if attachment_id >= _LARGEST_ID:
        abort(404)
    found = attachments.find(session, attachment_id)
    case = visible_case(session, who, found.instance_id)
    if sealed_for(session, who, case).hides(found):
        abort(404)
    return found, case


def sealed_for(session: Session, who: Actor, case: Instance) -> Sealed:
    """Which files of a case `who` may not see yet."""
    return Sealed(session, house().definitions.get(session, case.definition_id), case, who)


def how_shown(file: Attachment) -> str:
    """How a browser may look at a file: `image`, `pdf`, `text`, or not at all (empty)."""
    if file.media_type in MEDIA_TYPES:
        return "image"
    return "pdf" if file.media_type == PDF else "text" if file.media_type in _TEXTS else ""


def preview_of(file: Attachment) -> Response:
    """The rendition of an image, or the PDF; 404 for what cannot be looked at."""
    how = how_shown(file)
    try:
        if how == "image":
            drawn = Renditions(_folder(), store()).of(file.stored_as)
            response = send_file(io.BytesIO(drawn), mimetype=RENDITION_TYPE, etag=False) if drawn else None
        elif how == "pdf":
            response = send_file(store().open(file.stored_as), mimetype=PDF, download_name=file.name, etag=False)
            response.content_length = file.size
        else:
            response = None
    except (FileNotFoundError, TooManyPixels):
        response = None
    if response is None:
        abort(404)
    response.headers.update(_FRAMED)
    response.headers["Cache-Control"] = "no-store"
    return response


def text_of(file: Attachment) -> str | None:
    """The beginning of a text as text; None for what is none."""
    if how_shown(file) != "text":
        return None
    try:
        with store().open(file.stored_as) as opened:
            content = opened.read(_MOST_TEXT)
    except FileNotFoundError:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # What was cut within a character is still UTF-8.
        if error.start >= len(content) - 3:
            return content[: error.start].decode("utf-8-sig")
        return content.decode("gb18030", errors="replace")


def sent_files() -> list[tuple[str, bytes]]:
    """The files of a request, each read no further than to tell that it is too large."""
    return [
        (file.filename, file.stream.read(attachments.MAX_BYTES + 1))
        for file in request.files.getlist("file")
        if file.filename
    ]


def about(kind: str, party: str, said: Mapping[str, str]) -> About:
    """What a form says of the files sent with it; places are in degrees there. Raises `Invalid`."""
    return About(
        kind=kind,
        party=party,
        issued_on=_day(said, "issued_on"),
        expires_on=_day(said, "expires_on"),
        latitude=_micro_degrees(said, "latitude"),
        longitude=_micro_degrees(said, "longitude"),
        adds=said.get("adds") == "1",
    )


def desk_words() -> dict[str, str]:
    """What the desks are called that hold checklists."""
    return {
        "intake": gettext("受理"),
        "compliance": gettext("合规审查"),
        "contract": gettext("合同"),
        "finance": gettext("放款"),
    }


def printed_words() -> dict[str, str]:
    """What the documents are called that the program prints itself."""
    return {
        "interview": gettext("面谈记录"),
        "loan_contract": gettext("借款合同"),
        "guarantee_contract": gettext("保证合同"),
        "mortgage_contract": gettext("抵押合同"),
        "pledge_contract": gettext("质押合同"),
        "minutes": gettext("贷审会纪要"),
        "notice": gettext("放款通知书"),
        "voucher": gettext("借据"),
        "schedule": gettext("还款清册"),
        "payment": gettext("委托支付凭证"),
    }


def _day(said: Mapping[str, str], field: str) -> dt.date | None:
    written = said.get(field, "").strip()
    try:
        return dt.date.fromisoformat(written) if written else None
    except ValueError:
        raise Invalid(f"{field} is no date", {field: ["not_a_day"]}) from None


def _micro_degrees(said: Mapping[str, str], field: str) -> int | None:
    written = said.get(field, "").strip()
    if not written:
        return None
    if not _DEGREES.fullmatch(written):
        raise Invalid(f"{field} is no number of degrees", {field: ["not_a_place"]})
    return int(Decimal(written).scaleb(6).to_integral_value())


def _folder() -> Path:
    folder = settings().data_dir
    if folder is None:
        raise RuntimeError("LOANFLOW_DATA_DIR is not set")
    return folder
