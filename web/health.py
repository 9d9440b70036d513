"""Is the process alive, and can it serve: for load balancers and people on call. Tells nothing else to strangers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
import structlog
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from web.context import reading, settings

health = Blueprint("health", __name__)
_log = structlog.get_logger(__name__)
_SCHEDULER = "loanflow-scheduler"


def attach_scheduler(app: Any, scheduler: Any) -> None:
    """Lets `/readyz` ask whether the scheduler (an APScheduler) of this process runs."""
    app.extensions[_SCHEDULER] = scheduler


@health.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@health.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers and, when embedded, the scheduler's thread is alive; 503 otherwise."""
    checks = {"database": _database_answers()}
    if settings().embedded_scheduler:
        checks["scheduler"] = _scheduler_runs()
    ready = all(checks.values())
    words = {name: "ok" if holds else "failed" for name, holds in checks.items()}
    return jsonify(status="ready" if ready else "not ready", checks=words), 200 if ready else 503


def _database_answers() -> bool:
    try:
        # A table, not a constant: an empty database that nobody has migrated is not ready.
        reading().execute(sa.text("SELECT 1 FROM unit LIMIT 1"))
    except SQLAlchemyError:
        _log.exception("database does not answer")
        return False
    return True


def _scheduler_runs() -> bool:
    scheduler = current_app.extensions.get(_SCHEDULER)
    thread = getattr(scheduler, "_thread", None)
    return thread is not None and thread.is_alive()
