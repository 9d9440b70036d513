"""What stands in a cell: values of a register's rows with the words that people read, for pages and sheets alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from models.queries import staff
from web.registers.declaring import Column, Register


class Cells:
    """Writes rows of one register: the words of codes are read once, names of people and units when first met."""

    def __init__(self, session: Session, register: Register, zone: dt.tzinfo) -> None:
        self._session, self._zone, self.register = session, zone, register
        self._words = {column.key: dict(column.words()) for column in register.columns if column.words is not None}
        self._people: dict[str, str] = {}
        self._units: dict[int, str] = {}

    def value(self, column: Column, row: Mapping[str, Any]) -> Any:
        """The value as people read it: text, `Decimal` for money and rates, a date, or local time; None when empty."""
        value = row[column.key]
        if value is None:
            return None
        match column.kind:
            case "code":
                return str(self._words[column.key].get(value, value))
            case "person":
                return self._person(value)
            case "unit":
                return self._unit(value)
            case "moment":
                return value.astimezone(self._zone)
            case "yes_no":
                return gettext("是") if value else gettext("否")
            case "number":
                return str(value)
        return value

    def text(self, column: Column, row: Mapping[str, Any]) -> str:
        """The value as text on a page; a dash when empty."""
        value = self.value(column, row)
        if value is None or value == "":
            return "—"
        if isinstance(value, dt.datetime):
            return f"{value:%Y-%m-%d %H:%M}"
        if isinstance(value, Decimal):
            return f"{value * 100:,.2f}%" if column.kind == "rate" else f"{value:,.2f}"
        return str(value)

    def _person(self, name: str) -> str:
        if name not in self._people:
            self._people |= staff.titles_of(self._session, [name])
        return self._people[name]

    def _unit(self, unit_id: int) -> str:
        if unit_id not in self._units:
            self._units |= staff.unit_names(self._session, [unit_id])
        return self._units.get(unit_id, "")


def condition_words(asked: Iterable[tuple[str, str]]) -> str:
    """The conditions in one line, for the head of a sheet or print; empty without any."""
    return "；".join(f"{label}：{value}" for label, value in asked)
