"""The archive: volumes of my unit and below, one with its list, and where it went (DIS-4)."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

from flask import Blueprint, abort, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required

from models.archive import ArchiveEntry
from models.queries import archive, staff
from models.queries.cases import find_visible
from models.queries.paging import BadCursor
from operations.volume_list import volume_list
from web.context import actor, reading
from web.pages.addresses import here, option, wanted
from web.pages.moments import now
from web.pages.shell import is_staff
from web.viewing import viewer_of

blueprint = Blueprint("archive", __name__, url_prefix="/archive")

_PAGE = 50


@blueprint.before_request
@login_required
def _for_staff() -> None:
    if not is_staff():
        abort(404)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """`?state=` (in, out, overdue, moving) and `?q=` (number, place, customer or application) narrow the list."""
    states = state_words()
    state, q = wanted("state"), wanted("q")
    today = now().date()
    try:
        page = archive.list_volumes(
            reading(),
            _unit_path(),
            today,
            state=state if state in states else None,
            q=q,
            limit=_PAGE,
            cursor=wanted("cursor", 500),
        )
    except BadCursor:
        abort(400)
    names = [volume.lent.borrower for volume in page.items if volume.lent] + [volume.holder for volume in page.items]
    return render_template(
        "archive/index.html",
        volumes=[(volume, volume.lent, _standing(volume, today)) for volume in page.items],
        units=staff.unit_names(reading(), (volume.application.unit_id for volume in page.items)),
        titles=staff.titles_of(reading(), names),
        states=[option(words, "state", key) for key, words in states.items()],
        clear=here(state=None),
        narrowed=bool(state or q),
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


@blueprint.get("/<number>")
def show(number: str) -> ResponseReturnValue:
    """One volume: its list, its place, who has it, and its history; what may be done with it now."""
    volume = _found(number)
    lent, moving = volume.lent, volume.moving
    under_way = lent or moving
    application = volume.application
    return render_template(
        "archive/show.html",
        volume=volume,
        unit=staff.unit_names(reading(), [application.unit_id]).get(application.unit_id, ""),
        case=find_visible(reading(), viewer_of(reading(), actor()), application.instance_id),
        lent=lent,
        moving=moving,
        standing=_standing(volume, now().date()),
        task=archive.open_task(reading(), under_way.instance_id) if under_way and _keeps() else None,
        keeps=_keeps(),
        history=_history(volume),
        titles=staff.titles_of(reading(), _names(volume)),
    )


@blueprint.get("/<number>/list.pdf")
def papers(number: str) -> ResponseReturnValue:
    """The list that lies in the volume, as PDF."""
    content = volume_list(reading(), _found(number))
    return send_file(BytesIO(content), "application/pdf", download_name=f"{number}.pdf")


def state_words() -> dict[str, str]:
    """Where a volume can be."""
    return {
        "in": gettext("在架"),
        "out": gettext("借出"),
        "overdue": gettext("逾期未还"),
        "moving": gettext("移交途中"),
    }


def _found(number: str) -> ArchiveEntry:
    volume = archive.find_volume(reading(), number, _unit_path())
    if volume is None:
        abort(404)
    return volume


def _keeps() -> bool:
    """Whether the person is of the archive's desk; the processes have the last word."""
    return "archivist" in actor().roles


def _standing(volume: ArchiveEntry, today: dt.date) -> tuple[str, str]:
    """The kind of mark and the words for where a volume is now."""
    if volume.lent is not None:
        late = (today - volume.lent.until).days
        if late > 0:
            return "danger", ngettext("逾期 %(num)d 天未还", "逾期 %(num)d 天未还", late)
        return "warn", gettext("借出")
    if volume.moving is not None:
        return "info", gettext("移交途中")
    return "plain", gettext("在架")


def _history(volume: ArchiveEntry) -> list[dict[str, Any]]:
    """Every loan and hand-over, the newest first; the registration is the last line."""
    lines: list[dict[str, Any]] = [
        {"at": loan.lent_at, "kind": "loan", "row": loan, "late": _late(loan)} for loan in volume.loans
    ]
    lines += [{"at": handed.handed_at, "kind": "handover", "row": handed} for handed in volume.handovers]
    return sorted(lines, key=lambda line: line["at"], reverse=True)


def _late(loan: Any) -> int:
    back = loan.returned_at.astimezone(now().tzinfo).date() if loan.returned_at else now().date()
    return max((back - loan.until).days, 0)


def _names(volume: ArchiveEntry) -> list[str | None]:
    names = [volume.holder, volume.registered_by]
    for loan in volume.loans:
        names += [loan.borrower, loan.lent_by, loan.returned_to]
    for handed in volume.handovers:
        names += [handed.handed_by, handed.handed_to]
    return names


def _unit_path() -> str | None:
    viewer = viewer_of(reading(), actor())
    return None if viewer.reads_everything else viewer.unit_path
