"""Checking a name and a password, and changing one's own password. Knows nothing of cookies, tokens or pages."""

from __future__ import annotations

from flask import request

from models.passwords import hash_password, is_outdated, require_length, verify_password
from models.people import MAX_NAME, Person
from models.queries.people import set_password
from web.context import end_reading, house, reading, settings, step
from web.security import limits


class WrongCredentials(Exception):
    """The name or the password is wrong, or the person may no longer sign in."""

    def __init__(self) -> None:
        super().__init__("The name or the password is wrong.")


def check_credentials(name: str, password: str) -> Person:
    """The person with this name and password.

    Raises `WrongCredentials` (the same, after the same work, whether the name, the password or the person's standing
    is the reason) or `TooManyFailures`.
    """
    name = name.strip()
    if len(name) > MAX_NAME:
        raise WrongCredentials  # nobody can be called so, and no count is kept under it
    address = request.remote_addr or ""
    limits.check(reading(), name, address, house().clock.now())
    person = reading().query(Person).filter_by(name=name).one_or_none()
    # No read transaction stays open while the hash is computed.
    end_reading()
    matches = verify_password(person.password_hash if person else None, password)
    succeeded = person is not None and matches and not person.disabled and (settings().demo or not person.demo)
    with step() as s:
        limits.settle(s.session, name, address, s.now, succeeded=succeeded)
    if person is None or not succeeded:
        raise WrongCredentials
    if is_outdated(person.password_hash):
        _store_again(person.id, password)
    return person


def change_own_password(person: Person, old: str, new: str) -> Person:
    """Sets a new password and ends all sessions and tokens of the person; gives the person as it is now.

    Raises `WrongCredentials` when `old` is wrong, `TooManyFailures`, `models.passwords.PasswordTooShort`.
    The caller signs the person in again (`sessions.sign_in`) so that this browser stays.
    """
    require_length(new)
    check_credentials(person.name, old)
    with step() as s:
        changed = s.session.get_one(Person, person.id)
        set_password(changed, new)
    return changed


def _store_again(person_id: int, password: str) -> None:
    """Keeps up with today's hashing parameters; the credential version stays, since the password is the same."""
    with step() as s:
        s.session.get_one(Person, person_id).password_hash = hash_password(password)
