"""Fields of the REST interface: numbers that stay exact, and the query parameters that lists share."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

import marshmallow as ma

from models.queries.paging import DEFAULT_LIMIT, MAX_LIMIT, Page

_MONEY_DIGITS = 16
_FEN = Decimal("0.01")
_FURTHEST_ZONE = dt.timedelta(hours=14)
_BLANK_BEFORE_ZONE = re.compile(r" (?=\d\d:?\d\d$)")


class Money(ma.fields.Field[Decimal]):
    """An amount in yuan with at most two decimals: a JSON number (or text) in, a JSON number with both out."""

    default_error_messages: ClassVar[dict[str, str]] = {"invalid": "Write an amount in yuan with at most two decimals."}

    def _serialize(self, value: Decimal | None, _attr: str | None, _obj: Any, **_kwargs: Any) -> Decimal | None:
        return None if value is None else value.quantize(_FEN)

    def _deserialize(self, value: Any, _attr: str | None, _data: Any, **_kwargs: Any) -> Decimal:
        if isinstance(value, str):
            try:
                value = Decimal(value)
            except ArithmeticError:
                raise self.make_error("invalid") from None
        if not isinstance(value, Decimal) or not value.is_finite() or abs(value.adjusted()) > _MONEY_DIGITS:
            raise self.make_error("invalid")
        if value != round(value, 2):
            raise self.make_error("invalid")
        return value


class Moment(ma.fields.AwareDateTime):
    """A point in time, always shown in UTC. One that a zone could not show, at an end of the calendar, is refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dt.datetime:
        try:
            moment = super()._deserialize(value, attr, data, **kwargs).astimezone(dt.UTC)
            _ = moment - _FURTHEST_ZONE, moment + _FURTHEST_ZONE
        except OverflowError:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from None
        return moment

    def _serialize(self, value: dt.datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return super()._serialize(None if value is None else value.astimezone(dt.UTC), attr, obj, **kwargs)


class QueryMoment(Moment):
    """A point in time in a query. A `+` that was not encoded arrives as a blank: it is read as what was meant."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dt.datetime:
        meant = _BLANK_BEFORE_ZONE.sub("+", value) if isinstance(value, str) else value
        return super()._deserialize(meant, attr, data, **kwargs)


class Whole(ma.fields.Field[int]):
    """A whole number of at most `longest` characters, exactly written (1, not 1e9999 nor true)."""

    default_error_messages: ClassVar[dict[str, str]] = {"invalid": "Write a whole number."}

    def __init__(self, *, longest: int = 15, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._longest = longest

    def _deserialize(self, value: Any, _attr: str | None, _data: Any, **_kwargs: Any) -> int:
        text = str(value)
        if (
            isinstance(value, bool)
            or len(text) > self._longest
            or not text.removeprefix("-").isdigit()
            or not text.isascii()
        ):
            raise self.make_error("invalid")
        return int(text)


class PagingSchema(ma.Schema):
    """`limit` (more than 500 is taken as 500) and `cursor`."""

    limit = Whole(
        longest=100,
        load_default=DEFAULT_LIMIT,
        validate=ma.validate.Range(min=1),
        metadata={"description": f"{DEFAULT_LIMIT} unless given; more than {MAX_LIMIT} is taken as {MAX_LIMIT}"},
    )
    cursor = ma.fields.String(metadata={"description": "`next_cursor` of the page before"})

    @ma.pre_load
    def _what_is_given(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """A parameter without a value (`?cursor=`) is one that was not given."""
        return {name: value for name, value in data.items() if value != ""}

    @ma.post_load
    def _at_most(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        return {**data, "limit": min(data["limit"], MAX_LIMIT)}


class Flag(ma.fields.Boolean):
    """A switch in a query: 1 or 0."""

    truthy: ClassVar[set[str]] = {"1", "true"}
    falsy: ClassVar[set[str]] = {"0", "false"}


def page_schema(item: type[ma.Schema], name: str) -> ma.Schema:
    """The schema of a page of `item`."""
    fields: dict[str, Any] = {
        "items": ma.fields.List(ma.fields.Nested(item), required=True),
        "next_cursor": ma.fields.String(required=True, allow_none=True, metadata={"description": "null at the end"}),
    }
    return ma.Schema.from_dict(fields, name=name)()


def page_view(page: Page, view: Any) -> dict[str, Any]:
    """A page as the schema dumps it, each item drawn by `view`."""
    return {"items": [view(item) for item in page.items], "next_cursor": page.next_cursor}
