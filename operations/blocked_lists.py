"""Lists of the blocked and sanctioned: entering names one by one or from a sheet, and taking them off (INT-7).

A sheet is read whole before anything is entered: a row that is wrong is reported with its number, the others count.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import Conflict, Invalid
from engine.service.variables import require_text
from models.customers import BlockedParty

COLUMNS = {
    "name": ("name", "姓名", "名称", "姓名或名称"),
    "id_number": ("id_number", "证件号", "证件号码", "身份证号", "统一社会信用代码"),
    "list_name": ("list_name", "名单", "名单名称"),
    "reason": ("reason", "原因", "列入原因"),
    "listed_on": ("listed_on", "列入日期", "日期"),
}
"""The columns of a sheet, each with the heads by which it is known."""

_LONGEST = {"name": 200, "id_number": 40, "list_name": 100, "reason": 4000}
_REQUIRED = ("name", "list_name", "reason")
MOST_ROWS = 5_000
MOST_BYTES = 2_000_000
MOST_UNPACKED = 50_000_000


@dataclass
class Report:
    """What became of a sheet: rows entered, rows that were on the lists already, and rows that are wrong."""

    added: int = 0
    known: int = 0
    wrong: list[tuple[int, str]] = field(default_factory=list)


def enter(session: Session, given: dict[str, Any], today: dt.date, actor: str) -> bool:
    """Enters a name; False when it is on the list already. Raises `Invalid`, naming the column."""
    row = _checked(given, today)
    same = [BlockedParty.name == row["name"], BlockedParty.list_name == row["list_name"]]
    same.append(BlockedParty.delisted_on.is_(None))
    number = row["id_number"]
    same.append(BlockedParty.id_number.is_(None) if number is None else BlockedParty.id_number == number)
    if session.scalar(sa.select(BlockedParty.id).where(*same).limit(1)) is not None:
        return False
    session.add(BlockedParty(**row, recorded_by=actor))
    session.flush()
    return True


def take_off(session: Session, party_id: int, today: dt.date, actor: str, reason: Any) -> BlockedParty:
    """Takes a name off its list from today on, for a reason. Raises `Invalid`, `Conflict` when it is off already."""
    why = require_text(reason, "off_reason", _LONGEST["reason"])
    party = session.get(BlockedParty, party_id, with_for_update=True)
    if party is None or party.delisted_on is not None:
        raise Conflict("the name is on the list no more")
    party.delisted_on = max(today, party.listed_on)
    party.delisted_by, party.delisted_reason = actor, why
    return party


def read_in(session: Session, file_name: str, content: bytes, today: dt.date, actor: str) -> Report:
    """Enters the rows of a CSV or xlsx sheet whose first row has the heads. Raises `Invalid` for what is no sheet."""
    report = Report()
    rows = _rows(file_name, content)
    columns = _columns(next(rows, []))
    for number, cells in enumerate(rows, start=2):
        if number > MOST_ROWS + 1:
            raise Invalid(f"a sheet has at most {MOST_ROWS} rows", {"file": ["too_large"]})
        given = {name: cells[place] for name, place in columns.items() if place < len(cells)}
        if not any(value not in (None, "") for value in given.values()):
            continue
        try:
            added = enter(session, given, today, actor)
        except Invalid as invalid:
            report.wrong.append((number, next(iter(invalid.errors))))
            continue
        report.added, report.known = report.added + added, report.known + (not added)
    return report


def _rows(file_name: str, content: bytes) -> Iterator[list[Any]]:
    if len(content) > MOST_BYTES:
        raise Invalid("the sheet is too large", {"file": ["too_large"]})
    if file_name.lower().endswith(".xlsx"):
        try:
            _require_small(content)
            sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
            found = [list(row) for row in sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 2, max_col=50)]
        except Invalid:
            raise
        except Exception as error:  # openpyxl raises of every kind for what is no workbook
            raise Invalid("the file is no xlsx workbook", {"file": ["no_sheet"]}) from error
        return iter(found)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return iter(list(csv.reader(io.StringIO(content.decode(encoding)))))
        except (UnicodeDecodeError, csv.Error):
            continue
    raise Invalid("the file is neither xlsx nor CSV", {"file": ["no_sheet"]})


def _require_small(workbook: bytes) -> None:
    """What is small as it came may be huge when unpacked, and the reader of sheets takes all of it in."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
            raise Invalid("the sheet is too large", {"file": ["too_large"]})


def _columns(heads: list[Any]) -> dict[str, int]:
    places = {str(head).strip().lower(): place for place, head in enumerate(heads) if head is not None}
    found = {name: next((places[head] for head in known if head in places), None) for name, known in COLUMNS.items()}
    lacking = [name for name in _REQUIRED if found[name] is None]
    if lacking:
        raise Invalid(f"the first row lacks the column {lacking[0]}", {"file": ["no_sheet"]})
    return {name: place for name, place in found.items() if place is not None}


def _checked(given: dict[str, Any], today: dt.date) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, longest in _LONGEST.items():
        text = str(given.get(name) or "").strip()
        if len(text) > longest or (name in _REQUIRED and not text) or "\0" in text:
            raise Invalid(f"{name} has 1 to {longest} characters", {name: ["length"]})
        row[name] = text or None
    if row["id_number"]:
        row["id_number"] = row["id_number"].upper()
    row["listed_on"] = _day(given.get("listed_on"), today)
    return row


def _day(value: Any, today: dt.date) -> dt.date:
    if value in (None, ""):
        return today
    if isinstance(value, dt.datetime):
        return value.date()
    try:
        day = dt.date.fromisoformat(str(value).strip().replace("/", "-"))
    except ValueError:
        raise Invalid("listed_on is a date such as 2026-03-02", {"listed_on": ["not_a_time"]}) from None
    return day
