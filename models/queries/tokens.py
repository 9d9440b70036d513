"""Bearer tokens of the REST interface: only their hashes are stored, so that a copy of the database opens nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session, lazyload

from models.people import ApiToken, Person

_PREFIX = "lf_"


def issue_token(session: Session, person: Person, now: dt.datetime, lifetime: dt.timedelta) -> tuple[str, dt.datetime]:
    """A new token for `person` and the instant at which it expires. The token is shown this once."""
    token = _PREFIX + secrets.token_urlsafe(32)
    expires_at = now + lifetime
    session.add(
        ApiToken(
            token_hash=_hash(token),
            person_id=person.id,
            credential_version=person.credential_version,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return token, expires_at


def token_holder(session: Session, token: str, now: dt.datetime) -> Person | None:
    """Whose token it is, unless it has expired or the person was disabled or has changed the password since."""
    return session.scalar(
        sa.select(Person)
        .join(ApiToken, ApiToken.person_id == Person.id)
        # Roles and unit are read when somebody acts; asking who it is must stay one small query.
        .options(lazyload(Person.roles), lazyload(Person.unit))
        .where(
            ApiToken.token_hash == _hash(token),
            ApiToken.expires_at > now,
            ApiToken.credential_version == Person.credential_version,
            Person.disabled.is_(False),
        )
    )


def delete_expired_tokens(session: Session, now: dt.datetime) -> int:
    """Forgets tokens that have expired; tells how many."""
    result = session.execute(sa.delete(ApiToken).where(ApiToken.expires_at <= now))
    return int(getattr(result, "rowcount", 0))


def _hash(token: str) -> str:
    # A token has 256 random bits: a plain hash cannot be searched, and is fast enough for every request.
    return hashlib.sha256(token.encode()).hexdigest()
