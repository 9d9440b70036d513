"""Calls that change something: one transaction each, repeatable with an Idempotency-Key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

import marshmallow as ma
from flask import Response, abort, current_app, request

from engine.service import actors
from models.queries import idempotency
from web.context import person, step

_HEADER = "Idempotency-Key"
_MAX_KEY = 255


def writes(schema: ma.Schema, status: int = 200) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Runs a view as `view(step, actor, …)` in a writing transaction and answers what it returns, drawn by `schema`.

    With an Idempotency-Key the answer is stored in the same transaction, and given again for the same body within 24
    hours; another body under the same key is 422. Errors roll back and are therefore not stored.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(view)
        def call(*args: Any, **kwargs: Any) -> Response:
            key, caller = _key(), person()
            body_hash = _body_hash() if key else ""
            with step() as s:
                if key:
                    earlier = idempotency.reserve(s.session, caller.id, request.path, key, body_hash, s.now)
                    if earlier is not None:
                        return _again(earlier, body_hash)
                result = view(s, actors.load(s.session, caller.name), *args, **kwargs)
                body = current_app.json.dumps(schema.dump(result))
                if key:
                    idempotency.remember(s.session, caller.id, request.path, key, status, body)
            return _answer(body, status)

        return call

    return decorate


def _key() -> str | None:
    key = request.headers.get(_HEADER)
    if key is not None and not 0 < len(key) <= _MAX_KEY:
        abort(400, f"{_HEADER} must have 1 to {_MAX_KEY} characters.")
    return key


def _body_hash() -> str:
    """A hash of what was sent. Fields and files count one by one: the boundary between parts differs each time."""
    digest = hashlib.sha256()
    if request.mimetype == "multipart/form-data":
        for field, file in sorted(request.files.items(multi=True), key=lambda item: (item[0], item[1].filename or "")):
            content = hashlib.sha256(file.stream.read()).hexdigest()
            file.stream.seek(0)
            digest.update(f"{field}\0{file.filename}\0{content}\n".encode())
        for field, value in sorted(request.form.items(multi=True)):
            digest.update(f"{field}\0\0{value}\n".encode())
        return digest.hexdigest()
    digest.update(request.get_data(cache=True))
    return digest.hexdigest()


def _again(earlier: idempotency.Earlier, body_hash: str) -> Response:
    if earlier.body_hash != body_hash:
        abort(422, f"This {_HEADER} was used with another body.")
    response = _answer(earlier.body, earlier.status)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _answer(body: str, status: int) -> Response:
    return current_app.response_class(body, status, mimetype="application/json")
