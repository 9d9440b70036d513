"""The page `/api`: the OpenAPI document for people, drawn here because the usual viewers load foreign scripts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

blueprint = Blueprint("api_reading", __name__)


@blueprint.get("/api")
def show() -> ResponseReturnValue:
    """Lists every call with what it takes and gives."""
    document = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    calls: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        shared = methods.get("parameters", [])
        for method, call in methods.items():
            if method != "parameters":
                calls.setdefault(call["tags"][0], []).append(_call(path, method, call, shared))
    subjects = [(tag["description"], calls[tag["name"]]) for tag in document["tags"]]
    return render_template("api.html", subjects=subjects, schemas=document["components"]["schemas"])


def _call(path: str, method: str, call: dict[str, Any], shared: list[Any]) -> dict[str, Any]:
    body = call.get("requestBody", {}).get("content", {})
    answers = [(status, answer) for status, answer in call["responses"].items() if status.startswith("2")]
    return {
        "method": method.upper(),
        "path": path,
        "summary": call.get("summary", ""),
        "public": "security" not in call,
        "parameters": [*shared, *call.get("parameters", [])],
        "body": _schema_name(body),
        "answers": [(status, _schema_name(answer.get("content", {}))) for status, answer in answers],
    }


def _schema_name(content: dict[str, Any]) -> str:
    """The name of the schema in a body or an answer; of what has none, its media type."""
    for media_type, described in content.items():
        reference = described.get("schema", {}).get("$ref", "")
        return reference.rsplit("/", 1)[-1] or str(media_type)
    return ""
