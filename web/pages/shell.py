"""What surrounds every page: the institution, the person, the business day, and the places open to this person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import LazyString, lazy_gettext, ngettext
from flask_login import current_user

from models.queries import inbox, staff
from operations import regions
from web import customer_rights
from web.context import actor, person, reading, settings
from web.language import language
from web.pages.moments import now

BARE = "bare_shell"
PROGRAM = "Loanflow"
"""Stands where the house's name is not known: before `loanflow init`, and when the database does not answer."""
"""Set in `flask.g` where nothing may be asked of the database any more: on the page that says that it failed."""


@dataclass(frozen=True)
class Place:
    """An entry of the navigation; `needs`: one of these roles, for `staff` any but the designer's."""

    endpoint: str
    icon: str
    label: LazyString
    key: str | None = None
    group: int = 1
    needs: frozenset[str] = frozenset()
    staff: bool = False


MEETS = frozenset(
    {"committee_member", "committee_secretary", "legal_officer", "general_manager", "risk_manager", "auditor", "admin"}
)
"""Who has business with the committee's meetings."""
_KEEP_PROSPECTS = frozenset({"account_manager", "dept_manager", "risk_manager", "general_manager", "admin", "auditor"})
_KEEP_ARCHIVE = frozenset({"archivist", "general_manager", "admin", "auditor"})

PLACES = (
    Place("inbox.mine", "inbox", lazy_gettext("待办"), "i"),
    Place("cases.index", "case", lazy_gettext("案件"), "c"),
    Place("customers.index", "users", lazy_gettext("客户"), "u", staff=True),
    Place("meetings.index", "cal", lazy_gettext("贷审会"), "m", needs=MEETS),
    Place("loans.index", "loan", lazy_gettext("贷款"), "l", staff=True),
    Place("contracts.index", "stamp", lazy_gettext("合同"), staff=True),
    Place("prospects.index", "userplus", lazy_gettext("潜客"), "p", group=2, needs=_KEEP_PROSPECTS),
    Place("registers.index", "book", lazy_gettext("登记"), "r", group=2, staff=True),
    Place("archive.index", "file", lazy_gettext("档案"), group=2, needs=_KEEP_ARCHIVE),
    Place("authority.limits", "key", lazy_gettext("授权"), group=2, staff=True),
    Place("regions.index", "globe", lazy_gettext("辖区"), group=2, needs=regions.READERS),
    Place("designer.index", "pen", lazy_gettext("设计"), "d", group=2, needs=frozenset({"admin", "designer"})),
    Place("outbox.index", "chat", lazy_gettext("发件箱"), group=3, needs=frozenset({"admin", "auditor"})),
)
"""In the order of the rail. A place whose page is not part of this installation is left out."""


def init_shell(app: Flask) -> None:
    """Gives every template `shell` and `places`."""
    app.context_processor(_around)


def institution_name() -> str:
    """What the house is called."""
    return staff.institution(reading())


def is_staff() -> bool:
    """Whether the person has business with customers and loans: any role will do but that of a designer."""
    return customer_rights.is_staff(actor())


def _around() -> dict[str, Any]:
    urls = {"home": url_for("inbox.mine"), "language": url_for("account.choose_language")}
    shell: dict[str, Any] = {
        "institution": PROGRAM,
        "locale": language(),
        "here": request.full_path.rstrip("?") if request.method == "GET" else "",
        "query": request.args.get("q", ""),
        "urls": urls,
        "demo": settings().demo,
    }
    if g.get(BARE):
        return {"shell": shell, "places": []}
    shell["institution"] = house_name = institution_name() or PROGRAM
    if not current_user.is_authenticated:
        return {"shell": shell, "places": []}
    urls |= {
        "search": url_for("search.everywhere"),
        "deputies": url_for("deputies.index"),
        "handovers": url_for("handovers.index"),
        "password": url_for("account.password"),
        "help": url_for("handbook.show"),
        "notices": url_for("notices.choices"),
        "sign_out": url_for("account.leave"),
    }
    me, today = person(), now().date()
    shell |= {
        "unit": me.unit.name if me.unit.name != house_name else None,
        "person": {"name": me.title or me.name, "title": me.name if me.title and me.title != me.name else ""},
        "business_day": today,
    }
    return {"shell": shell, "places": _places(me.name)}


def _places(name: str) -> list[dict[str, Any]]:
    mine, staffed = actor().roles, is_staff()
    overdue = inbox.count_mine(reading(), name, now())
    return [
        {
            "url": url_for(place.endpoint),
            "icon": place.icon,
            "label": place.label,
            "key": place.key,
            "group": place.group,
            "current": request.blueprint == place.endpoint.partition(".")[0]
            or (place.key == "i" and request.blueprint == "tasks"),
            "badge": inbox.capped(overdue) if place.key == "i" and overdue else None,
            "badge_title": ngettext("%(num)d 项逾期", "%(num)d 项逾期", overdue) if place.key == "i" else "",
        }
        for place in PLACES
        if place.endpoint in current_app.view_functions
        and (not place.needs or mine & place.needs)
        and (staffed or not place.staff)
    ]
