"""Errors of the REST interface as RFC 9457 `application/problem+json`."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import current_app
from flask.typing import ResponseReturnValue

from web.errors import Problem

MEDIA_TYPE = "application/problem+json"


class ProblemSchema(ma.Schema):
    """What went wrong (RFC 9457)."""

    type = ma.fields.String(required=True, metadata={"description": "urn:loanflow:problem:CODE; CODE is stable"})
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True)
    rule = ma.fields.String(metadata={"description": "for a refusal: the first rule that stands against it"})
    errors = ma.fields.Dict(metadata={"description": "what is wrong, by field"})
    findings = ma.fields.List(ma.fields.Dict(), metadata={"description": "what the checker found in a package"})


def draw_problem(problem: Problem) -> ResponseReturnValue:
    """The answer for a program."""
    body: dict[str, Any] = {
        "type": f"urn:loanflow:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.rule:
        body["rule"] = problem.rule
    if problem.errors:
        body["errors"] = problem.errors
    if problem.findings is not None:
        body["findings"] = [finding_view(finding) for finding in problem.findings]
    headers = dict(problem.headers)
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    response = current_app.response_class(current_app.json.dumps(body), problem.status, mimetype=MEDIA_TYPE)
    response.headers.update(headers)
    return response


def finding_view(finding: Any) -> dict[str, Any]:
    """A finding of the checker as `loanflow check --json` shows it."""
    return {name: getattr(finding, name) for name in ("rule", "level", "file", "element", "line", "message")}
