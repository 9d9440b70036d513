"""Alive, and ready to serve."""

import dataclasses

from apscheduler.schedulers.background import BackgroundScheduler

from models.database import Sessions, make_engine
from web.app import create_app
from web.health import attach_scheduler


def ready(app):
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.json["checks"]


def test_alive_and_ready_without_a_token(app):
    assert app.test_client().get("/healthz").status_code == 200
    assert ready(app) == (200, {"database": "ok"})


def test_not_ready_without_tables(house, settings):
    empty = dataclasses.replace(house, sessions=Sessions(make_engine("sqlite://")))
    app = create_app(empty, settings)
    assert app.test_client().get("/healthz").status_code == 200
    assert ready(app) == (503, {"database": "failed"})
    empty.sessions.engine.dispose()


def test_not_ready_when_the_embedded_scheduler_is_dead(house, settings):
    app = create_app(house, dataclasses.replace(settings, embedded_scheduler=True))
    assert ready(app) == (503, {"database": "ok", "scheduler": "failed"})
    scheduler = BackgroundScheduler(timezone="UTC")
    attach_scheduler(app, scheduler)
    scheduler.start()
    assert ready(app) == (200, {"database": "ok", "scheduler": "ok"})
    scheduler.shutdown()
    assert ready(app)[0] == 503
