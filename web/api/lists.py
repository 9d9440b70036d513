"""Pages of lists, with what is wrong in the query as 400."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import abort

from models.queries.paging import BadCursor, Key, Order, Page, UnknownSort, fetch_page, order_by
from web.context import reading


def page_of(selected: sa.Select[Any], order: Order, query: Mapping[str, Any], keep: Any = None) -> Page:
    """The page that `limit` and `cursor` of the query ask for."""
    try:
        return fetch_page(reading(), selected, order, query.get("cursor"), query["limit"], keep)
    except BadCursor as error:
        abort(400, str(error))


def wanted_order(sort: str, keys: Mapping[str, Key], id_key: Key) -> Order:
    """The order that the query asks for; only what stands in `keys` can be asked for."""
    try:
        return order_by(sort, keys, id_key)
    except UnknownSort as error:
        abort(400, str(error))
