"""Failed sign-ins as rows, so that all processes count together. Knows no limits: `web.security.limits` sets them."""

from __future__ import annotations

import datetime as dt
import hashlib

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.database import table
from models.people import FailedSignIn

KEPT_FOR = dt.timedelta(minutes=1)


def counted(kind: str, value: str) -> str:
    """What failures are counted against: a digest of a name or an address."""
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()


def nth_last_failure(session: Session, key: str, n: int, now: dt.datetime) -> dt.datetime | None:
    """When the `n`th last failure of the past minute was; None when there were fewer."""
    recent = sa.select(FailedSignIn.at).where(FailedSignIn.counted == key, FailedSignIn.at > now - KEPT_FOR)
    return session.scalar(recent.order_by(FailedSignIn.at.desc()).offset(n - 1).limit(1))


def take_turns(session: Session, keys: list[str]) -> None:
    """Waits until no other transaction counts against one of `keys`. On SQLite there is one writer anyway."""
    if session.connection().dialect.name == "postgresql":
        for key in keys:
            session.execute(sa.select(sa.func.pg_advisory_xact_lock(int(key[:15], 16))))


def count_failure(session: Session, keys: list[str], now: dt.datetime) -> None:
    """Adds a failure to each of `keys`."""
    session.execute(sa.insert(table(FailedSignIn)), [{"counted": key, "at": now} for key in keys])


def forget_failures(session: Session, key: str) -> None:
    """Counts from nothing again."""
    session.execute(sa.delete(FailedSignIn).where(FailedSignIn.counted == key))


def delete_old_failures(session: Session, now: dt.datetime) -> None:
    """Forgets failures that count no more."""
    session.execute(sa.delete(FailedSignIn).where(FailedSignIn.at <= now - KEPT_FOR))
