"""Finding versions of products and proposals of them, and adding a later version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.products import PROPOSED, Product, ProductOption, ProductProposal
from models.queries.paging import number_key, order_by


def current_product(session: Session, code: str, on: dt.date) -> Product | None:
    """The latest version in force on a day; None when there is none or it was withdrawn."""
    product = session.scalar(
        sa.select(Product)
        .where(Product.code == code, Product.valid_from <= on)
        .order_by(Product.valid_from.desc())
        .limit(1)
    )
    if product is None or (product.withdrawn_on is not None and product.withdrawn_on <= on):
        return None
    return product


def latest_product(session: Session, code: str) -> Product | None:
    """The last version of a product, in force or not."""
    return session.scalar(sa.select(Product).where(Product.code == code).order_by(Product.version.desc()).limit(1))


def product_codes(session: Session) -> frozenset[str]:
    """The codes of all products, on offer or not."""
    return frozenset(session.scalars(sa.select(Product.code).distinct()))


def current_products(session: Session, on: dt.date) -> Sequence[Product]:
    """Every product on offer on a day, by code."""
    found = (current_product(session, code, on) for code in sorted(product_codes(session)))
    return [product for product in found if product is not None]


def add_product_version(session: Session, code: str, *, options: Mapping[str, Iterable[str]], **terms: Any) -> Product:
    """Version 1 of a new product, or the next version of a known one; `options` maps each topic to what is offered."""
    last = session.scalar(sa.select(sa.func.max(Product.version)).where(Product.code == code)) or 0
    rows = [ProductOption(topic=topic, value=value) for topic, values in options.items() for value in values]
    product = Product(code=code, version=last + 1, options=rows, **terms)
    session.add(product)
    session.flush()
    return product


def product_versions(session: Session, code: str) -> Sequence[Product]:
    """All versions of a product, the latest first."""
    return session.scalars(sa.select(Product).where(Product.code == code).order_by(Product.version.desc())).all()


def waiting_proposal(session: Session, code: str) -> ProductProposal | None:
    """The proposal of a product that waits to be decided; None without one."""
    query = sa.select(ProductProposal).where(ProductProposal.code == code, ProductProposal.state == PROPOSED)
    return session.scalar(query)


def find_proposal(session: Session, proposal_id: int) -> ProductProposal | None:
    """One proposal."""
    return session.get(ProductProposal, proposal_id) if proposal_id < 2**31 else None


def proposals(state: str | None = None) -> sa.Select[Any]:
    """Proposals of products, in one state or all."""
    query = sa.select(ProductProposal)
    return query if state is None else query.where(ProductProposal.state == state)


_PROPOSAL_ID = number_key(ProductProposal.id)
PROPOSED_LAST_FIRST = order_by("-id", {"id": _PROPOSAL_ID}, _PROPOSAL_ID)
