"""Paying a loan out: the loan, its schedule, its voucher and the first line of its account at once (DIS-2, DIS-3)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from engine.ports import OperationCall
from lending.daycount import DayCount
from lending.durations import parse_duration
from lending.errors import InvalidDuration
from lending.schedule import Method, Schedule
from models.contracts import Contract, DrawPeriod
from models.loans import DUE_DAY_RULES, PAYMENT_KINDS, Instalment, Loan, LoanTransaction, Voucher
from models.numbering import next_number
from models.queries.disbursement import draw_until, draws, left_to_draw, live_order
from models.queries.loans import find_loan, last_seq, locked_loan, schedule, voucher_of
from models.queries.units import is_below
from operations.contracts import CONTRACT_NO, contract_of
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import Input, Wrong, choice, day, flag, money, optional, rate, text, whole
from operations.instalment_plan import next_working_day, plan
from operations.ledger import Line, book, entry_of, transaction_event, undo

LOAN_NUMBERS = "L-{year}-{unit}-{seq:4}"
VOUCHER_NUMBERS = "V-{year}-{unit}-{seq:4}"

_AGREED = ("annual_rate", "term_months", "repayment_method")
_PLANNED_BY = (*_AGREED, "start", "every", "day_count", "due_day_rule")


def _period(about: str) -> Input:
    def read(value: Any) -> str:
        try:
            duration = parse_duration(str(value))
        except InvalidDuration as error:
            raise Wrong(str(error)) from None
        if duration.clock or duration.is_zero or len(str(value)) > 16:
            raise Wrong("must be counted in years, months, weeks or days, such as P1M")
        return str(value)

    return Input(about, read)


@operation(
    "loan.disburse",
    "放款 Pay the loan out",
    inputs={
        "contract_no": CONTRACT_NO,
        "amount": money("Amount paid out, at most that of the contract"),
        "annual_rate": rate("Rate of the contract"),
        "start": day("Day of payment: the first day of interest"),
        "term_months": whole("Term of the contract in months"),
        "every": optional(_period("How often an instalment is due, such as P1M"), "P1M"),
        "repayment_method": choice("How it is repaid, as in the contract", tuple(Method)),
        "day_count": optional(choice("How days of interest are counted; else as the product does", tuple(DayCount))),
        "receiving_account": text("Account that receives the money", 64),
        "payment_kind": choice("To the borrower's own account, or entrusted to a payee", PAYMENT_KINDS),
        "payee": optional(text("Payee of an entrusted payment")),
        "draw_no": optional(whole("Which draw of the contract: 1 for the first or only one", 999), 1),
        "draws_until": optional(day("Last day for drawing what is left of the contract after this draw")),
        "payment_follows": optional(flag("Whether a payment order follows: the loan is active when it is paid"), False),
        "non_working_day": optional(choice("What of a day on which nobody works", DUE_DAY_RULES), "as_is"),
        "due_day_rule": optional(choice("What of due days on which nobody works", DUE_DAY_RULES), "as_is"),
    },
    outputs={
        "loan_no": "Number of the loan",
        "voucher_no": "Number of the voucher",
        "start": "First day of interest",
        "first_due": "Day of the first instalment",
        "maturity": "Day of the last instalment",
        "instalment": "The first instalment in CNY",
    },
)
def disburse(call: OperationCall, *, contract_no: str, **paid_out: Any) -> Outputs:
    """Books a draw of a signed contract. The same draw always gives the same loan, whatever is asked again.

    All draws together never exceed the contract, and none comes after the period for drawing; a payout that was
    reversed counts as none. The contract is locked, so that of two draws at once one wins.
    """
    contract = contract_of(call, contract_no)
    loan = next((loan for loan in draws(call.session, contract) if loan.draw_no == paid_out["draw_no"]), None)
    if loan is None:
        _require_agreed(call, contract, **paid_out)
        loan = _booked(call, contract, **paid_out)
    first = schedule(call.session, loan)[0]
    return {
        "loan_no": loan.number,
        "voucher_no": voucher_of(call.session, loan).number,
        "start": loan.start,
        "first_due": first.due,
        "maturity": loan.maturity,
        "instalment": first.total,
    }


def _require_agreed(call: OperationCall, contract: Contract, **paid_out: Any) -> None:
    if contract.status != "signed":
        raise refuse("contract_no", f"the contract is {contract.status}, not signed")
    if paid_out["amount"] > contract.amount:
        raise refuse("amount", f"is more than the contract's {contract.amount}")
    left = left_to_draw(call.session, contract)
    if paid_out["amount"] > left:
        raise refuse("amount", f"is more than the {left} that is left of the contract's {contract.amount}")
    until = draw_until(call.session, contract)
    if until is not None and paid_out["start"] > until:
        raise refuse("start", f"comes after {until}, the last day for drawing")
    for name in _AGREED:
        agreed = getattr(contract, name)
        if paid_out[name] != agreed:
            raise refuse(name, f"is not what the contract says: {agreed}")
    _require_receiver(contract, **paid_out)


def _require_receiver(
    contract: Contract, *, payment_kind: str, payee: str | None, receiving_account: str, **_others: Any
) -> None:
    """An entrusted payment goes to a named payee, any other to the account agreed at the signing (DIS-2)."""
    if payment_kind == "entrusted":
        if payee is None:
            raise refuse("payee", "is missing: an entrusted payment goes to a payee")
    elif payee is not None:
        raise refuse("payee", "is only for an entrusted payment")
    elif receiving_account != contract.receiving_account:
        raise refuse("receiving_account", f"is not the one agreed: {contract.receiving_account}")


def _booked(
    call: OperationCall,
    contract: Contract,
    *,
    amount: Decimal,
    payment_follows: bool,
    draws_until: dt.date | None,
    **paid_out: Any,
) -> Loan:
    application = contract.application
    calendar = call.calendar
    paid_out["day_count"] = paid_out["day_count"] or application.product.day_count
    if payment_follows:  # interest runs from the day on which the money is received, not from before (民法典 670)
        paid_out["start"] = max(paid_out["start"], business_day(call))
    if paid_out.pop("non_working_day") == "next_working_day":
        paid_out["start"] = next_working_day(paid_out["start"], calendar)
    wanted = {name: paid_out[name] for name in _PLANNED_BY}
    schedule_of_it = plan(amount, calendar, maturity=_common_maturity(call, contract), **wanted)
    year = business_day(call).year
    loan = Loan(
        number=next_number(call.session, LOAN_NUMBERS, application.unit_id, year),
        contract_id=contract.id,
        customer_id=application.customer_id,
        product_id=application.product_id,
        unit_id=application.unit_id,
        principal=amount,
        maturity=schedule_of_it.rows[-1].due,
        status="paying" if payment_follows else "active",
        disbursed_at=call.now,
        disbursed_by=call.actor,
        **paid_out,
    )
    call.session.add(loan)
    call.session.flush()
    call.session.add_all(_instalments(loan, schedule_of_it))
    voucher = _add_voucher(call, loan, next_number(call.session, VOUCHER_NUMBERS, application.unit_id, year))
    call.session.flush()
    book(
        call.session,
        loan,
        "disbursement",
        transaction_event(loan, voucher.transaction),
        [Line("loans", amount), Line("clearing" if payment_follows else "settlement", -amount)],
        on=loan.start,
        now=call.now,
        actor=call.actor,
        voucher_no=voucher.number,
    )
    application.status = "disbursed"
    if draws_until is not None:
        period = DrawPeriod(contract_id=contract.id, until=draws_until, agreed_at=call.now, agreed_by=call.actor)
        call.session.merge(period)
    call.session.flush()
    return loan


def _common_maturity(call: OperationCall, contract: Contract) -> dt.date | None:
    """Later draws end with the first: the term is that of the contract, not of each draw (trade.md section 7)."""
    return min((loan.maturity for loan in draws(call.session, contract)), default=None)


def _instalments(loan: Loan, planned: Schedule) -> list[Instalment]:
    return [
        Instalment(
            loan_id=loan.id,
            version=1,
            n=row.n,
            due=row.due,
            principal=row.principal,
            interest=row.interest,
            total=row.total,
            balance=row.balance,
        )
        for row in planned.rows
    ]


def _add_voucher(call: OperationCall, loan: Loan, number: str) -> Voucher:
    nothing = Decimal(0)
    payout = LoanTransaction(
        loan_id=loan.id,
        seq=1,
        kind="disbursement",
        on=loan.start,
        amount=loan.principal,
        principal=loan.principal,
        interest=nothing,
        fee=nothing,
        penalty=nothing,
        excess=nothing,
        principal_balance=loan.principal,
        reference=number,
        recorded_at=call.now,
        recorded_by=call.actor,
    )
    voucher = Voucher(
        number=number,
        transaction=payout,
        amount=loan.principal,
        booked_on=loan.start,
        receiving_account=loan.receiving_account,
        payee=loan.payee,
        made_by=call.actor,
    )
    call.session.add(voucher)
    return voucher


@operation(
    "loan.reverse",
    "冲销放款 Undo a payout that failed",
    inputs={"loan_no": text("Number of the loan", 40), "reason": text("Why the money did not go out", 1000)},
    outputs={"reversed": "Whether the loan is reversed: true"},
)
def reverse(call: OperationCall, *, loan_no: str, reason: str) -> Outputs:
    """Takes the entry of a loan back whose money never left: loan, voucher and ledger, to the cent, once (DIS-3)."""
    found = find_loan(call.session, loan_no, None)
    if found is None or not is_below(call.session, found.unit_id, call.unit_id):
        raise refuse("loan_no", f"there is no loan {loan_no} in this unit")
    loan = locked_loan(call.session, found)
    if loan.status == "reversed":
        return {"reversed": True}
    if loan.status != "paying":
        raise refuse("loan_no", f"its money has gone out: the loan is {loan.status}")
    if live_order(call.session, loan) is not None:
        raise refuse("loan_no", "its payment has not failed")
    today = business_day(call)
    loan.status, loan.reversed_on = "reversed", today
    voucher = voucher_of(call.session, loan)
    voucher.void_on = today
    payout = entry_of(call.session, transaction_event(loan, voucher.transaction))
    assert payout is not None
    undo(call.session, payout, on=max(today, loan.start), now=call.now, actor=call.actor)
    nothing = Decimal(0)
    call.session.add(
        LoanTransaction(
            loan_id=loan.id,
            seq=last_seq(call.session, loan) + 1,
            kind="reversal",
            on=max(today, loan.start),
            amount=loan.principal,
            principal=loan.principal,
            interest=nothing,
            fee=nothing,
            penalty=nothing,
            excess=nothing,
            principal_balance=nothing,
            reference=f"{voucher.number} {reason}"[:100],
            recorded_at=call.now,
            recorded_by=call.actor,
        )
    )
    contract = loan.contract
    call.session.flush()
    if not draws(call.session, contract):
        contract.application.status = "contracted"
    call.session.flush()
    return {"reversed": True}
