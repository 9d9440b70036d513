"""Sessions of browsers: a signed cookie naming the person and the version of the credentials, checked at every request.

Whoever is disabled or whose password was changed is out at the next request; roles are read anew each time.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, abort, flash, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_babel import gettext
from flask_login import LoginManager, UserMixin, login_user, logout_user

from models.people import Person
from web.context import reading, settings
from web.language import SESSION_KEY as LANGUAGE

SIGN_IN_ENDPOINT = "account.sign_in"
"""The page for signing in; it gets the address wanted as `next`."""


class SignedIn(UserMixin):
    """The person behind a session, as templates see `current_user`: name, title, language, roles."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.name = person.name
        self.title = person.title or person.name
        self.language = person.language
        self.roles = frozenset(held.role for held in person.roles)

    def get_id(self) -> str:
        """What the cookie keeps: person and version of the credentials."""
        return f"{self.person.id}:{self.person.credential_version}"


class _Cookies(SecureCookieSessionInterface):
    """Cookies are `Secure` whenever the browser came by https, or always when the settings say so."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return settings().cookie_secure or request.is_secure


def init_sessions(app: Flask) -> None:
    """Sets cookies and flask-login up."""
    app.session_interface = _Cookies()
    app.config.update(SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_NAME="loanflow")
    manager = LoginManager(app)
    manager.user_loader(_load)
    manager.unauthorized_handler(_to_sign_in)


def sign_in(person: Person) -> None:
    """Begins a session for `person` in this browser; what an earlier session held is dropped, but for the language."""
    language = session.get(LANGUAGE)
    session.clear()
    if language:
        session[LANGUAGE] = language
    session.permanent = True
    g.person = person
    login_user(SignedIn(person))


def sign_out() -> None:
    """Ends the session of this browser."""
    language = session.get(LANGUAGE)
    logout_user()
    session.clear()
    if language:
        session[LANGUAGE] = language


def safe_next(target: str | None, default: str) -> str:
    """`target` when it is a path of this site, else `default`: signing in must not send people elsewhere."""
    if target and target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable():
        return target
    return default


def _load(identity: str) -> SignedIn | None:
    person_id, _, version = identity.partition(":")
    if not (person_id.isdecimal() and version.isdecimal()):
        return None
    person = reading().scalar(
        sa.select(Person).where(
            Person.id == int(person_id), Person.credential_version == int(version), Person.disabled.is_(False)
        )
    )
    if person is None:
        return None
    g.person = person
    return SignedIn(person)


def _to_sign_in() -> Any:
    if request.method not in ("GET", "HEAD"):
        abort(401)
    flash(gettext("请先登录。"), "warn")
    wanted = request.full_path.rstrip("?")
    response: Response = redirect(url_for(SIGN_IN_ENDPOINT, next=wanted))  # type: ignore[assignment]
    if request.headers.get("HX-Request"):
        # htmx would put the sign-in page into a part of the page; this header makes the browser go there instead.
        response = Response(status=401, headers={"HX-Redirect": url_for(SIGN_IN_ENDPOINT)})
    return response
