"""Sealed opinions: what a step's form gave is shown only to its author and auditors until other steps are done too.

A step sealed until itself (a vote) is opened when nobody has it to do any more. GOV-2, INV-1, REV-4.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from models.tasks import COMPLETED, STEP, Task

if TYPE_CHECKING:
    from engine.service.opened import OpenedCase


class Seals:
    """The seals of one case, as they are kept with it: who gave what, in which task, until what is done."""

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        self.entries = entries
        self._done_now: set[str] = set()
        self._waived: set[str] = set()

    def names(self) -> set[str]:
        """All variables under seal."""
        return {name for entry in self.entries for name in entry["names"]}

    def add(self, task: Any, authors: Iterable[str], names: Iterable[str], until: Iterable[str]) -> None:
        """Put what a task gave under seal."""
        entry = {
            "task": task.id.hex,
            "element": task.element,
            "since": task.created_at.isoformat(),
            "authors": sorted(set(authors)),
            "names": sorted(set(names)),
            "until": list(until),
        }
        self.entries = [*self.entries, entry]

    def completed(self, element: str) -> None:
        """A person has completed this step."""
        self._done_now.add(element)

    def waive(self, element: str) -> None:
        """An administrator has passed this step by: unless others have it to do, nothing waits for it any more."""
        self._waived.add(element)

    def again(self, element: str, after: uuid.UUID) -> None:
        """A return has ended this step for everybody, to be done anew by tokens put after `after`: what was given waits
        for that round.
        """
        self.entries = [
            {**entry, "again": after.hex} if entry["element"] == element else entry for entry in self.entries
        ]

    def settle(self, case: OpenedCase) -> None:
        """Break the seals whose time has come."""
        if not self.entries:
            return
        still_open = {task.element.id for task in case.after.tasks.values()}
        waived = self._waived - still_open
        entries = [
            {**entry, "until": [step for step in entry["until"] if step not in waived]} for entry in self.entries
        ]
        self.entries = [entry for entry in entries if self._holds(case, entry, still_open)]

    def _holds(self, case: OpenedCase, entry: dict[str, Any], still_open: set[str]) -> bool:
        return any(not self._is_done(case, entry, until, still_open) for until in entry["until"])

    def _is_done(self, case: OpenedCase, entry: dict[str, Any], until: str, still_open: set[str]) -> bool:
        if until in still_open:
            return False
        if until in self._done_now or (until == entry["element"] and "again" not in entry):
            return True
        # In the same round: what was completed before the sealed step began is an opinion of an earlier one.
        query = sa.select(Task.id).where(
            Task.instance_id == case.id,
            Task.element == until,
            Task.state == COMPLETED,
            Task.kind == STEP,
            Task.closed_at >= dt.datetime.fromisoformat(entry["since"]),
        )
        if until == entry["element"]:
            query = query.where(Task.id > uuid.UUID(entry["again"]))
        return case.step.session.execute(query.limit(1)).first() is not None


def hidden_names(sealed: Iterable[dict[str, Any]], viewer: str, *, reads_everything: bool) -> set[str]:
    """The variables that `viewer` must not see yet."""
    if reads_everything:
        return set()
    return {name for entry in sealed if viewer not in entry["authors"] for name in entry["names"]}


def hidden_tasks(sealed: Iterable[dict[str, Any]], viewer: str, *, reads_everything: bool) -> set[str]:
    """The tasks (hex ids) whose forms `viewer` must not see yet."""
    if reads_everything:
        return set()
    return {entry["task"] for entry in sealed if viewer not in entry["authors"]}
