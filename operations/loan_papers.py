"""The papers of a payout, from rows: notice, voucher, payment order, repayment list (DIS-2); and keeping them as files.

The same rows make the same bytes, so that a paper printed again can be compared with the one that was kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from engine.ports import OperationCall
from engine.service import actors
from engine.service.attachments import FileStore
from engine.service.errands import Errand
from lending.capitals import in_capitals
from models.loans import Loan
from models.people import Unit
from models.queries import staff
from models.queries.disbursement import orders_of
from models.queries.loans import find_loan, schedule, voucher_of
from models.queries.units import is_below
from operations.declaring import Outputs, operation, refuse
from operations.documents import keep
from operations.inputs import text
from operations.printing.writing import percent

if TYPE_CHECKING:
    from engine.service.house import House, Step

JOB = "loan_papers"
METHODS = {
    "equal_installment": "等额本息",
    "equal_principal": "等额本金",
    "interest_only": "先息后本",
    "single": "利随本清",
    "flat": "等本等息",
}
PAYMENTS = {"own": "自主支付", "entrusted": "受托支付"}


def papers(session: Session, loan: Loan) -> dict[str, str]:
    """The kinds of paper that a loan has, with their titles."""
    return kinds_of(loan, ordered=loan.payment_kind == "entrusted" and bool(orders_of(session, [loan])))


def kinds_of(loan: Loan, *, ordered: bool) -> dict[str, str]:
    """The same, where it is known whether a payment was ordered."""
    kinds = {"notice": "放款通知书", "voucher": "借据", "schedule": "还款清册"}
    if loan.payment_kind == "entrusted" and ordered:
        kinds["payment"] = "委托支付凭证"
    return kinds


def paper(session: Session, loan: Loan, kind: str) -> bytes:
    """One paper of a loan as PDF. `kind` is one of `papers`."""
    from operations.printing import pdf  # typst is slow to load, and most programs print nothing

    unit = session.get_one(Unit, loan.unit_id)
    heading = {
        "title": papers(session, loan)[kind],
        "number": loan.number,
        "institution": staff.institution(session),
        "foot": unit.name,
        "watermark": "作废" if loan.status == "reversed" else None,
    }
    return pdf("document", {**heading, "parts": _PARTS[kind](session, loan)})


def _notice(session: Session, loan: Loan) -> list[Mapping[str, Any]]:
    first = schedule(session, loan)[0]
    return [
        {
            "kind": "text",
            "paragraphs": [
                f"{loan.customer.name}：",
                f"根据 {loan.contract.number} 号借款合同，贵方申请的贷款已办妥放款手续，现将放款事项通知如下。",
            ],
        },
        {
            "kind": "facts",
            "rows": [*_terms(session, loan), ["首期应还日", first.due], ["首期应还", _yuan(first.total)]],
        },
        {"kind": "text", "paragraphs": ["请按还款清册所列日期和金额按时还款。"]},
        {"kind": "signatures", "labels": ["经办人", "复核人"]},
    ]


def _voucher(session: Session, loan: Loan) -> list[Mapping[str, Any]]:
    return [
        {"kind": "facts", "rows": [["凭证号", voucher_of(session, loan).number], *_terms(session, loan)]},
        {
            "kind": "text",
            "paragraphs": ["借款人确认已收到上述借款，愿按借款合同约定的利率、期限和还款方式归还本息。"],
        },
        {"kind": "signatures", "labels": ["借款人", "经办人", "复核人"]},
    ]


def _payment(session: Session, loan: Loan) -> list[Mapping[str, Any]]:
    order = orders_of(session, [loan])[-1]
    return [
        {
            "kind": "text",
            "paragraphs": ["借款人委托贷款人将下列贷款资金直接支付给符合合同约定用途的交易对象。"],
        },
        {
            "kind": "facts",
            "rows": [
                ["支付单号", order.number],
                ["借款人", loan.customer.name],
                ["借款合同", loan.contract.number],
                ["金额", _yuan(order.amount)],
                ["大写", in_capitals(order.amount)],
                ["收款人", order.payee],
                ["收款账号", order.account],
                ["合同或发票", order.evidence],
                ["计划支付日", order.planned_on],
                ["最迟付达日", order.pay_by],
                ["银行回单", order.bank_reference],
            ],
        },
        {"kind": "signatures", "labels": ["借款人", "财务经办", "财务复核"]},
    ]


def _schedule(session: Session, loan: Loan) -> list[Mapping[str, Any]]:
    rows = schedule(session, loan)
    interest = sum((row.interest for row in rows), Decimal(0))
    columns = [["期次", 1, "right"], ["应还日", 3, "left"]]
    columns += [[name, 2, "right"] for name in ("本金", "利息", "应还", "剩余本金")]
    listed = [[row.n, row.due, row.principal, row.interest, row.total, row.balance] for row in rows]
    total = loan.principal + interest
    return [
        {"kind": "facts", "rows": _terms(session, loan)},
        {"kind": "list", "columns": columns, "rows": [*listed, ["合计", "", loan.principal, interest, total, ""]]},
        {"kind": "facts", "rows": [["本息合计大写", in_capitals(total)]]},
        {"kind": "signatures", "labels": ["借款人", "经办人"]},
    ]


def _terms(session: Session, loan: Loan) -> list[list[Any]]:
    del session
    return [
        ["借款人", loan.customer.name],
        ["借款合同", loan.contract.number],
        ["贷款种类", loan.product.title_zh],
        ["借据号", loan.number],
        ["金额", _yuan(loan.principal)],
        ["大写", in_capitals(loan.principal)],
        ["年利率", percent(loan.annual_rate)],
        ["起息日", loan.start],
        ["到期日", loan.maturity],
        ["还款方式", METHODS[loan.repayment_method]],
        ["支付方式", PAYMENTS[loan.payment_kind]],
        ["收款人", loan.payee or loan.customer.name],
        ["收款账号", loan.receiving_account],
    ]


def _yuan(amount: Decimal) -> str:
    return f"{amount:,.2f} 元"


_PARTS: Mapping[str, Callable[[Session, Loan], list[Mapping[str, Any]]]] = {
    "notice": _notice,
    "voucher": _voucher,
    "payment": _payment,
    "schedule": _schedule,
}


@operation(
    "disbursement.print",
    "打印放款单据 Print the papers of a payout",
    inputs={"loan_no": text("Number of the loan", 40)},
    outputs={"printed": "Titles of the papers that will lie with the case"},
)
def request(call: OperationCall, *, loan_no: str) -> Outputs:
    """Has the papers printed and kept with the case, after the step: setting them takes longer than a step should."""
    loan = find_loan(call.session, loan_no, None)
    if loan is None or not is_below(call.session, loan.unit_id, call.unit_id):
        raise refuse("loan_no", f"there is no loan {loan_no} in this unit")
    call.queue_job(JOB, {"loan_no": loan.number, "instance_id": str(call.instance_id)})
    return {"printed": list(papers(call.session, loan).values())}


def papers_errand(store: FileStore) -> Errand:
    """How papers are printed into this store. Printed twice, they are kept with the case once."""

    def do(house: House, _key: str, payload: dict[str, Any]) -> Any:
        with house.sessions.reading() as session:
            loan = find_loan(session, payload["loan_no"], None)
            assert loan is not None
            return {kind: paper(session, loan, kind) for kind in papers(session, loan)}

    def done(step: Step, payload: dict[str, Any], made: Mapping[str, bytes]) -> None:
        loan = find_loan(step.session, payload["loan_no"], None)
        assert loan is not None
        actor = actors.load(step.session, loan.disbursed_by or "")
        instance_id = uuid.UUID(payload["instance_id"])
        titles = papers(step.session, loan)
        for kind, content in made.items():
            keep(step, store, instance_id, actor, f"{titles[kind]} {loan.number}.pdf", content, kind=kind)

    def failed(_step: Step, _payload: dict[str, Any], _message: str) -> None:
        """The papers can be printed from the loan's page at any time; the failed job stays for operators to see."""

    return Errand(do=do, done=done, failed=failed)
