"""Finding things by what people know of them: numbers first, then names; only what the one who asks may find."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.cases import Instance
from models.customers import ID_KINDS, TAIL, Customer
from models.queries.visibility import Viewer, units_below, visible_to
from models.search import TOKENS_OF_POSTGRES, SearchEntry
from models.search_words import Asked, asked, folded, middle, number_key

OF_CASES = ("case", "contract", "title", "document", "complaint")
"""Kinds that those find who may see the case."""

_MOST_JUDGED = 500
_PART_OF_A_NUMBER = re.compile(rf"[0-9]{{{TAIL - 1},39}}[0-9A-Z]")
"""What may be the end of an identity or phone number: digits, with a check letter at most."""

Keep = Callable[[list[SearchEntry]], list[SearchEntry]]


def find(
    session: Session, viewer: Viewer, kind: str, words: str, most: int, keep: Keep | None = None
) -> tuple[list[SearchEntry], bool]:
    """At most `most` things of a kind that fit the words, the best first, and whether there are more.

    The exact number comes first, then numbers that begin so, then titles: equal, beginning, containing; then the
    newest. `keep` judges what SQL cannot: it gets a batch and gives those of it that may be found.
    """
    wanted = asked(words)
    if not wanted:
        return [], False
    query = sa.select(SearchEntry).where(SearchEntry.kind == kind, _fits(session, wanted), may_find(viewer, kind))
    query = query.order_by(_rank(words), SearchEntry.id.desc())
    if keep is None:
        found = list(session.scalars(query.limit(most + 1)))
    else:
        found = keep(list(session.scalars(query.limit(_MOST_JUDGED))))
    return found[:most], len(found) > most


def refs_that_fit(session: Session, kind: str, words: str) -> Any:
    """The `ref` of everything of a kind that fits the words, for a list's condition; its reader is judged there."""
    wanted = asked(words)
    query = sa.select(SearchEntry.ref).where(SearchEntry.kind == kind)
    return query.where(_fits(session, wanted) if wanted else sa.false())


def customers_known_by(session: Session, words: str, *, by_identity: bool = True) -> list[Customer]:
    """Customers whose phone number, or with `by_identity` whose identity number, is this or ends so; the exact first.

    An end has four signs or more; a phone number is also found by its beginning. The caller has judged who may ask, and
    who may ask by identity.
    """
    given = words.strip().upper()
    if not given or len(given) > 40:
        return []
    fits = [Customer.phone == given]
    if by_identity:
        fits.append(sa.and_(Customer.id_kind.in_(ID_KINDS), Customer.id_number == given))
    if _PART_OF_A_NUMBER.fullmatch(given):
        tail = given[-TAIL:]
        # A letter sorts behind every digit: a range, which the index serves on both databases, as LIKE would not.
        fits.append(sa.and_(Customer.phone >= given, Customer.phone < f"{given}z"))
        fits.append(sa.and_(Customer.phone_tail == tail, Customer.phone.endswith(given, autoescape=True)))
        if by_identity:
            fits.append(sa.and_(Customer.id_tail == tail, Customer.id_number.endswith(given, autoescape=True)))
    found = {row.id: row for fit in fits for row in session.scalars(sa.select(Customer).where(fit).limit(20))}
    return list(found.values())


def may_find(viewer: Viewer, kind: str) -> Any:
    """The condition on `SearchEntry` that the viewer may find what it stands for."""
    if viewer.reads_everything:
        return sa.true()
    if kind == "complaint":
        # Whoever a complaint is about does not find it.
        of_cases = SearchEntry.instance_id.in_(sa.select(Instance.id).where(visible_to(viewer)))
        return sa.and_(of_cases, sa.func.coalesce(SearchEntry.person, "") != viewer.name)
    if kind in OF_CASES:
        return SearchEntry.instance_id.in_(sa.select(Instance.id).where(visible_to(viewer)))
    if kind in ("loan", "volume"):
        return SearchEntry.unit_id.in_(units_below(viewer.unit_path))
    return sa.true()


def _fits(session: Session, wanted: Asked) -> Any:
    if session.connection().dialect.name == "sqlite":
        terms = _expression(wanted, '"{}"', '"{}"*', " AND ", " OR ")
        found = sa.text("SELECT rowid FROM search_fts WHERE search_fts MATCH :terms").bindparams(terms=terms)
        return SearchEntry.id.in_(found.columns(sa.column("rowid", sa.Integer)).subquery().select())
    terms = _expression(wanted, "'{}'", "'{}':*", " & ", " | ")
    return sa.text(f"{TOKENS_OF_POSTGRES} @@ CAST(:terms AS tsquery)").bindparams(terms=terms)


def _expression(wanted: Asked, whole: str, beginning: str, both: str, either: str) -> str:
    """All that is wanted, each word also as the middle of a number; or the whole of it as one part of a number."""
    parts = [whole.format(token) for token in wanted.whole]
    for word in wanted.beginnings:
        ways = [beginning.format(way) for way in (word, middle(word)) if way]
        parts.append(f"({either.join(ways)})")
    every = f"({both.join(parts)})"
    return every if not wanted.number else f"{every}{either}{beginning.format(wanted.number)}"


def _rank(words: str) -> Any:
    number, title = number_key(words), folded(words.strip())
    by_number: list[tuple[Any, int]] = [
        (SearchEntry.number_key == number, 0),
        (SearchEntry.number_key.startswith(number, autoescape=True), 1),
    ]
    tests: Iterable[tuple[Any, int]] = (
        *(by_number if number else []),
        (SearchEntry.title == title, 2),
        (SearchEntry.title.startswith(title, autoescape=True), 3),
        (SearchEntry.title.contains(title, autoescape=True), 4),
    )
    return sa.case(*tests, else_=5)
