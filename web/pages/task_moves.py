"""What the page of a task offers besides completing it, and why the rest is not possible."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext

from engine.errors import Refused
from engine.service import moves
from engine.service.moves import Target
from engine.values import loads
from models.people import Person
from models.queries import moving, staff
from models.tasks import COMPLETED, OPEN, STEP, Task
from web import able
from web.context import actor, reading
from web.pages.case_view import CaseView
from web.pages.reasons import reason_words
from web.pages.refusals import forbidden_words, move_title


@dataclass(frozen=True)
class Earlier:
    """A step to which the task may be returned; `problem` says why not, `cancels` what else would end."""

    element: str
    name: str
    who: str
    straight_back: bool
    cancels: str
    problem: str


class TaskMoves:
    """The moves of one task for one reader."""

    def __init__(self, task: Task, case: CaseView) -> None:
        self.task, self.case = task, case
        self.allowed = case.words.definition.element(task.process, task.element).human.moves
        self.name = case.words.text(task.name)

    @cached_property
    def refused(self) -> Refused | None:
        """What stands against the reader doing anything with the task; that others have yet to sign does not."""
        return able.refused(self.task, "claim")

    @property
    def may_act(self) -> bool:
        """Whether the reader may do something with the task."""
        return self.refused is None

    @cached_property
    def is_deputy(self) -> bool:
        """Whether the reader may act for somebody who is away, and passes nothing on."""
        return able.stood_in_for(self.task, actor()) is not None

    def may(self, action: str) -> bool:
        """Whether the reader may do this, and the diagram and the task as it stands allow it."""
        if action in ("transfer", "delegate", "after") and self.may_act and self.is_deputy:
            return False
        signing = self.task.pending is not None
        possible = {
            "return": not self.task.cosigners and any(not earlier.problem for earlier in self.earlier),
            "transfer": self.allowed.transfer and not signing and self.task.owner in (None, actor().name),
            "delegate": self.allowed.delegate,
            "before": "before" in self.allowed.cosign and not signing,
            "after": "after" in self.allowed.cosign and not signing,
            "pause": self.allowed.pause and self.task.paused_at is None,
        }
        return self.may_act and possible[action]

    @cached_property
    def earlier(self) -> list[Earlier]:
        """The steps to which it may be returned, and those to which it cannot be."""
        if not self.may_act or self.task.kind != STEP:
            return []
        found = list(moves.targets(self.case.look, self.task))
        titles = staff.titles_of(reading(), (target.last_by for target in found))
        return [self._earlier(target, titles) for target in found]

    def _earlier(self, target: Target, titles: dict[str, str]) -> Earlier:
        words = self.case.words
        return Earlier(
            element=target.element.id,
            name=words.element(target.element.id),
            who=titles.get(target.last_by, target.last_by),
            straight_back=target.straight_back and moves.BACK in self.allowed.resume,
            cancels=words.elements(target.cancels),
            problem="" if target.problem is None else reason_words(target.problem, words),
        )

    @property
    def resumes(self) -> tuple[str, ...]:
        """How work may go on after a return: `between`, `back`."""
        straight = any(earlier.straight_back for earlier in self.earlier)
        return tuple(way for way in self.allowed.resume if way != moves.BACK or straight)

    @cached_property
    def forbidden(self) -> list[dict[str, Any]]:
        """What the diagram does not allow at this step, as the `why` macro shows it."""
        if not self.may_act or self.task.kind != STEP:
            return []
        refused = [
            action
            for action, allowed in (
                ("return", self.allowed.return_to != ()),
                ("transfer", self.allowed.transfer),
                ("delegate", self.allowed.delegate),
                ("cosign", bool(self.allowed.cosign)),
                ("pause", self.allowed.pause),
            )
            if not allowed
        ]
        passed_on = ("transfer", "delegate") if self.is_deputy else ()
        return [self._explained(action, forbidden_words(action, self.name)) for action in refused] + [
            self._explained(action, gettext("代理的工作不能再转给别人")) for action in passed_on
        ]

    def _explained(self, action: str, rule: str) -> dict[str, Any]:
        return {"action": move_title(action), "rule": rule, "duties": (), "who": ""}

    @cached_property
    def signers(self) -> list[Person]:
        """Whom the reader may ask to sign."""
        return able.who_could_sign(self.task, besides=actor().name)

    @cached_property
    def cosignatures(self) -> list[Any]:
        """Who was asked to sign with the task, and what they said."""
        return [item for item in self.case.cosignatures if item.task.of_task == self.task.id]

    def may_call_back(self, asked: Task) -> bool:
        """Whether the reader has asked for this signature, or administrates."""
        return asked.state == OPEN and (asked.asked_by == actor().name or "admin" in actor().roles)

    @cached_property
    def pause(self) -> dict[str, Any] | None:
        """Since when, until when and why the clock of the step stands."""
        if self.task.state != OPEN or self.task.paused_at is None:
            return None
        until: dt.datetime | None = moving.paused_until(reading(), self.task.id)
        [event, *_] = moving.events_of_kind(reading(), self.case.instance.id, "task.paused", task_id=self.task.id)
        return {"since": self.task.paused_at, "until": until, "reason": loads(event.data)["reason"]}

    @cached_property
    def returned(self) -> str:
        """Why the task has come back."""
        return moving.return_reasons(reading(), [self.task]).get(self.task.id, "") if self.task.state == OPEN else ""

    @property
    def done_by_me(self) -> bool:
        """Whether the reader has completed the step, or had it completed in their name."""
        mine = actor().name in (self.task.completed_by, self.task.completed_for)
        return self.task.state == COMPLETED and self.task.kind == STEP and mine

    @cached_property
    def why_not_withdraw(self) -> str:
        """What stands against the reader withdrawing what they have completed; empty when nothing does."""
        reason = moves.why_not_withdraw(self.case.look, self.task, actor())
        return "" if reason is None else reason_words(reason, self.case.words)
