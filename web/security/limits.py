"""Limits failed sign-ins: 10 a minute for a name, 100 for an address; a success clears the count of the name.

The counts are rows: several processes count together. A guess costs its address one of a hundred small writes a minute,
far less than the hash of the password costs this machine; beyond the limit nothing is written.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from models.queries.sign_ins import (
    KEPT_FOR,
    count_failure,
    counted,
    forget_failures,
    nth_last_failure,
    take_turns,
)

PER_NAME = 10
PER_ADDRESS = 100


class TooManyFailures(Exception):
    """There were too many failed sign-ins; try again after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many failed sign-ins. Try again in {retry_after} seconds.")
        self.retry_after = retry_after


def check(session: Session, name: str, address: str, now: dt.datetime) -> None:
    """Raises `TooManyFailures` when the name or the address has used up its failures."""
    for key, limit in ((counted("name", name), PER_NAME), (counted("address", address), PER_ADDRESS)):
        first = nth_last_failure(session, key, limit, now)
        if first is not None:
            wait = first + KEPT_FOR - now
            raise TooManyFailures(max(1, -(-wait // dt.timedelta(seconds=1))))


def settle(session: Session, name: str, address: str, now: dt.datetime, *, succeeded: bool) -> None:
    """Counts the outcome of an attempt, in a writing transaction.

    Checks again first: of many attempts verified at the same time no more than the limit learn their outcome.
    """
    keys = [counted("name", name), counted("address", address)]
    take_turns(session, keys)
    check(session, name, address, now)
    if succeeded:
        forget_failures(session, keys[0])
    else:
        count_failure(session, keys, now)
