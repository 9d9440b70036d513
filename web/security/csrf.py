"""Forms of pages carry a token: a field, or the header `X-CSRFToken` from htmx and scripts.

The REST interface has none: it takes no cookies.
"""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()


def init_csrf(app: Flask) -> None:
    """Checks every POST, PUT, PATCH and DELETE but those of exempt blueprints (`csrf.exempt(blueprint)`)."""
    app.config.update(WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=True)
    csrf.init_app(app)
