"""Repayment schedules: what is due when, and which part of it is interest; knows nothing of where the terms come from.

Source of the rules: the public contract of `loanflow calc schedule` (docs/lending.md), trade.md section 3.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate, pairwise

from lending.daycount import DayCount, year_fraction
from lending.errors import InvalidField
from lending.rounding import EXACT, MAX_AMOUNT, MAX_DIGITS, Rounding, decimal_places, round_to, share

MAX_PERIODS = 12_000
"""Thirty years of days."""

MAX_ANNUAL_RATE = Decimal(100)


class Method(StrEnum):
    """How a loan is repaid."""

    EQUAL_INSTALLMENT = "equal_installment"  # 等额本息
    EQUAL_PRINCIPAL = "equal_principal"  # 等额本金
    INTEREST_ONLY = "interest_only"  # 先息后本
    SINGLE = "single"  # 利随本清
    FLAT = "flat"  # interest on the original principal throughout


@dataclass(frozen=True, slots=True)
class Terms:
    """What a schedule is computed from; raises InvalidField when it cannot be.

    `principal` in the currency's main unit; `annual_rate` per year as a fraction (0.12 is 12 %); interest runs from
    `start` inclusive to each due day exclusive; `unit` is what principal and interest are rounded to,
    `instalment_unit` what the level instalment is rounded to (`unit` when None); the first `principal_grace` periods
    bear interest only.
    """

    principal: Decimal
    annual_rate: Decimal
    start: date
    due_dates: tuple[date, ...]
    method: Method
    day_count: DayCount
    rounding: Rounding = Rounding.HALF_UP
    unit: Decimal = Decimal("0.01")
    instalment_unit: Decimal | None = None
    principal_grace: int = 0

    def __post_init__(self) -> None:
        _check_amount("principal", self.principal)
        _check_amount("unit", self.unit)
        if self.instalment_unit is not None:
            _check_amount("instalment_unit", self.instalment_unit)
        _check_digits("annual_rate", self.annual_rate)
        if not 0 <= self.annual_rate <= MAX_ANNUAL_RATE:
            raise InvalidField("annual_rate", f"must lie between 0 and {MAX_ANNUAL_RATE} (0.12 is 12 %)")
        self._check_due_dates()
        if not 0 <= self.principal_grace < len(self.due_dates):
            raise InvalidField("principal_grace", "must be at least 0 and less than the number of periods")

    def _check_due_dates(self) -> None:
        if not 1 <= len(self.due_dates) <= MAX_PERIODS:
            raise InvalidField("due_dates", f"must hold between 1 and {MAX_PERIODS} days")
        if self.due_dates[0] <= self.start:
            raise InvalidField("due_dates[0]", "must come after start")
        for index, (earlier, later) in enumerate(pairwise(self.due_dates), start=1):
            if later <= earlier:
                raise InvalidField(f"due_dates[{index}]", "must come after the due day before it")

    @property
    def year_fractions(self) -> list[Fraction]:
        """The length of each period as a part of a year."""
        days = pairwise((self.start, *self.due_dates))
        return [year_fraction(begin, end, self.day_count, self.start.day) for begin, end in days]


@dataclass(frozen=True, slots=True)
class Row:
    """One instalment: `n` from 1, `balance` is the principal still owed after it."""

    n: int
    due: date
    principal: Decimal
    interest: Decimal
    balance: Decimal

    @property
    def total(self) -> Decimal:
        return EXACT.add(self.principal, self.interest)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The rows in the order of their due days; their principal adds up to the terms' principal."""

    rows: tuple[Row, ...]

    @property
    def principal(self) -> Decimal:
        return _total(row.principal for row in self.rows)

    @property
    def interest(self) -> Decimal:
        return _total(row.interest for row in self.rows)

    @property
    def total(self) -> Decimal:
        return EXACT.add(self.principal, self.interest)


def build_schedule(terms: Terms) -> Schedule:
    """Compute the rows of a loan.

    Interest of a period is balance × annual rate × year fraction (`flat`: of the original principal), rounded to
    `unit`. No row repays less than nothing or more than is owed; the last row takes what remains.
    """
    if terms.method is Method.SINGLE:
        return Schedule((_single_row(terms),))
    return Schedule(tuple(_rows(terms)))


def level_instalment(terms: Terms) -> Decimal:
    """The instalment of `equal_installment`, rounded to `instalment_unit`.

    Principal × Π(1+r_i) ÷ Σ_k Π_{i>k}(1+r_i) over the periods without grace, r_i the rate of period i.
    """
    with localcontext(EXACT):
        growth = [1 + share(terms.annual_rate, part) for part in terms.year_fractions[terms.principal_grace :]]
        *later, whole = accumulate(reversed(growth), lambda product, factor: product * factor, initial=Decimal(1))
        exact = terms.principal * whole / sum(later)
    return round_to(exact, terms.instalment_unit or terms.unit, terms.rounding)


def _rows(terms: Terms) -> Iterator[Row]:
    repaid = _repayment(terms)
    balance = terms.principal
    last = len(terms.due_dates)
    for n, (due, part) in enumerate(zip(terms.due_dates, terms.year_fractions, strict=True), start=1):
        bearing = terms.principal if terms.method is Method.FLAT else balance
        interest = _interest(terms, bearing, part)
        if n == last:
            principal = balance
        elif n <= terms.principal_grace:
            principal = Decimal(0)
        else:
            principal = min(max(repaid(interest), Decimal(0)), balance)
        balance = EXACT.subtract(balance, principal)
        yield Row(n, due, principal, interest, balance)


def _repayment(terms: Terms) -> Callable[[Decimal], Decimal]:
    """How much principal a row between grace and the last repays, given its interest."""
    if terms.method is Method.INTEREST_ONLY:
        return lambda _interest: Decimal(0)
    if terms.method is Method.EQUAL_INSTALLMENT:
        level = level_instalment(terms)
        return lambda interest: round_to(EXACT.subtract(level, interest), terms.unit, terms.rounding)
    periods = len(terms.due_dates) - terms.principal_grace
    equal = round_to(share(terms.principal, Fraction(1, periods)), terms.unit, terms.rounding)
    return lambda _interest: equal


def _single_row(terms: Terms) -> Row:
    interest = _interest(terms, terms.principal, sum(terms.year_fractions, Fraction(0)))
    return Row(1, terms.due_dates[-1], terms.principal, interest, Decimal(0))


def _interest(terms: Terms, bearing: Decimal, part_of_year: Fraction) -> Decimal:
    yearly = EXACT.multiply(bearing, terms.annual_rate)
    return round_to(share(yearly, part_of_year), terms.unit, terms.rounding)


def _total(amounts: Iterable[Decimal]) -> Decimal:
    with localcontext(EXACT):
        return sum(amounts, Decimal(0))


def _check_amount(field: str, amount: Decimal) -> None:
    _check_digits(field, amount)
    if not 0 < amount <= MAX_AMOUNT:
        raise InvalidField(field, f"must be greater than 0 and at most {MAX_AMOUNT:f}")


def _check_digits(field: str, number: Decimal) -> None:
    if not number.is_finite():
        raise InvalidField(field, "must be a finite number")
    if len(number.as_tuple().digits) > MAX_DIGITS or decimal_places(number) > MAX_DIGITS:
        raise InvalidField(field, f"may not have more than {MAX_DIGITS} digits")
