"""Passwords as argon2 hashes. Knows nothing of people or of how often somebody may try."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 8
"""The only rule for a password."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's minimum for argon2id: 19 MiB, two passes. Higher would let a handful of sign-ins fill a small machine."""

_NOBODY = _hasher.hash("nobody has this password")


class PasswordTooShort(ValueError):
    """A password needs at least eight characters."""

    def __init__(self) -> None:
        super().__init__(f"A password needs at least {MIN_LENGTH} characters.")


def require_length(password: str) -> str:
    """`password` itself; raises `PasswordTooShort` below eight characters."""
    if len(password) < MIN_LENGTH:
        raise PasswordTooShort
    return password


def hash_password(password: str) -> str:
    """The argon2id hash of `password`, with salt and parameters inside."""
    return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether `password` is the one hashed. None (no such person) costs as much time as a wrong password."""
    try:
        return _hasher.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)
