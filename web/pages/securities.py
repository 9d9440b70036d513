"""What of securities ends: insurance, valuation, registration, the first to end first. In one's unit and below."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from models.queries import securities
from models.queries.paging import BadCursor
from web.context import actor, reading
from web.pages.addresses import here, option, wanted
from web.pages.contract_words import paper_kind_words
from web.pages.moments import now
from web.pages.shell import is_staff
from web.viewing import viewer_of

blueprint = Blueprint("securities", __name__, url_prefix="/securities")

_PAGE = 50
_PERIODS = (7, 30, 90)


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """`?kind=` and `?within=` (days) narrow the list; what has ended already always stands in it."""
    if not is_staff():
        abort(404)
    viewer = viewer_of(reading(), actor())
    kind, within = wanted("kind"), wanted("within", 4)
    days = int(within) if within and within.isdecimal() else None
    today = now().date()
    try:
        page = securities.holding(
            reading(),
            None if viewer.reads_everything else viewer.unit_path,
            until=today + dt.timedelta(days=days) if days is not None else None,
            kind=kind if kind in paper_kind_words() else None,
            limit=_PAGE,
            cursor=wanted("cursor", 500),
        )
    except BadCursor:
        abort(400)
    return render_template(
        "securities/index.html",
        papers=page.items,
        paper_kinds=paper_kind_words(),
        kind_options=[option(words, "kind", key) for key, words in paper_kind_words().items()],
        period_options=[option(gettext("%(n)s 天内", n=n), "within", str(n)) for n in _PERIODS],
        clear_kind=here(kind=None),
        clear_period=here(within=None),
        narrowed=bool(kind or within),
        today=today,
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )
