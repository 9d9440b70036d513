"""Finding the version of a product in force, and adding a later one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.products import Product, ProductOption


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
