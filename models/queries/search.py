"""Finding things by what people know of them: numbers first, then names; only what the one who asks may find."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.cases import Instance
from models.customers import ID_KINDS, Customer
from models.queries.visibility import Viewer, units_below, visible_to
from models.search import TOKENS_OF_POSTGRES, SearchEntry
from models.search_words import Asked, asked, folded, number_key

OF_CASES = ("case", "contract", "title", "document", "complaint")
"""Kinds that those find who may see the case."""

_MOST_JUDGED = 500

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


def customers_known_by(session: Session, words: str, *, by_identity: bool = True) -> list[Customer]:
    """Customers whose phone number, or with `by_identity` whose identity number, is exactly this.

    The caller has judged who may ask, and who may ask by identity.
    """
    given = words.strip()
    if not given or len(given) > 40:
        return []
    queries = [sa.select(Customer).where(Customer.phone == given)]
    if by_identity:
        queries.append(sa.select(Customer).where(Customer.id_kind.in_(ID_KINDS), Customer.id_number == given.upper()))
    found = {row.id: row for query in queries for row in session.scalars(query.limit(20))}
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
    if kind == "loan":
        return SearchEntry.unit_id.in_(units_below(viewer.unit_path))
    return sa.true()


def _fits(session: Session, wanted: Asked) -> Any:
    if session.connection().dialect.name == "sqlite":
        terms = [f'"{token}"' for token in wanted.whole] + [f'"{word}"*' for word in wanted.beginnings]
        found = sa.text("SELECT rowid FROM search_fts WHERE search_fts MATCH :terms").bindparams(terms=" ".join(terms))
        return SearchEntry.id.in_(found.columns(sa.column("rowid", sa.Integer)).subquery().select())
    terms = [f"'{token}'" for token in wanted.whole] + [f"'{word}':*" for word in wanted.beginnings]
    return sa.text(f"{TOKENS_OF_POSTGRES} @@ CAST(:terms AS tsquery)").bindparams(terms=" & ".join(terms))


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
