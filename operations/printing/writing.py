"""How values are written in documents: as people of the trade write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """The value as a template reads it; raises `TypeError` for what no document can show."""
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return f"{value:,.2f}"
        case dt.datetime():
            return f"{_day(value.date())} {value:%H:%M}"
        case dt.date():
            return _day(value)
        case Mapping():
            return {str(name): plain(held) for name, held in value.items()}
        case list() | tuple():
            return [plain(held) for held in value]
    raise TypeError(f"a document cannot show {type(value).__name__}")


def percent(rate: Decimal) -> str:
    """A rate as a percentage, at least two decimals: `0.0485` is `4.85%`."""
    whole, _point, decimals = format(rate * 100, "f").partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}%"


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
