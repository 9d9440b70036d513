"""Turns what went wrong into an answer: a status and a description for everybody, drawn as problem+json for programs
and as a page for people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.routing import RequestRedirect

from engine.check import unreadable
from engine.errors import CheckFailed, Conflict, EngineError, Forbidden, Invalid, NotFound, Refused
from engine.packages import PackageError
from web.security.limits import TooManyFailures
from web.security.signin import WrongCredentials

_log = structlog.get_logger(__name__)
_PAGE_ERRORS = "loanflow-page-errors"
_API = "/api/"
_REFUSAL_STATUS = {"not_open": 409, "form_invalid": 422}


@dataclass(frozen=True)
class Problem:
    """What went wrong, for whoever asked. `code` is stable; `rule` is set for refusals by a rule of a process."""

    status: int
    code: str
    detail: str
    rule: str | None = None
    errors: Any = None
    findings: list[Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The status in words."""
        return HTTPStatus(self.status).phrase


PageErrors = Callable[[Problem], ResponseReturnValue]


def use_page_errors(app: Flask, draw: PageErrors) -> None:
    """Pages show what went wrong with `draw`; without it they get plain text."""
    app.extensions[_PAGE_ERRORS] = draw


def init_errors(app: Flask, draw_for_programs: PageErrors) -> None:
    """Answers every error; addresses below `/api/` get `draw_for_programs`, all others the page."""

    def answer(error: Exception) -> ResponseReturnValue:
        if isinstance(error, RequestRedirect):
            return error.get_response()
        problem = problem_of(error)
        if request.path.startswith(_API):
            return draw_for_programs(problem)
        draw = current_app.extensions.get(_PAGE_ERRORS, _plain_text)
        return draw(problem)

    app.register_error_handler(Exception, answer)


def problem_of(error: Exception) -> Problem:
    """The problem that `error` is; what nobody foresaw is logged, and its words stay inside."""
    if isinstance(error, EngineError):
        return _engine_problem(error)
    if isinstance(error, PackageError):
        return Problem(422, "unreadable_package", str(error), findings=[unreadable(error)])
    if isinstance(error, WrongCredentials):
        return Problem(401, "wrong_credentials", str(error))
    if isinstance(error, TooManyFailures):
        headers = {"Retry-After": str(error.retry_after)}
        return Problem(429, "too_many_failures", str(error), headers=headers)
    if isinstance(error, HTTPException) and error.code is not None and not isinstance(error, InternalServerError):
        return _http_problem(error)
    _log.error("request failed", path=request.path, method=request.method, exc_info=error)
    return Problem(500, "internal", "Something went wrong inside; it has been logged.")


def _engine_problem(error: EngineError) -> Problem:
    match error:
        case Refused():
            status = _REFUSAL_STATUS.get(error.rule, 403)
            return Problem(status, "refused", str(error), rule=error.rule, errors=error.errors or None)
        case NotFound():
            return Problem(404, "not_found", str(error) or "It does not exist.")
        case Conflict():
            return Problem(409, "conflict", str(error))
        case CheckFailed():
            return Problem(422, "check_failed", str(error), findings=error.findings)
        case Invalid():
            return Problem(422, "invalid", str(error), errors=error.errors or None)
        case Forbidden():
            return Problem(403, "forbidden", str(error))
    return Problem(422, "engine", str(error))


def _http_problem(error: HTTPException) -> Problem:
    status = int(error.code or 500)
    data = getattr(error, "data", None) or {}
    errors = _by_field(data.get("messages"))
    # `Allow` of a 405, `Retry-After` of a 429: what the exception would have sent itself.
    headers = {name: value for name, value in error.get_headers() if name.lower() != "content-type"}
    detail = data.get("message") or ("What was sent is not right." if errors else error.description) or error.name
    return Problem(status, error.name.lower().replace(" ", "_"), detail, errors=errors, headers=headers)


def _by_field(messages: Any) -> Any:
    """webargs puts the place (json, query, files) around the fields; callers know where they wrote them."""
    if isinstance(messages, dict) and len(messages) == 1:
        inner = next(iter(messages.values()))
        return inner if isinstance(inner, dict) else messages
    return messages


def _plain_text(problem: Problem) -> ResponseReturnValue:
    headers = {**problem.headers, "Content-Type": "text/plain; charset=utf-8"}
    return f"{problem.title}. {problem.detail}\n", problem.status, headers
