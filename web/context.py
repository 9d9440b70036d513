"""What a view reaches for: the house, a reading session, a writing step, and who is asking."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from typing import Any, TypeVar, cast

from flask import current_app, g
from sqlalchemy.orm import Session

from engine.service import actors
from engine.service.actors import Actor
from models.people import Person
from web.settings import WebSettings

_EXTENSION = "loanflow"
_T = TypeVar("_T")


class Installed:
    """The house and the settings that an application was made with."""

    def __init__(self, house: Any, settings: WebSettings) -> None:
        self.house = house
        self.settings = settings


def install(app: Any, house: Any, settings: WebSettings) -> None:
    """Makes the house known to the application and closes each request's reading session at its end."""
    put(app, house, settings)
    app.teardown_appcontext(_close_reading)


def put(app: Any, house: Any, settings: WebSettings) -> None:
    """Puts another house behind an application that is made already."""
    app.extensions[_EXTENSION] = Installed(house, settings)


def _installed() -> Installed:
    return cast(Installed, current_app.extensions[_EXTENSION])


def house() -> Any:
    """The `engine.service.house.House` of this application."""
    return _installed().house


def settings() -> WebSettings:
    """The settings of this application."""
    return _installed().settings


def reading() -> Session:
    """One session for reading, for the whole request. It never waits for the writer's lock."""
    if "reading" not in g:
        g.reading = house().sessions.reading()
    return cast(Session, g.reading)


def once(key: Hashable, read: Callable[[], _T]) -> _T:
    """What `read` gives, asked once in a reading session: gone with it as soon as something is written."""
    kept = reading().info
    if key not in kept:
        kept[key] = read()
    return cast(_T, kept[key])


def step() -> AbstractContextManager[Any]:
    """A writing transaction: `with step() as s:` commits at its end, an exception rolls back."""
    # What was read so far may be changed by the step: on SQLite the snapshot ends here.
    end_reading()
    return cast(AbstractContextManager[Any], house().step())


def end_reading() -> None:
    """Ends the reading session, so that what is read next sees what was committed meanwhile."""
    session = g.pop("reading", None)
    if session is not None:
        session.close()
    g.pop("actor", None)


def person() -> Person:
    """Who is asking, as the row of the person; set by the session cookie or by the bearer token."""
    return cast(Person, g.person)


def actor() -> Actor:
    """Who is asking, with unit and roles as they are now (not as they were at sign-in)."""
    if "actor" not in g:
        g.actor = actors.load(reading(), person().name)
    return cast(Actor, g.actor)


def _close_reading(_error: BaseException | None) -> None:
    end_reading()
