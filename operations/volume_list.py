"""The list that lies in an archive volume, from its rows (DIS-4): the same rows make the same bytes."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from models.archive import ArchiveEntry
from models.people import Unit
from models.queries import staff
from models.queries.staff import titles_of


def volume_list(session: Session, volume: ArchiveEntry) -> bytes:
    """The list of a volume as PDF: whose it is, where it stands, every paper, and who signs for it."""
    from operations.printing import pdf  # typst is slow to load, and most programs print nothing

    application = volume.application
    people = titles_of(session, [volume.registered_by, volume.holder])
    rows: list[list[Any]] = [
        ["案卷号", volume.number],
        ["申请编号", application.number],
        ["借款人", application.customer.name],
        ["存放位置", place_of(volume)],
        ["装订日期", volume.bound_on],
        ["归档人", people.get(volume.registered_by or "")],
        ["保管人", people.get(volume.holder or "")],
        ["件数", len(volume.items)],
    ]
    return pdf(
        "document",
        {
            "title": "案卷目录",
            "number": volume.number,
            "institution": staff.institution(session),
            "foot": session.get_one(Unit, application.unit_id).name,
            "watermark": None,
            "parts": [
                {"kind": "facts", "rows": [row for row in rows if row[1] is not None]},
                {
                    "kind": "list",
                    "columns": [["序号", 1, "right"], ["材料", 8, "left"], ["备注", 3, "left"]],
                    "rows": [[item.n, item.title, ""] for item in volume.items],
                },
                {"kind": "signatures", "labels": ["移交人", "接收人", "日期"]},
            ],
        },
    )


def place_of(volume: ArchiveEntry) -> str:
    """Where a volume stands: the words, and room, shelf and box when they are known."""
    parts = [("库房", volume.room), ("架", volume.shelf), ("盒", volume.box)]
    known = "，".join(f"{name} {value}" for name, value in parts if value)
    return f"{volume.location}（{known}）" if known else volume.location
