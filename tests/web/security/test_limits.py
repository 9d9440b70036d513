"""However many guess a password at the same time, ten a minute learn whether they were right."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from models.people import FailedSignIn
from models.queries.sign_ins import delete_old_failures
from web.security.limits import TooManyFailures, check, settle

NOW = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)


def fail(database, address):
    with database.writing() as session, session.begin():
        settle(session, "li", address, NOW, succeeded=False)


def test_guesses_at_the_same_time_are_counted_one_by_one(database):
    with ThreadPoolExecutor(8) as pool:
        tries = [pool.submit(fail, database, f"10.0.0.{n}") for n in range(16)]
    refused = [attempt for attempt in tries if isinstance(attempt.exception(), TooManyFailures)]
    assert len(refused) == 6
    with database.reading() as session, pytest.raises(TooManyFailures):
        check(session, "li", "10.0.0.99", NOW)


def test_what_counts_no_more_is_deleted_and_what_counts_stays(database):
    fail(database, "10.0.0.1")
    for later, left in ((59, 2), (60, 0)):
        with database.writing() as session, session.begin():
            delete_old_failures(session, NOW + dt.timedelta(seconds=later))
            assert session.scalar(sa.select(sa.func.count()).select_from(FailedSignIn)) == left
