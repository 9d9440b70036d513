"""Text that no database can hold is refused at the door: PostgreSQL keeps no NUL, and an error there is ours, not
the sender's. JSON and the query of the REST interface are read by `web.json` and `web.api.base`."""

from __future__ import annotations

from flask import Flask, abort, request

_API = "/api/"


def init_texts(app: Flask) -> None:
    """Checks addresses and the fields of forms; must come after what bounds and protects them."""
    app.before_request(_refuse_unstorable)


def _refuse_unstorable() -> None:
    if "\0" in request.path:
        abort(404)
    if request.path.startswith(_API):
        return
    if any("\0" in text for name, values in request.form.lists() for text in (name, *values)):
        abort(400)
