"""The application factory: puts security, pages and the REST interface together. Knows no rule of any process."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from web import context
from web.api import register_api
from web.api.problems import draw_problem
from web.errors import init_errors
from web.health import health
from web.json import ExactJSONProvider
from web.language import init_language
from web.pages import register_pages
from web.security.bodies import init_bodies
from web.security.csrf import init_csrf
from web.security.headers import init_headers
from web.security.sessions import init_sessions
from web.security.texts import init_texts
from web.settings import WebSettings


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: a number that a row can have. A larger one leads nowhere."""

    def __init__(self, map: Map, **kwargs: Any) -> None:
        super().__init__(map, **{"max": 2**63 - 1, **kwargs})


class Application(Flask):
    """Flask that reads and writes JSON with exact decimals."""

    json_provider_class = ExactJSONProvider


def create_app(house: Any, settings: WebSettings) -> Flask:
    """The WSGI application of `house` (`engine.service.house.House`).

    Views reach the house through `web.context`; sessions, CSRF, language and headers are in place for every blueprint
    that `web.pages.register_pages` adds.
    """
    if not settings.secret_key:
        raise ValueError("the web needs a secret key")
    app = Application("web")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        PERMANENT_SESSION_LIFETIME=settings.session_lifetime,
        TEMPLATES_AUTO_RELOAD=False,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.url_map.converters["int"] = RowNumber
    context.install(app, house, settings)
    init_headers(app)
    init_sessions(app)
    init_language(app, settings.timezone)
    init_bodies(app)
    init_csrf(app)
    init_texts(app)
    init_errors(app, draw_problem)
    app.register_blueprint(health)
    register_api(app)
    register_pages(app)
    return app
