"""For which places people are responsible 辖区, so that investigations go to whoever is near (INV-1)."""

from __future__ import annotations

import re

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.service import actors
from models.queries.authority import BY_PERSON
from models.queries.investigators import regions_of
from models.queries.paging import BadCursor, fetch_page
from operations import regions
from web.context import actor, person, reading, step
from web.pages.addresses import here, wanted

blueprint = Blueprint("regions", __name__, url_prefix="/regions")

_PAGE = 50
_BETWEEN = re.compile(r"[、，,;；\n]")


@blueprint.before_request
@login_required
def _for_those_who_oversee() -> None:
    if not actor().roles & regions.READERS:
        abort(404)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """People and their places."""
    try:
        page = fetch_page(reading(), regions.overseen(actor()), BY_PERSON, wanted("cursor", 500), _PAGE)
    except BadCursor:
        abort(400)
    found = regions_of(reading(), [someone.name for someone in page.items])
    return render_template(
        "regions/index.html",
        rows=[(someone, "、".join(found.get(someone.name, ()))) for someone in page.items],
        may_change=bool(actor().roles & regions.MANAGERS),
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


@blueprint.post("/<name>")
def give(name: str) -> ResponseReturnValue:
    """Sets a person's places."""
    try:
        with step() as s:
            who = actors.load(s.session, person().name)
            regions.give(s, who, name, _places("regions"), _places("before"))
    except (NotFound, Forbidden):
        abort(404)
    except Conflict:
        flash(gettext("刚有人改过这个人的辖区，请看过新的再改。"), "danger")
    except Invalid:
        flash(gettext("辖区：每处不超过 100 字，最多 50 处"), "danger")
    else:
        flash(gettext("辖区已更新"), "ok")
    return redirect(url_for("regions.index"))


def _places(field: str) -> list[str]:
    return [place.strip() for place in _BETWEEN.split(request.form.get(field, "")) if place.strip()]
