"""The JSON that `loanflow calc schedule` reads and writes; knows nothing of how rows are computed."""

from datetime import date
from decimal import Decimal
from typing import Any

from lending.dates import due_days
from lending.daycount import DayCount
from lending.documents import Fields, as_date
from lending.durations import parse_duration
from lending.errors import InvalidDuration, InvalidField
from lending.rounding import Rounding, amount_text, decimal_places
from lending.schedule import MAX_PERIODS, Method, Schedule, Terms

_FIELDS = (
    "principal",
    "annual_rate",
    "start",
    "periods",
    "every",
    "due_dates",
    "method",
    "day_count",
    "rounding",
    "unit",
    "instalment_unit",
    "principal_grace",
)


def read_terms(document: Fields) -> Terms:
    """The terms that a document gives; raises InvalidField for what is missing, unknown, ill-typed or impossible."""
    document.only(*_FIELDS)
    start = document.day("start")
    unit = document.decimal("unit", Decimal("0.01"))
    return Terms(
        principal=document.decimal("principal"),
        annual_rate=document.decimal("annual_rate"),
        start=start,
        due_dates=_due_dates(document, start),
        method=document.choice("method", Method),
        day_count=document.choice("day_count", DayCount),
        rounding=document.choice("rounding", Rounding, Rounding.HALF_UP),
        unit=unit,
        instalment_unit=document.decimal("instalment_unit", unit),
        principal_grace=document.integer("principal_grace", 0, MAX_PERIODS, 0),
    )


def _due_dates(document: Fields, start: date) -> tuple[date, ...]:
    if "due_dates" not in document:
        periods = document.integer("periods", 1, MAX_PERIODS)
        try:
            every = parse_duration(document.text("every"))
        except InvalidDuration as error:
            raise InvalidField("every", str(error)) from None
        return due_days(start, every, periods)
    for name in ("periods", "every"):
        if name in document:
            raise InvalidField(name, "may not be given beside due_dates; give either due_dates, or periods and every")
    return tuple(as_date(field, value) for field, value in document.entries("due_dates", MAX_PERIODS))


def schedule_document(schedule: Schedule, unit: Decimal) -> dict[str, Any]:
    """The rows and their totals, amounts as decimal text with the digits of `unit`."""
    places = decimal_places(unit)
    rows = [
        {
            "n": row.n,
            "due": row.due.isoformat(),
            "principal": amount_text(row.principal, places),
            "interest": amount_text(row.interest, places),
            "total": amount_text(row.total, places),
            "balance": amount_text(row.balance, places),
        }
        for row in schedule.rows
    ]
    totals = {
        "principal": amount_text(schedule.principal, places),
        "interest": amount_text(schedule.interest, places),
        "total": amount_text(schedule.total, places),
    }
    return {"rows": rows, "totals": totals}
