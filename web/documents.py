"""Documents for readers: which may be seen, and the forms in which browsers may look at them. For pages and REST."""

from __future__ import annotations

import io
from pathlib import Path

from flask import Response, abort, send_file
from sqlalchemy.orm import Session

from engine.service import attachments
from engine.service.actors import Actor
from engine.service.attachments import FileStore, Sealed
from models.cases import Attachment, Instance
from operations.photographs import MEDIA_TYPES, RENDITION_TYPE, TooManyPixels
from operations.renditions import Renditions
from web.context import house, settings
from web.viewing import visible_case

PDF = "application/pdf"
_TEXTS = frozenset({"text/plain", "text/csv"})
_MOST_TEXT = 200_000
_LARGEST_ID = 2**31

_FRAMED = {
    # Nothing in it may load, run or send anything, and only our own pages may frame it.
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}


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


def _folder() -> Path:
    folder = settings().data_dir
    if folder is None:
        raise RuntimeError("LOANFLOW_DATA_DIR is not set")
    return folder
