"""Pages list every row exactly once, whatever is added meanwhile."""

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Instant, Sessions, make_engine
from models.queries.paging import BadCursor, Order, fetch_page, instant_key, uuid_key

START = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


class Listed(Base):
    """A row with an optional time, as tasks have a due date or none."""

    __tablename__ = "listed_for_paging"
    metadata = sa.MetaData()
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime | None] = mapped_column(Instant)


KEY, ID = instant_key(Listed.at, nullable=True), uuid_key(Listed.id)
hours = st.none() | st.integers(0, 3)


def rows(values):
    return [Listed(id=uuid.uuid4(), at=None if hour is None else START + dt.timedelta(hours=hour)) for hour in values]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    before=st.lists(hours, max_size=12),
    meanwhile=st.lists(st.lists(hours, max_size=3), max_size=6),
    limit=st.integers(1, 5),
    descending=st.booleans(),
    keep_every=st.integers(1, 3),
)
def test_every_row_once_in_order_under_inserts(before, meanwhile, limit, descending, keep_every):
    sessions = Sessions(make_engine("sqlite://"))
    Listed.metadata.create_all(sessions.engine)
    order = Order("x", KEY, ID, descending)

    def keep(items):
        return [item for item in items if item.id.int % keep_every == 0]

    with sessions.writing() as session:
        first = rows(before)
        session.add_all(first)
        session.commit()
        seen, cursor, added = [], None, iter(meanwhile)
        while True:
            page = fetch_page(session, sa.select(Listed), order, cursor, limit, keep)
            assert len(page.items) <= limit
            seen += page.items
            cursor = page.next_cursor
            if cursor is None:
                break
            session.add_all(rows(next(added, [])))
            session.commit()
    expected = {row.id for row in keep(first)}
    ids = [row.id for row in seen]
    assert len(ids) == len(set(ids))
    assert expected <= set(ids)
    keys = [row.at for row in seen]
    with_value = [key for key in keys if key is not None]
    assert with_value == sorted(with_value, reverse=descending)
    assert keys == with_value + [None] * (len(keys) - len(with_value))
    sessions.engine.dispose()


@given(st.text(max_size=60))
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(BadCursor):
        fetch_page(None, sa.select(Listed), Order("x", KEY, ID), text)
