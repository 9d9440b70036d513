"""Which language a page speaks: Chinese first, English one click away. Knows nothing of the texts."""

from __future__ import annotations

from flask import Flask, has_request_context, request, session
from flask_babel import Babel, get_locale
from flask_login import current_user

LANGUAGES = ("zh", "en")
"""The first is the language of the source texts."""

SESSION_KEY = "language"


def init_language(app: Flask, timezone: str) -> None:
    """Sets Babel up; translations lie in `web/translations/<language>/LC_MESSAGES/`."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", LANGUAGES[0])
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    Babel(app, locale_selector=select_language, timezone_selector=lambda: timezone)
    app.jinja_env.globals["language"] = language


def select_language() -> str:
    """The language chosen in this browser, else the person's own, else what the browser asks for, else Chinese."""
    if not has_request_context():
        return LANGUAGES[0]
    chosen = session.get(SESSION_KEY)
    if chosen in LANGUAGES:
        return chosen
    if current_user.is_authenticated and current_user.language in LANGUAGES:
        return current_user.language
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def language() -> str:
    """`zh` or `en`, for this request."""
    locale = get_locale()
    return locale.language if locale is not None and locale.language in LANGUAGES else LANGUAGES[0]
