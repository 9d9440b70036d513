"""A bare site for looking at templates and bundles: the assets under the strict policy, and nothing of the program."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from types import TracebackType

from flask import Flask, Response, render_template, request
from werkzeug.serving import make_server

WEB = Path(__file__).parents[3] / "web"
PAGES = Path(__file__).parent / "pages"
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:"

PLACES = [
    {"url": "#inbox", "icon": "inbox", "label": "待办", "key": "i", "badge": 2, "current": True, "group": 1},
    {"url": "#cases", "icon": "case", "label": "案件", "key": "c", "group": 1},
    {"url": "#customers", "icon": "users", "label": "客户", "group": 1},
    {"url": "#loans", "icon": "loan", "label": "贷款", "group": 1},
    {"url": "#operate", "icon": "pulse", "label": "运行", "group": 2},
    {"url": "#designer", "icon": "pen", "label": "设计", "group": 2},
    {"url": "#audit", "icon": "shield", "label": "审计", "group": 3},
]


def _shell(locale: str) -> dict[str, object]:
    urls = {name: f"#{name}" for name in ("home", "search", "language", "profile", "password", "help", "sign_out")}
    return {
        "institution": "禾川村镇银行",
        "unit": "风险管理部",
        "business_day": datetime(2026, 3, 25, tzinfo=UTC),
        "day_end": "17:30",
        "locale": locale,
        "here": request.path,
        "person": {"name": "孙立", "title": "合规岗"},
        "urls": urls,
    }


def create_app() -> Flask:
    """The templates with stand-ins for what the program gives them: filters, shell, navigation, translation."""
    app = Flask("styleguide", root_path=str(WEB), template_folder="templates", static_folder="static")
    app.secret_key = "for looking only"
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    app.jinja_env.filters.update(
        money=lambda amount: f"{amount:,.2f}",
        when=lambda instant: f"{instant:%m-%d %H:%M}",
        day=lambda instant: f"{instant:%Y-%m-%d}",
    )

    @app.context_processor
    def shell() -> dict[str, object]:
        return {"shell": _shell(request.args.get("lang", "zh")), "places": PLACES}

    @app.after_request
    def policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @app.get("/styleguide")
    def styleguide() -> str:
        return render_template("styleguide.html", now=datetime(2026, 3, 25, 14, 18, tzinfo=UTC))

    @app.get("/pages/<path:name>")
    def page(name: str) -> Response:
        kind = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}.get(Path(name).suffix, "text/xml")
        return Response((PAGES / name).read_text(encoding="utf-8"), content_type=f"{kind}; charset=utf-8")

    return app


class Site:
    """The site on a free port of this machine, for the length of a `with` block."""

    def __init__(self) -> None:
        self._server = make_server("127.0.0.1", 0, create_app(), threaded=True)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Site:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
