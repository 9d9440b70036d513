"""Counts failed sign-ins. Only failures count: 10 a minute for a name, 100 for an address; a success clears the name.

The counts live in the memory of the process: the embedded form has one process, and writing a row for every guess would
hand an attacker the writer's lock. With several web processes each counts for itself, so the limit is at most
multiplied by their number; a restart forgets a minute of counts.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import deque

PER_NAME = 10
PER_ADDRESS = 100
WINDOW = dt.timedelta(minutes=1)
_KEPT = 10_000


class TooManyFailures(Exception):
    """There were too many failed sign-ins; try again after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many failed sign-ins. Try again in {retry_after} seconds.")
        self.retry_after = retry_after


class FailedSignIns:
    """A sliding window of failures by name and by address, safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: dict[tuple[str, str], deque[dt.datetime]] = {}

    def check(self, name: str, address: str, now: dt.datetime) -> None:
        """Raises `TooManyFailures` when the name or the address has used up its failures."""
        with self._lock:
            self._check(name, address, now)

    def settle(self, name: str, address: str, now: dt.datetime, *, succeeded: bool) -> None:
        """Counts the outcome of an attempt.

        Checks again first: of many attempts verified at the same time no more than the limit learn their outcome.
        """
        with self._lock:
            self._check(name, address, now)
            if succeeded:
                self._failures.pop(("name", name), None)
                return
            for key in (("name", name), ("address", address)):
                self._failures.setdefault(key, deque()).append(now)
            if len(self._failures) > _KEPT:
                self._forget_old(now)

    def _check(self, name: str, address: str, now: dt.datetime) -> None:
        for key, limit in ((("name", name), PER_NAME), (("address", address), PER_ADDRESS)):
            recent = self._recent(key, now)
            if recent is not None and len(recent) >= limit:
                wait = recent[len(recent) - limit] + WINDOW - now
                raise TooManyFailures(max(1, -(-wait // dt.timedelta(seconds=1))))

    def _recent(self, key: tuple[str, str], now: dt.datetime) -> deque[dt.datetime] | None:
        failures = self._failures.get(key)
        while failures and failures[0] <= now - WINDOW:
            failures.popleft()
        if failures is not None and not failures:
            del self._failures[key]
            return None
        return failures

    def _forget_old(self, now: dt.datetime) -> None:
        for key in list(self._failures):
            self._recent(key, now)
