"""One search for everything that has a number or a name: cases, customers and loans, a few of each."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from models.queries import cases as case_lists
from models.queries import customer_lists
from models.queries.loans import find_loan
from models.queries.paging import fetch_page
from web.context import actor, reading
from web.pages.addresses import wanted
from web.pages.customers import kind_words, masked
from web.pages.shell import is_staff
from web.pages.task_rows import amount_of, case_number, subject_of
from web.viewing import viewer_of

blueprint = Blueprint("search", __name__)

_MOST = 10


@blueprint.get("/search")
@login_required
def everywhere() -> ResponseReturnValue:
    """What fits the words, of what I may see."""
    words, viewer = wanted("q"), viewer_of(reading(), actor())
    if words is None:
        return render_template("search/index.html", words="", cases=[], customers=[], loan=None)
    cases = fetch_page(reading(), case_lists.visible_cases(viewer, search=words), case_lists.NEWEST_FIRST, None, _MOST)
    customers, loan = None, None
    if is_staff():
        found = customer_lists.customers(words=words)
        customers = fetch_page(reading(), found, customer_lists.NEWEST_FIRST, None, _MOST)
        loan = find_loan(reading(), words.upper(), None if viewer.reads_everything else viewer.unit_path)
    return render_template(
        "search/index.html",
        words=words,
        cases=[
            {"case": item, "number": case_number(item), "subject": subject_of(item), "amount": amount_of(item.facts)}
            for item in cases.items
        ],
        more_cases=cases.next_cursor is not None,
        customers=customers.items if customers else [],
        more_customers=customers is not None and customers.next_cursor is not None,
        loan=loan,
        kind_words=kind_words(),
        masked=masked,
    )
