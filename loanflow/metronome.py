"""The metronome: APScheduler wakes the sweep of timers and jobs and the clearing of what has expired.

It is never the record of anything: what is due stands in rows, and a beat missed or repeated changes nothing.
"""

from __future__ import annotations

from typing import Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from engine.service import attachments, errands, worker
from engine.service.attachments import FileStore
from loanflow.settings import Settings
from models.queries.idempotency import delete_old_answers
from models.queries.sign_ins import delete_old_failures
from models.queries.tokens import delete_expired_tokens

_log = structlog.get_logger(__name__)
_BATCH = 200
_CLEARING_MINUTES = 60


def make_metronome(house: Any, settings: Settings) -> BackgroundScheduler:
    """A scheduler, not yet started, that sweeps `house` as often as `settings` say."""
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    scheduler.add_job(_guarded, "interval", (_sweep, house), seconds=settings.sweep_seconds, id="sweep")
    scheduler.add_job(_guarded, "interval", (_run_errands, house), seconds=settings.sweep_seconds, id="errands")
    scheduler.add_job(_guarded, "interval", (clear_expired, house), minutes=_CLEARING_MINUTES, id="clearing")
    if settings.data_dir is not None:
        files = (attachments.settle, house, FileStore(settings.data_dir))
        scheduler.add_job(_guarded, "interval", files, minutes=_CLEARING_MINUTES, id="files")
    return scheduler


def clear_expired(house: Any) -> None:
    """Deletes tokens, stored answers and failed sign-ins that count no more."""
    with house.step() as step:
        delete_expired_tokens(step.session, step.now)
        delete_old_answers(step.session, step.now)
        delete_old_failures(step.session, step.now)


def _sweep(house: Any) -> None:
    # Until nothing is due, so that a backlog after downtime does not wait for the next beat after each batch.
    while worker.sweep(house, _BATCH) >= _BATCH:
        pass


def _run_errands(house: Any) -> None:
    # Apart from the sweep: a mail server that does not answer must not hold up what is due.
    errands.run(house, _BATCH)


def _guarded(work: Any, *given: Any) -> None:
    """A beat that fails is logged and the next one tries again: the metronome never stops by itself."""
    try:
        work(*given)
    except Exception:
        _log.exception("a scheduled task failed", task=work.__name__)
