"""Documents of a case: files taken in for the items of its checklists, in versions, with what is known of them (INT-2).

The engine keeps the files; what they are stands beside them in rows of their own.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from engine.errors import Invalid
from engine.service.actors import Actor
from engine.service.attachments import FileStore, attach, plain_name
from engine.service.house import Step
from engine.service.opened import lock
from models.cases import Attachment
from models.papers import OTHER, PRINTED, Document, PaperItem
from models.queries import papers as found
from operations.photographs import MEDIA_TYPES, Taken, TooManyPixels, taken

MOST_AT_ONCE = 50
_MOST_LATITUDE, _MOST_LONGITUDE = 90_000_000, 180_000_000


@dataclass(frozen=True)
class About:
    """What whoever sends files says of them; `latitude` and `longitude`, in millionths of a degree, tell the device's.

    `adds` puts the files to the latest version, as further pages of the same paper, instead of making the next.
    """

    kind: str = OTHER
    party: str = ""
    issued_on: dt.date | None = None
    expires_on: dt.date | None = None
    latitude: int | None = None
    longitude: int | None = None
    adds: bool = False


@dataclass(frozen=True)
class Received:
    """What became of one file: its document, or the code of why it was refused (as `attachments.attach` has them)."""

    name: str
    document: Document | None = None
    refused: str = ""


def receive(
    step: Step,
    store: FileStore,
    instance_id: uuid.UUID,
    actor: Actor,
    files: Iterable[tuple[str, bytes]],
    about: About,
    *,
    task_id: uuid.UUID | None = None,
    element: str | None = None,
) -> list[Received]:
    """Takes files in that came together, as one version; a file that is refused does not hold up the others.

    The caller has judged that `actor` may see the case. Raises `Invalid` for what is said of the files, by its field:
    `kind` (no item of the case's checklists), `expires_on`, `latitude`, `longitude`; and for `file` if there is none.
    """
    lock(step, instance_id)
    sent = list(files)
    items = found.serves(step.session, instance_id, about.kind, about.party)
    _judge(about, items, len(sent))
    version = _version(step.session, instance_id, about)
    known = replace(about, expires_on=about.expires_on or _expiry(about, items))
    return [
        _received(step, store, instance_id, actor, name, content, known, version, task_id, element)
        for name, content in sent
    ]


def keep(
    step: Step,
    store: FileStore,
    instance_id: uuid.UUID,
    actor: Actor,
    name: str,
    content: bytes,
    *,
    kind: str,
    party: str = "",
    element: str | None = None,
) -> Attachment:
    """Keeps a document that the program printed, of one of `models.papers.PRINTED`: again of a kind, as a new version.

    `actor` is whose step made it; `party` tells apart what there are several of, such as contracts.
    """
    lock(step, instance_id)
    version = found.latest_version(step.session, instance_id, kind, party) + 1
    file = attach(step, store, instance_id, actor, name, content, element=element)
    document = Document(attachment_id=file.id, instance_id=instance_id, kind=kind, party=party, version=version)
    step.session.add(document)
    step.session.flush()
    return file


def _judge(about: About, items: Iterable[PaperItem], files: int) -> None:
    errors: dict[str, list[dict[str, str]]] = {}

    def wrong(field: str, code: str, message: str) -> None:
        errors[field] = [{"code": code, "message": message}]

    if not files:
        wrong("file", "required", "请选择文件。 Choose a file.")
    if files > MOST_AT_ONCE:
        wrong("file", "too_many", f"一次最多 {MOST_AT_ONCE} 个文件。 At most {MOST_AT_ONCE} files at once.")
    if about.kind in PRINTED:  # whoever signs need not look again because of these: nobody slips a file in as one
        wrong("kind", "printed", "这一种由系统打印存档。 The program itself prints and keeps this kind.")
    elif not items and (about.kind, about.party) != (OTHER, ""):
        wrong("kind", "unknown", "清单中没有这一项。 No checklist of the case has this item.")
    if about.issued_on and about.expires_on and about.expires_on < about.issued_on:
        wrong("expires_on", "before_issue", "到期日不能早于签发日。 It cannot expire before its issue.")
    if (about.latitude is None) != (about.longitude is None):
        wrong("latitude", "incomplete", "经纬度须同时给出。 Give latitude and longitude together.")
    places = {"latitude": (about.latitude, _MOST_LATITUDE), "longitude": (about.longitude, _MOST_LONGITUDE)}
    for field, (degrees, most) in places.items():
        if degrees is not None and abs(degrees) > most:
            wrong(field, "out_of_range", "位置不在地球上。 The place is not on Earth.")
    if errors:
        raise Invalid(" ".join(told[0]["message"] for told in errors.values()), errors)


def _version(session: Session, instance_id: uuid.UUID, about: About) -> int:
    """Files of no item stand for themselves; the lock of the case makes the others follow one another."""
    if about.kind == OTHER:
        return 1
    latest = found.latest_version(session, instance_id, about.kind, about.party)
    return latest if about.adds and latest else latest + 1


def _expiry(about: About, items: Iterable[PaperItem]) -> dt.date | None:
    """The earliest at which a checklist lets the paper lapse."""
    if about.issued_on is None:
        return None
    return min(
        (about.issued_on + dt.timedelta(days=item.valid_days) for item in items if item.valid_days), default=None
    )


def _received(
    step: Step,
    store: FileStore,
    instance_id: uuid.UUID,
    actor: Actor,
    name: str,
    content: bytes,
    about: About,
    version: int,
    task_id: uuid.UUID | None,
    element: str | None,
) -> Received:
    try:
        says = taken(content, step.house.calendar.zone)
        file = attach(step, store, instance_id, actor, name, content, task_id=task_id, element=element)
    except TooManyPixels:
        return Received(plain_name(name), refused="too_many_pixels")
    except Invalid as refused:
        return Received(plain_name(name), refused=str(refused.errors["file"][0]))
    document = Document(
        attachment_id=file.id,
        instance_id=instance_id,
        kind=about.kind,
        party=about.party,
        version=version,
        issued_on=about.issued_on,
        expires_on=about.expires_on,
        **_where(says if file.media_type in MEDIA_TYPES else Taken(), about),
    )
    step.session.add(document)
    step.session.flush()
    return Received(file.name, document)


def _where(says: Taken, about: About) -> dict[str, object]:
    """What the photograph says of itself; else where the device that sent it says it was."""
    if says.latitude is not None:
        return {"taken_at": says.at, "latitude": says.latitude, "longitude": says.longitude, "place_from": "exif"}
    claimed = about.latitude is not None
    place = {"latitude": about.latitude, "longitude": about.longitude, "place_from": "device" if claimed else None}
    return {"taken_at": says.at, **place}
