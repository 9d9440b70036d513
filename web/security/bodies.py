"""How much a request may bring: little before anybody has signed in, more in forms and JSON, most where files are sent.

What is read stands in memory many times over: a megabyte of `a&a&a&…` or `1,1,1,…` becomes a hundred of objects.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_login import current_user

BEFORE_SIGN_IN = 16 * 1024
USUAL = 4 * 1024 * 1024
"""Enough for the longest texts of a case in a script that takes three bytes a character."""
FIELDS = 1024 * 1024
"""All fields of a form together that are no files."""

_API = "/api/"
_READING = ("GET", "HEAD", "OPTIONS")
View = TypeVar("View", bound=Callable[..., Any])


def takes_files(view: View) -> View:
    """Lets a view be sent as much as the setting `LOANFLOW_MAX_UPLOAD_MB` says."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def signs_in(view: View) -> View:
    """Marks a view of the REST interface that asks for no token: it is sent little."""
    view.signs_in = True  # type: ignore[attr-defined]
    return view


def init_bodies(app: Flask) -> None:
    """Bounds every body by its view, up to MAX_CONTENT_LENGTH; must come before whatever reads a body."""
    app.config.update(MAX_FORM_MEMORY_SIZE=FIELDS)
    app.before_request(_bound)


def _bound() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    largest = current_app.config["MAX_CONTENT_LENGTH"]
    if _is_a_stranger(view):
        largest = min(largest, BEFORE_SIGN_IN)
    elif not getattr(view, "takes_files", False):
        largest = min(largest, USUAL)
    request.max_content_length = largest


def _is_a_stranger(view: Any) -> bool:
    """Whether nobody is known when the body is read; a call that needs a token is refused without one before that.

    Reading needs no body, and nobody is asked for.
    """
    if request.method in _READING:
        return True
    if request.path.startswith(_API):
        return getattr(view, "signs_in", False)
    return not current_user.is_authenticated
