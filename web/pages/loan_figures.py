"""The four figures people look for first in a loan, for its own page and for the case that paid it out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext, ngettext

from models.loans import Instalment, Loan
from web.pages.moments import now


def figures(loan: Loan, rows: Sequence[Instalment]) -> list[dict[str, Any]]:
    """Principal still owed, what is overdue, and what is due next: from the schedule in force."""
    today = now().date()
    if loan.status == "reversed":  # it never went out: nothing of it is owed
        rows = ()
    balance = sum((row.principal - row.paid_principal for row in rows), Decimal(0))
    late = [row for row in rows if row.due < today and row.state != "paid"]
    overdue = sum((row.total - row.paid for row in late), Decimal(0))
    coming = next((row for row in rows if row.due >= today and row.state != "paid"), None)
    repaid = sum((row.paid_principal for row in rows), Decimal(0))
    share = f"{repaid / loan.principal * 100:.1f}%"
    return [
        {
            "label": gettext("本金余额"),
            "value": f"{balance:,.2f}",
            "note": gettext("已还 %(paid)s（%(share)s）", paid=f"{repaid:,.2f}", share=share),
        },
        {
            "label": gettext("逾期未还"),
            "value": f"{overdue:,.2f}",
            "state": "danger" if overdue else None,
            "note": ngettext("%(num)d 期", "%(num)d 期", len(late)) if late else gettext("没有逾期"),
        },
        {
            "label": gettext("下次应还"),
            "value": "—" if coming is None else f"{coming.total - coming.paid:,.2f}",
            "note": "" if coming is None else coming.due.isoformat(),
        },
        {"label": gettext("贷款金额"), "value": f"{loan.principal:,.2f}", "note": loan.start.isoformat()},
    ]
