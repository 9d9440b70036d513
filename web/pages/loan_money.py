"""What moved a loan's money: its draws, vouchers, payments and ledger entries, for its page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from models.contracts import Contract
from models.loans import Loan
from models.payments import PaymentOrder
from models.queries.disbursement import all_draws, draw_until, entries_of, left_to_draw, orders_of, vouchers_of
from operations.loan_papers import papers
from operations.reconciling import checks
from web.context import reading
from web.documents import printed_words


def money_of(loan: Loan) -> dict[str, Any]:
    """All of it, and whether the books agree."""
    session = reading()
    return {
        "draws": all_draws(session, loan.contract_id),
        **left_of(loan.contract),
        "vouchers": vouchers_of(session, [loan]),
        "orders": orders_of(session, [loan]),
        "order_states": order_words(),
        "entries": entries_of(session, loan),
        "entry_kinds": entry_words(),
        "papers": paper_words(papers(session, loan)),
        "checks": [(check, _written(check.figures[0]), _written(check.figures[1])) for check in checks(session, loan)],
        "check_words": check_words(),
    }


def orders_by_loan(loans: Sequence[Loan]) -> dict[int, list[PaymentOrder]]:
    """The payment orders of each of these loans, oldest first, in one query."""
    result: dict[int, list[PaymentOrder]] = {loan.id: [] for loan in loans}
    for order in orders_of(reading(), loans) if loans else ():
        result[order.loan_id].append(order)
    return result


def left_of(contract: Contract) -> dict[str, Any]:
    """What was agreed in a contract, what can still be drawn of it, and until when."""
    return {
        "agreed": contract.amount,
        "left": left_to_draw(reading(), contract),
        "until": draw_until(reading(), contract),
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


def paper_words(kinds: Iterable[str]) -> dict[str, str]:
    """What papers of a payout are called, by their kinds."""
    words = printed_words()
    return {kind: words[kind] for kind in kinds}


def check_words() -> dict[str, str]:
    """What `operations.reconciling` holds against one another, in the reader's language."""
    return {
        "账据": gettext("账据"),
        "账表": gettext("账表"),
        "账账": gettext("账账"),
        "账实": gettext("账实"),
        "应为": gettext("应为"),
        "借据张数": gettext("借据张数"),
        "借据金额": gettext("借据金额"),
        "贷款本金": gettext("贷款本金"),
        "借据收款账号": gettext("借据收款账号"),
        "贷款收款账号": gettext("贷款收款账号"),
        "还款计划本金合计": gettext("还款计划本金合计"),
        "总账贷款余额": gettext("总账贷款余额"),
        "分户账本金余额": gettext("分户账本金余额"),
        "已记账业务笔数": gettext("已记账业务笔数"),
        "分户账业务笔数": gettext("分户账业务笔数"),
        "借贷不平分录数": gettext("借贷不平分录数"),
        "银行已付金额": gettext("银行已付金额"),
        "应付金额": gettext("应付金额"),
        "待清算放款余额": gettext("待清算放款余额"),
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
