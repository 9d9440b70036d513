"""How the models are compared with a database, and how their column types are written into a migration."""

from __future__ import annotations

from typing import Any

from models.database import Instant, Json, Money, Rate
from models.metadata import all_tables
from models.search import is_of_the_index

_WRITTEN = {
    Json: "sa.Text()",
    Instant: "sa.DateTime(timezone=True)",
    Money: 'sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite")',
    Rate: 'sa.Numeric(20, 10).with_variant(sa.String(32), "sqlite")',
}


def _render_item(kind: str, item: Any, _context: Any) -> str | bool:
    # A migration must not change its meaning when the models do, so it names no type of ours.
    return _WRITTEN.get(type(item), False) if kind == "type" else False


def _include_name(name: str | None, _kind: str, _parents: Any) -> bool:
    # The full-text index is no table that a model describes; its migration makes it by hand.
    return not is_of_the_index(name)


OPTIONS: dict[str, Any] = {
    "target_metadata": all_tables(),
    "render_item": _render_item,
    "compare_type": True,
    "compare_server_default": True,
    "render_as_batch": True,
    "include_name": _include_name,
}
