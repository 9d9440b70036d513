"""What moved a loan's money: its draws, vouchers, payments and ledger entries, for its page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import gettext

from models.loans import Loan
from models.queries.disbursement import all_draws, draw_until, entries_of, left_to_draw, orders_of, vouchers_of
from operations.loan_papers import papers
from operations.reconciling import checks
from web.context import reading


def money_of(loan: Loan) -> dict[str, Any]:
    """All of it, and whether the books agree."""
    session = reading()
    return {
        "draws": all_draws(session, loan.contract_id),
        "left": left_to_draw(session, loan.contract),
        "until": draw_until(session, loan.contract),
        "vouchers": vouchers_of(session, [loan]),
        "orders": orders_of(session, [loan]),
        "order_states": order_words(),
        "entries": entries_of(session, loan),
        "entry_kinds": entry_words(),
        "papers": papers(session, loan),
        "checks": [(check, _written(check.figures[0]), _written(check.figures[1])) for check in checks(session, loan)],
    }


def order_words() -> dict[str, tuple[str, str]]:
    """How a payment order stands: the kind of mark, and the words."""
    return {
        "waiting": ("info", gettext("待付")),
        "sent": ("info", gettext("已送银行")),
        "unknown": ("warn", gettext("结果不明")),
        "paid": ("plain", gettext("已付")),
        "failed": ("danger", gettext("未付")),
    }


def entry_words() -> dict[str, str]:
    """What kinds of ledger entries are called."""
    return {
        "disbursement": gettext("放款"),
        "payment": gettext("付款"),
        "reversal": gettext("冲销"),
        "repayment": gettext("还款"),
    }


def _written(figure: Any) -> str:
    return f"{figure:,.2f}" if isinstance(figure, Decimal) else str(figure)
