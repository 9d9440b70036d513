"""Loans: the list, and one loan with its schedule and payments. For people with a role, in their unit and below."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, abort, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required

from models.cases import Instance
from models.loans import Instalment, Loan
from models.queries import loans as loan_lists
from models.queries import staff
from models.queries.applications import first_responsible
from models.queries.cases import find_visible
from models.queries.paging import BadCursor
from operations import loan_papers
from web.context import actor, reading
from web.pages import loan_figures
from web.pages.addresses import here, option, wanted
from web.pages.loan_money import money_of
from web.pages.moments import now
from web.pages.shell import is_staff
from web.viewing import viewer_of

blueprint = Blueprint("loans", __name__, url_prefix="/loans")

_PAGE = 50


@blueprint.before_request
@login_required
def _for_staff() -> None:
    if not is_staff():
        abort(404)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Loans, the newest first."""
    states = state_words()
    status = wanted("status")
    try:
        page = loan_lists.list_loans(
            reading(),
            _unit_path(),
            status=status if status in states else None,
            customer=wanted("customer"),
            limit=_PAGE,
            cursor=wanted("cursor", 500),
        )
    except BadCursor:
        abort(400)
    return render_template(
        "loans/index.html",
        loans=page.items,
        units=staff.unit_names(reading(), (loan.unit_id for loan in page.items)),
        methods=method_words(),
        statuses=[option(words, "status", key) for key, words in states.items()],
        clear=here(status=None),
        customer=wanted("customer"),
        without_customer=here(customer=None),
        narrowed=any(wanted(name) for name in ("status", "customer")),
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


@blueprint.get("/<number>")
def show(number: str) -> ResponseReturnValue:
    """One loan: what is owed when, and what was paid."""
    loan = loan_lists.find_loan(reading(), number, _unit_path())
    if loan is None:
        abort(404)
    try:
        paid = loan_lists.transactions(reading(), loan, cursor=wanted("cursor", 500))
    except BadCursor:
        abort(400)
    rows = loan_lists.schedule(reading(), loan)
    return render_template(
        "loans/show.html",
        loan=loan,
        unit=staff.unit_names(reading(), [loan.unit_id]).get(loan.unit_id, ""),
        method=method_words().get(loan.repayment_method, loan.repayment_method),
        rows=[_row(row) for row in rows],
        kpis=loan_figures.figures(loan, rows),
        settled=sum(row.state == "paid" for row in rows),
        transactions=paid.items,
        kinds={"disbursement": gettext("放款"), "repayment": gettext("还款"), "reversal": gettext("冲销")},
        titles=staff.titles_of(reading(), (item.recorded_by for item in paid.items)),
        next=paid.next_cursor and here(cursor=paid.next_cursor),
        case=_case_of(loan),
        money=money_of(loan),
        first_responsible=_first_responsible(loan),
    )


@blueprint.get("/<number>/papers/<kind>")
def paper(number: str, kind: str) -> ResponseReturnValue:
    """A paper of the payout as PDF: notice, voucher, payment order, repayment list."""
    loan = loan_lists.find_loan(reading(), number, _unit_path())
    if loan is None or kind not in loan_papers.papers(reading(), loan):
        abort(404)
    content = loan_papers.paper(reading(), loan, kind)
    return send_file(BytesIO(content), "application/pdf", download_name=f"{kind}-{number}.pdf")


def _unit_path() -> str | None:
    viewer = viewer_of(reading(), actor())
    return None if viewer.reads_everything else viewer.unit_path


def _case_of(loan: Loan) -> Instance | None:
    application = loan.contract.application
    return find_visible(reading(), viewer_of(reading(), actor()), application.instance_id)


def _first_responsible(loan: Loan) -> str | None:
    """Who answers first for the loan (INV-7), by display name."""
    name = first_responsible(reading(), loan.contract.application.instance_id)
    return staff.titles_of(reading(), [name]).get(name, name) if name else None


def state_words() -> dict[str, str]:
    """What a loan's status is called."""
    return {
        "paying": gettext("付款中"),
        "active": gettext("存续"),
        "settled": gettext("已结清"),
        "reversed": gettext("已冲销"),
    }


def method_words() -> dict[str, str]:
    """What the ways of repaying are called."""
    return {
        "equal_installment": gettext("等额本息"),
        "equal_principal": gettext("等额本金"),
        "interest_only": gettext("先息后本"),
        "single": gettext("利随本清"),
        "flat": gettext("等本等息"),
    }


def _row(row: Instalment) -> dict[str, Any]:
    days = (row.due - now().date()).days
    if row.state == "paid":
        state, words = "plain", gettext("结清")
    elif days < 0:
        state, words = "danger", ngettext("逾期 %(num)d 天", "逾期 %(num)d 天", -days)
    elif row.paid:
        state, words = "info", gettext("部分已还")
    else:
        state, words = "out", gettext("未到期") if days else gettext("今天到期")
    return {"row": row, "state": state, "words": words, "now": state == "danger"}
