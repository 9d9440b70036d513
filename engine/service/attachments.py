"""Files of a case: checked, kept outside the web root under names that nobody can guess, and found again."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import secrets
import unicodedata
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import Invalid, NotFound
from engine.service.actors import Actor
from engine.service.definitions import Compiled
from engine.service.events import append
from engine.service.file_kinds import FileRefused, kind_of
from engine.service.house import House, Step
from engine.service.opened import lock
from engine.service.sealing import hidden_tasks
from models.cases import Attachment, Instance
from models.tasks import OPEN, Task

MAX_BYTES = 20 * 1024 * 1024
MAX_PER_CASE = 500
_MAX_NAME = 200
_LONGEST_TRANSACTION = dt.timedelta(hours=1)


class FileStore:
    """A folder of files under random names; readable by this program's user alone.

    A file is written before the row that names it is committed, so a crash or a failed commit may leave one that no
    row names. New files therefore lie apart, in `new`, until `settle` has looked for their rows.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Path(folder) / "attachments"
        self._new = self._folder / "new"

    def keep(self, content: bytes) -> str:
        """Write the bytes, to the disk before it returns; gives the name they are kept under."""
        name = secrets.token_hex(32)
        self._new.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._new / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return name

    def open(self, name: str) -> BinaryIO:
        """The file of this name. Raises `ValueError` for what was never given out as a name, `FileNotFoundError`."""
        if len(name) != 64 or set(name) - set("0123456789abcdef"):
            raise ValueError("this is no name of a kept file")
        try:
            return (self._new / name).open("rb")
        except FileNotFoundError:
            return self._settled(name).open("rb")

    def settle(self, written_before: dt.datetime, named: Callable[[str], bool]) -> None:
        """Of the new files written before then, move those that a row names to their place and delete the others."""
        if not self._new.is_dir():
            return
        for path in list(self._new.iterdir()):
            # Several processes may settle at once: what has gone meanwhile is settled.
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < written_before.timestamp():
                    self._settle(path, named(path.name))

    def _settle(self, path: Path, is_named: bool) -> None:
        if not is_named:
            path.unlink()
            return
        place = self._settled(path.name)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        path.rename(place)

    def _settled(self, name: str) -> Path:
        return self._folder / name[:2] / name


def attach(
    step: Step,
    store: FileStore,
    instance_id: uuid.UUID,
    actor: Actor,
    name: str,
    content: bytes,
    *,
    task_id: uuid.UUID | None = None,
    element: str | None = None,
) -> Attachment:
    """Keep a file with a case, with its event. The caller has judged that `actor` may see the case.

    Raises `Invalid` with the code of what is wrong under `file`: `kind`, `content`, `empty`, `too_large`, `too_many`.
    """
    shown = plain_name(name)
    if len(content) > MAX_BYTES:
        raise Invalid(f"a file may have {MAX_BYTES // 1024 // 1024} MB at most", {"file": ["too_large"]})
    try:
        kind = kind_of(shown, content)
    except FileRefused as refused:
        raise Invalid(str(refused), {"file": [refused.code]}) from None
    row = lock(step, instance_id)
    count = sa.select(sa.func.count()).select_from(Attachment).where(Attachment.instance_id == instance_id)
    if (step.session.scalar(count) or 0) >= MAX_PER_CASE:
        raise Invalid(f"a case may have {MAX_PER_CASE} files at most", {"file": ["too_many"]})
    digest = hashlib.sha256(content).hexdigest()
    stored_as = store.keep(content)
    attachment = Attachment(
        instance_id=instance_id,
        task_id=task_id,
        element=element,
        name=shown,
        media_type=kind.media_type,
        size=len(content),
        sha256=digest,
        stored_as=stored_as,
        person=actor.name,
        attached_at=step.now,
    )
    step.session.add(attachment)
    step.session.flush()
    append(
        step,
        row,
        "attachment.added",
        participants=[actor.name],
        actor=actor.name,
        element=element,
        task_id=task_id,
        attachment=attachment.id,
        name=shown,
        size=len(content),
        sha256=digest,
    )
    return attachment


def settle(house: House, store: FileStore) -> None:
    """Look for the rows of new files once the transactions that wrote them have ended, one way or the other."""
    with house.sessions.reading() as session:
        row = sa.select(Attachment.id)
        store.settle(
            house.clock.now() - _LONGEST_TRANSACTION,
            named=lambda name: session.scalar(row.where(Attachment.stored_as == name)) is not None,
        )


def find(session: Session, attachment_id: int) -> Attachment:
    """A file's row. Raises `NotFound`. The caller judges whether its case may be seen."""
    found = session.get(Attachment, attachment_id)
    if found is None:
        raise NotFound("there is no such file")
    return found


class Sealed:
    """Which files of a case its viewer may not see yet: those that others attached to a step whose form is sealed.

    They are part of the opinion, so they are sealed with it (`engine.service.sealing`), and already while the step is
    being done.
    """

    def __init__(self, session: Session, definition: Compiled, instance: Instance, viewer: Actor) -> None:
        self._session, self._definition, self._instance, self._viewer = session, definition, instance, viewer
        self._known: set[uuid.UUID] | None = set() if "auditor" in viewer.roles else None

    def hides(self, file: Attachment) -> bool:
        """Whether the file is one of them."""
        return file.task_id is not None and file.person != self._viewer.name and file.task_id in self._steps()

    def _steps(self) -> set[uuid.UUID]:
        """Asked of the database for the first file that belongs to a step."""
        if self._known is None:
            under_seal = hidden_tasks(self._instance.sealed, self._viewer.name, reads_everything=False)
            being_done = sa.select(Task.id, Task.process, Task.element).where(
                Task.instance_id == self._instance.id, Task.state == OPEN
            )
            self._known = {uuid.UUID(task) for task in under_seal} | {
                row.id
                for row in self._session.execute(being_done)
                if self._definition.element(row.process, row.element).human.sealed_until
            }
        return self._known


def plain_name(name: str) -> str:
    """The last part of a name as people may see it: no folders, no control or direction characters, not too long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    clean = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if dot and len(clean) > _MAX_NAME:
        clean = f"{stem[: _MAX_NAME - len(ending) - 1]}.{ending}"
    return clean[:_MAX_NAME] or "file"
