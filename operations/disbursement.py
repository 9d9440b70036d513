"""Paying a loan out: the loan, its schedule, its voucher and the first line of its account at once (DIS-2, DIS-3)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from engine.ports import OperationCall
from lending.dates import add_months, due_days
from lending.daycount import DayCount
from lending.durations import Duration, parse_duration
from lending.errors import InvalidDuration, InvalidField
from lending.schedule import Method, Schedule, Terms, build_schedule
from models.contracts import Contract
from models.loans import PAYMENT_KINDS, Instalment, Loan, LoanTransaction, Voucher
from models.numbering import next_number
from models.queries.loans import loan_of_contract, schedule, voucher_of
from operations.contracts import CONTRACT_NO, contract_of
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import Input, Wrong, choice, day, money, optional, rate, text, whole

LOAN_NUMBERS = "L-{year}-{unit}-{seq:4}"
VOUCHER_NUMBERS = "V-{year}-{unit}-{seq:4}"

_AGREED = ("annual_rate", "term_months", "repayment_method")


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
    },
    outputs={
        "loan_no": "Number of the loan",
        "voucher_no": "Number of the voucher",
        "first_due": "Day of the first instalment",
        "maturity": "Day of the last instalment",
        "instalment": "The first instalment in CNY",
    },
)
def disburse(call: OperationCall, *, contract_no: str, **paid_out: Any) -> Outputs:
    """Books the loan of a signed contract. The same contract always gives the same loan, whatever is asked again."""
    contract = contract_of(call, contract_no)
    loan = loan_of_contract(call.session, contract)
    if loan is None:
        _require_agreed(contract, **paid_out)
        loan = _booked(call, contract, **paid_out)
    first = schedule(call.session, loan)[0]
    return {
        "loan_no": loan.number,
        "voucher_no": voucher_of(call.session, loan).number,
        "first_due": first.due,
        "maturity": loan.maturity,
        "instalment": first.total,
    }


def _require_agreed(contract: Contract, **paid_out: Any) -> None:
    if contract.status != "signed":
        raise refuse("contract_no", f"the contract is {contract.status}, not signed")
    if paid_out["amount"] > contract.amount:
        raise refuse("amount", f"is more than the contract's {contract.amount}")
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


def _booked(call: OperationCall, contract: Contract, *, amount: Decimal, **paid_out: Any) -> Loan:
    application = contract.application
    paid_out["day_count"] = paid_out["day_count"] or application.product.day_count
    plan = _plan(amount, **paid_out)
    year = business_day(call).year
    loan = Loan(
        number=next_number(call.session, LOAN_NUMBERS, call.unit_id, year),
        contract_id=contract.id,
        customer_id=application.customer_id,
        product_id=application.product_id,
        unit_id=call.unit_id,
        principal=amount,
        maturity=plan.rows[-1].due,
        disbursed_at=call.now,
        disbursed_by=call.actor,
        **paid_out,
    )
    call.session.add(loan)
    call.session.flush()
    call.session.add_all(_instalments(loan, plan))
    _add_voucher(call, loan, next_number(call.session, VOUCHER_NUMBERS, call.unit_id, year))
    application.status = "disbursed"
    call.session.flush()
    return loan


def _plan(
    amount: Decimal,
    *,
    annual_rate: Decimal,
    start: dt.date,
    term_months: int,
    every: str,
    repayment_method: str,
    day_count: str,
    **_others: Any,
) -> Schedule:
    try:
        return build_schedule(
            Terms(
                principal=amount,
                annual_rate=annual_rate,
                start=start,
                due_dates=_due_dates(start, term_months, parse_duration(every)),
                method=Method(repayment_method),
                day_count=DayCount(day_count),
            )
        )
    except InvalidField as invalid:
        field = "every" if invalid.field.startswith("due_dates") else invalid.field
        raise refuse(field, invalid.problem) from None


def _due_dates(start: dt.date, term_months: int, every: Duration) -> tuple[dt.date, ...]:
    """The due days within the term, and its last day: a period that does not divide the term ends early."""
    try:
        maturity = add_months(start, term_months)
    except OverflowError:
        raise InvalidField("term_months", "lead beyond the year 9999") from None
    shortest = every.months * 28 + every.weeks * 7 + every.days
    most = (maturity - start).days // shortest + 1
    try:
        candidates = due_days(start, every, most)
    except InvalidField:
        raise InvalidField("start", "is too far in the future") from None
    return (*(due for due in candidates if due < maturity), maturity)


def _instalments(loan: Loan, plan: Schedule) -> list[Instalment]:
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
        for row in plan.rows
    ]


def _add_voucher(call: OperationCall, loan: Loan, number: str) -> None:
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
    call.session.add(
        Voucher(
            number=number,
            transaction=payout,
            amount=loan.principal,
            booked_on=loan.start,
            receiving_account=loan.receiving_account,
            payee=loan.payee,
            made_by=call.actor,
        )
    )
