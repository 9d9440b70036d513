"""SQLite databases for tests, each a copy of one made before, on engines that tests hand on to one another.

An engine keeps the statements that it has compiled: for a new one, compiling them takes longer than most tests.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from models.database import Sessions, make_engine


class Databases:
    """Databases in files of a folder, one at a time on each engine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._idle: list[sa.Engine] = []
        self._made = 0

    @contextmanager
    def copy_of(self, image: Path) -> Iterator[Sessions]:
        """A database that begins as `image` and ends with the block."""
        engine = self._idle.pop() if self._idle else self._engine()
        put(engine, image)
        try:
            yield Sessions(engine)
        finally:
            engine.dispose()
            self._idle.append(engine)

    def _engine(self) -> sa.Engine:
        self._made += 1
        return make_engine(f"sqlite:///{self._folder / f'{self._made}.db'}", durable=False)


def put(engine: sa.Engine, image: Path) -> None:
    """Let the database of `engine` be as `image`; nobody may be using it."""
    engine.dispose()
    file = _file(engine)
    for part in ("", "-wal", "-shm"):
        Path(f"{file}{part}").unlink(missing_ok=True)
    shutil.copyfile(image, file)


def take(engine: sa.Engine, image: Path) -> None:
    """Keep the database of `engine` as it is now in the file `image`; nobody may be using it."""
    engine.dispose()
    file = _file(engine)
    assert not Path(f"{file}-wal").exists(), "somebody is still using the database"
    shutil.copyfile(file, image)


def _file(engine: sa.Engine) -> str:
    assert engine.url.database is not None
    return engine.url.database


@contextmanager
def statements(engine: sa.Engine) -> Iterator[list[str]]:
    """The statements that are sent to a database within the block."""
    sent: list[str] = []

    def note(*call: Any) -> None:
        sent.append(call[2])

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
