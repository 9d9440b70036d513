"""What customers handed in, in the demonstration: small scans as PDF, and photographs of visits with time and place."""

from __future__ import annotations

import datetime as dt
import io
from functools import cache

import sqlalchemy as sa
from PIL import Image, ImageDraw

from engine.service import actors
from engine.service.attachments import FileStore
from engine.service.house import House, Step
from models.cases import Instance
from models.papers import Document, PaperItem
from models.queries.papers import of_case
from models.tasks import COMPLETED, OPEN, Task
from operations.demo.play import StandingClock
from operations.documents import About, receive
from operations.printing import pdf

_FILED_AT = ("check_documents", "investigate_b", "compliance_review", "manager_approval")
_CASES = 8
_VISIT = "investigate_a"
_IN_PART = 2
"""Where papers are still being checked, every third has not come yet."""
_SKY, _FIELD, _HOUSE, _ROOF = (176, 206, 232), (122, 152, 84), (226, 232, 226), (150, 84, 62)
_NORTH, _EAST = (34.0, 43.0), (113.0, 39.0)


def file_papers(house: House, clock: StandingClock, present: dt.datetime, store: FileStore) -> None:
    """Files papers with several cases that are being worked on, once."""
    clock.moment = present
    with house.step() as step:
        if step.session.scalar(sa.select(Document.attachment_id).limit(1)) is not None:
            return
        waiting = sa.select(Task.instance_id, Task.element).where(Task.state == OPEN, Task.element.in_(_FILED_AT))
        found = dict(step.session.execute(waiting.order_by(Task.created_at.desc()).limit(_CASES)).all())
    for case, element in found.items():
        with house.step() as step:
            _hand_in(step, store, step.session.get_one(Instance, case), in_part=element == "check_documents")
            _photograph(step, store, case)


def _hand_in(step: Step, store: FileStore, case: Instance, in_part: bool) -> None:
    for row in of_case(step.session, case.id):
        if row.state in ("missing", "not_applicable") or (in_part and row.n % 3 == _IN_PART):
            continue
        clerk = actors.load(step.session, row.checked_by or case.started_by or "")
        about = About(kind=row.kind, party=row.party, issued_on=row.issued_on)
        if row.kind in ("identity", "representative"):
            old = (f"{row.title}（旧）.pdf", scan(row.title))
            receive(step, store, case.id, clerk, [old], about)
            sides = [(f"{row.title}正面.jpg", _picture(row.id)), (f"{row.title}反面.jpg", _picture(row.id + 1))]
            receive(step, store, case.id, clerk, sides, about)
        else:
            receive(step, store, case.id, clerk, [(f"{_file_name(row)}.pdf", scan(row.title))], about)


def _photograph(step: Step, store: FileStore, case_id: object) -> None:
    """The photographs of A's visit, as the phone took them."""
    done = sa.select(Task).where(Task.instance_id == case_id, Task.element == _VISIT, Task.state == COMPLETED)
    visit = step.session.scalar(done.order_by(Task.closed_at.desc()).limit(1))
    if visit is None or visit.completed_by is None or visit.closed_at is None:
        return
    who, at = actors.load(step.session, visit.completed_by), visit.closed_at.astimezone(step.house.calendar.zone)
    pictures = [
        (f"现场照片{n}.jpg", _picture(n, at - dt.timedelta(hours=3, minutes=-4 * n), visit.id.int % 600 / 10))
        for n in (1, 2, 3)
    ]
    receive(step, store, visit.instance_id, who, pictures, About(), task_id=visit.id, element=visit.element)


def _file_name(row: PaperItem) -> str:
    return row.title.partition("（")[0].replace("：", " ")


@cache
def scan(title: str) -> bytes:
    """A page that stands for a paper."""
    parts = [
        {"kind": "facts", "rows": [["资料", title], ["说明", "演示用样张，不是真实证件"]]},
        {"kind": "signatures", "labels": ["持有人", "核对人"]},
    ]
    return pdf("document", {"title": title, "number": "样张", "institution": "演示资料", "parts": parts})


def _picture(seed: int, at: dt.datetime | None = None, seconds: float = 0.0) -> bytes:
    """A drawn photograph; with a time, it says when and where it was taken."""
    image = Image.new("RGB", (1280, 960), _SKY)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 560, 1280, 960), fill=_FIELD)
    for n in range(3 + seed % 3):
        left = 90 + n * 260 + seed * 37 % 90
        draw.rectangle((left, 430, left + 200, 620), fill=_HOUSE)
        draw.polygon(((left - 16, 430), (left + 216, 430), (left + 100, 340)), fill=_ROOF)
    exif = Image.Exif()
    if at is not None:
        exif.get_ifd(0x8769).update({0x9003: f"{at:%Y:%m:%d %H:%M:%S}", 0x9011: f"{at:%z}"[:3] + ":" + f"{at:%z}"[3:]})
        exif.get_ifd(0x8825).update({1: "N", 2: (*_NORTH, seconds), 3: "E", 4: (*_EAST, seconds / 2)})
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70, exif=exif)
    return out.getvalue()
