"""What a register is: its columns, where they come from, by what it is narrowed, and who may read it.

Everything else (page, sheet, print, REST list) follows from the declaration.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa
from flask_babel import LazyString
from sqlalchemy.orm import Bundle, Session

from engine.service.actors import Actor
from models.people import Unit
from models.queries.paging import DEFAULT_LIMIT, Order, Page, fetch_page, instant_key, number_key
from models.queries.visibility import units_below

Kind = Literal["text", "number", "money", "rate", "day", "moment", "person", "unit", "code", "yes_no"]
Words = Callable[[], Mapping[str, Any]]


@dataclass(frozen=True)
class Column:
    """One column: its name over REST, its title, its SQL, and how its values are written.

    `words` gives the words of the codes of a `code`; `place` is where the cell stands on a phone (docs/frontend.md);
    `link` names what the row leads to (`case`, `customer`, `loan`), by the value of the hidden column `link_by`.
    """

    key: str
    title: LazyString
    expression: Any
    kind: Kind = "text"
    words: Words | None = None
    place: str = "c-off"
    link: str | None = None
    link_by: str | None = None
    summed: bool = False


@dataclass(frozen=True)
class Conditions:
    """What an address asks for. The days count in the institution's zone, `until` included."""

    since: dt.date | None = None
    until: dt.date | None = None
    unit: int | None = None
    officer: str | None = None
    product: str | None = None
    state: str | None = None
    q: str | None = None
    customer: str | None = None

    def as_query(self) -> dict[str, str]:
        """The conditions as an address has them."""
        return {name: str(value) for name, value in vars(self).items() if value is not None}


NAMES = tuple(Conditions.__dataclass_fields__)


@dataclass(frozen=True)
class Totals:
    """How many rows there are, and the sums of the columns that are summed, to the cent."""

    rows: int
    sums: dict[str, Decimal]


@dataclass(frozen=True)
class Register:
    """A register. `joined` puts the tables of the columns together; `at` and `id` are the order, the newest first.

    `readers` are the roles that may read it, None for everybody who has to do with customers (any role but the
    designer's); rows are those of the reader's unit and below. `unseen_by` gives rows that a reader must not see. The
    rows are counted by the values of the columns that `counted` names.
    """

    key: str
    title: LazyString
    about: LazyString
    duties: str
    columns: tuple[Column, ...]
    joined: Callable[[sa.Select[Any]], sa.Select[Any]]
    at: Any
    id: Any
    unit: Any
    dated: LazyString
    searched: tuple[Any, ...]
    where: Callable[[], Any] = sa.true
    officer: Any = None
    product: Any = None
    customer: Any = None
    state: Any = None
    states: Words | None = None
    hidden: tuple[tuple[str, Any], ...] = ()
    counted: tuple[str, ...] = ()
    readers: frozenset[str] | None = None
    personal: Any = None
    """The column of the person whom a row is about: everybody reads their own rows, of whichever unit, and only
    `overseers` others'."""
    overseers: frozenset[str] = frozenset()
    unseen_by: Callable[[Actor], Any] | None = None

    def is_open_to(self, who: Actor) -> bool:
        """Whether `who` may read it."""
        if self.readers is None:
            return bool(who.roles - {"designer"})
        return bool(who.roles & (self.readers | {"admin", "auditor"}))

    def page(
        self, session: Session, who: Actor, asked: Conditions, zone: dt.tzinfo, cursor: str | None, limit: int
    ) -> Page:
        """A page of rows, each with the columns and hidden columns by name. Raises `paging.BadCursor`."""
        order = Order("-at", instant_key(self.at), number_key(self.id), descending=True)
        found = fetch_page(session, self.selected(who, asked, zone), order, cursor, limit or DEFAULT_LIMIT)
        return Page([dict(row._mapping) for row in found.items], found.next_cursor)

    def rows(self, session: Session, who: Actor, asked: Conditions, zone: dt.tzinfo, most: int) -> Any:
        """All rows as an iterator, read in batches, at most `most` of them."""
        query = self.selected(who, asked, zone).order_by(sa.desc(self.at), sa.desc(self.id)).limit(most)
        for (row,) in session.execute(query.execution_options(yield_per=1000)):
            yield dict(row._mapping)

    def totals(self, session: Session, who: Actor, asked: Conditions, zone: dt.tzinfo) -> Totals:
        """Count and sums over all rows that the conditions leave."""
        summed = [column for column in self.columns if column.summed]
        sums = [sa.func.coalesce(sa.func.sum(column.expression), Decimal(0)).label(column.key) for column in summed]
        row = session.execute(self._narrowed(sa.select(sa.func.count(self.id), *sums), who, asked, zone)).one()
        return Totals(row[0], {column.key: Decimal(value) for column, value in zip(summed, row[1:], strict=True)})

    def counts(
        self, session: Session, who: Actor, asked: Conditions, zone: dt.tzinfo
    ) -> list[tuple[Column, list[tuple[Any, int]]]]:
        """For each column that is counted by: its values and how many rows have each, the most first."""
        found = []
        for column in self.columns:
            if column.key in self.counted:
                query = sa.select(column.expression, sa.func.count(self.id)).group_by(column.expression)
                rows = session.execute(self._narrowed(query, who, asked, zone))
                found.append((column, sorted(((row[0], row[1]) for row in rows), key=lambda row: -row[1])))
        return found

    def selected(self, who: Actor, asked: Conditions, zone: dt.tzinfo) -> sa.Select[Any]:
        """The query of the rows, each one bundle of its columns."""
        expressions = [(column.key, column.expression) for column in self.columns] + list(self.hidden)
        bundle: Any = Bundle("row", *(expression.label(name) for name, expression in expressions))
        return self._narrowed(sa.select(bundle), who, asked, zone)

    def _narrowed(self, query: sa.Select[Any], who: Actor, asked: Conditions, zone: dt.tzinfo) -> sa.Select[Any]:
        query = self.joined(query).where(self.where())
        if not who.reads_everything:
            query = query.where(self._read_by(who))
        if self.unseen_by is not None:
            query = query.where(sa.not_(self.unseen_by(who)))
        if asked.since is not None and asked.since > dt.date.min:
            query = query.where(self.at >= _midnight(asked.since, zone))
        if asked.until is not None and asked.until < dt.date.max:
            query = query.where(self.at < _midnight(asked.until + dt.timedelta(days=1), zone))
        for column, wanted in (
            (self.officer, asked.officer),
            (self.product, asked.product),
            (self.state, asked.state),
            (self.customer, asked.customer),
        ):
            if wanted is not None:
                query = query.where(sa.false() if column is None else column == wanted)
        if asked.unit is not None:
            query = query.where(self.unit.in_(_subtree(asked.unit)))
        for word in (asked.q or "").split():
            query = query.where(
                sa.or_(
                    *(
                        column.contains(written, autoescape=True)
                        for column in self.searched
                        for written in {word, word.upper()}
                    )
                )
            )
        return query

    def _read_by(self, who: Actor) -> Any:
        of_unit = self.unit.in_(units_below(who.unit_path))
        if self.personal is None:
            return of_unit
        own = self.personal == who.name
        return sa.or_(own, of_unit) if who.roles & self.overseers else own


def _midnight(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone)


def _subtree(unit_id: int) -> Any:
    """The ids of a unit and of those below it."""
    top = sa.select(Unit.path).where(Unit.id == unit_id).scalar_subquery()
    return sa.select(Unit.id).where(Unit.path.startswith(top))
