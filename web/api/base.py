"""The blueprint class of the REST interface: who may call, how bodies and queries are read, how errors are shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flask
import marshmallow as ma
from flask import abort, g, request
from flask_smorest import Api, Blueprint
from webargs.core import is_json, missing
from webargs.flaskparser import FlaskParser
from webargs.flaskparser import abort as abort_with

from models.queries.tokens import token_holder
from web.api.problems import MEDIA_TYPE, ProblemSchema
from web.context import house, reading
from web.security.csrf import csrf

PREFIX = "/api/v1"
_LONGEST_PATH = 255
"""Characters of a path that are kept with an Idempotency-Key; nothing has a longer address."""
_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "the same key and body again give the same answer and do nothing, for 24 hours",
}
_SECURITY: list[dict[str, list[str]]] = [{"token": []}]


class ExactParser(FlaskParser):
    """Reads JSON bodies with exact decimals, and refuses bodies that are no JSON."""

    def _raw_load_json(self, req: flask.Request) -> Any:
        body = req.get_data(cache=True)
        if not body:
            return missing
        if not is_json(req.mimetype):
            abort(415, "The body must be JSON, sent with Content-Type: application/json.")
        try:
            return flask.current_app.json.loads(body)
        except ValueError as error:
            abort_with(400, exc=error, messages={"json": [f"This is not valid JSON: {error}."]})

    def load_querystring(self, req: flask.Request, schema: ma.Schema) -> Any:
        """The query; text that no database can hold is refused here, once for all calls."""
        if any("\0" in value for values in req.args.listvalues() for value in values):
            abort(400, "The query holds a NUL character.")
        return super().load_querystring(req, schema)


class ApiBlueprint(Blueprint):
    """A part of the REST interface; every call needs a token unless `public`."""

    ARGUMENTS_PARSER = ExactParser()

    def __init__(self, name: str, import_name: str, description: str, *, public: bool = False) -> None:
        # Pages have blueprints of the same subjects: the prefix keeps their endpoints apart.
        super().__init__(f"api_{name}", import_name, description=description)
        self.public = public
        csrf.exempt(self)
        self.before_request(_refuse_long_path)
        if not public:
            self.before_request(_authenticate)
            self._prepare_doc_cbks += [_describe_security, _describe_idempotency]

    def query(self, schema: type[ma.Schema]) -> Callable[..., Any]:
        """Reads the query by `schema`; what is wrong in it is 400."""
        return self.arguments(schema, location="query", error_status_code=400)

    def body(self, schema: type[ma.Schema]) -> Callable[..., Any]:
        """Reads the JSON body by `schema`; what is wrong in it is 422. No body is an empty object."""
        required = any(field.required for field in schema().fields.values())
        return self.arguments(schema, location="json", required=required)


class ExactApi(Api):
    """flask-smorest without its own answers to errors: they drop `Allow` and are no problem+json."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """`web.errors` answers for the whole application."""

    def _register_responses(self) -> None:
        before, self.DEFAULT_RESPONSE_CONTENT_TYPE = self.DEFAULT_RESPONSE_CONTENT_TYPE, MEDIA_TYPE
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = before


def _describe_security(doc: dict[str, Any], _info: Any, **_context: Any) -> dict[str, Any]:
    doc["security"] = _SECURITY
    return doc


def _describe_idempotency(doc: dict[str, Any], _info: Any, *, method: str, **_context: Any) -> dict[str, Any]:
    if method.lower() == "post":
        doc["parameters"] = [*doc.get("parameters", []), _IDEMPOTENCY_KEY]
    return doc


def _refuse_long_path() -> None:
    if len(request.path) > _LONGEST_PATH:
        abort(404)


def _authenticate() -> None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        abort(401, "Send a token: Authorization: Bearer TOKEN. POST /api/v1/tokens gives one.")
    person = token_holder(reading(), token.strip(), house().clock.now())
    if person is None:
        abort(401, "The token is not valid (any more). POST /api/v1/tokens gives a new one.")
    g.person = person
