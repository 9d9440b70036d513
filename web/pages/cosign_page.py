"""What somebody sees who is asked to sign with another's step: whose step it is, why, and what the form gave."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from flask_babel import gettext

from engine.errors import Refused
from engine.service import cosigning
from engine.service.cosigning import shown_to_signers
from engine.service.signed_content import fingerprint
from models.queries import staff
from models.tasks import OPEN, Task
from web import able
from web.context import actor, reading
from web.pages.case_view import CaseView
from web.pages.cosignatures import Cosignature, asked_for
from web.pages.moments import due_state
from web.pages.refusals import rule_words
from web.viewing import visible_task


class CosignPage:
    """One signature that was asked for, for one reader."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.of = visible_task(reading(), actor(), task.of_task)  # type: ignore[arg-type]
        self.case = CaseView(task.instance)
        self.element = self.case.words.definition.element(task.process, task.element)
        self.name = self.case.words.text(task.name)
        self.is_open = task.state == OPEN
        self.due = due_state(task.due_at, task.follow_up_at)
        self.asked = asked_for(task)

    @cached_property
    def refused(self) -> Refused | None:
        """What stands against the reader signing."""
        return able.refused(self.task)

    @cached_property
    def facts_hash(self) -> str:
        """The hash of what this page shows, and the signature is for."""
        seen = {**self.case.look.branch(self.of.id), **shown_to_signers(self.element, self.of)}
        return fingerprint(self.case.look.facts(actor(), seen))

    @property
    def may_do(self) -> bool:
        """Whether the reader may sign."""
        return self.refused is None

    @property
    def why(self) -> str:
        """The rule that stands against it, and who has to see to it."""
        if self.refused is None:
            return ""
        told, asker = rule_words(self.refused, self.task), self.title(self.task.asked_by)
        return gettext("%(rule)s；请告诉 %(who)s 另请他人签", rule=told, who=asker) if self.mine and asker else told

    @property
    def mine(self) -> bool:
        """Whether the reader is asked."""
        return self.is_open and self.task.assignee == actor().name

    @property
    def may_call_back(self) -> bool:
        """Whether the reader has asked, or administrates."""
        return self.is_open and (self.task.asked_by == actor().name or "admin" in actor().roles)

    def title(self, name: str | None) -> str:
        """What somebody is called."""
        return staff.titles_of(reading(), [name]).get(name or "", "")

    @cached_property
    def others(self) -> list[Cosignature]:
        """Everybody asked to sign with the same step."""
        return [item for item in self.case.cosignatures if item.task.of_task == self.of.id]

    @property
    def own(self) -> Cosignature | None:
        """This signature, with its opinion once it is given."""
        return next((item for item in self.others if item.task.id == self.task.id), None)

    @property
    def is_after(self) -> bool:
        """Whether it is about what was given with the step, rather than about the step to come."""
        return bool(self.asked.get("when") == cosigning.AFTER)

    @cached_property
    def given(self) -> list[dict[str, Any]]:
        """What the step's form gave, for those who sign after it; nothing of what is sealed."""
        words = self.case.words
        if actor().name not in (self.task.assignee, self.task.completed_by, self.task.asked_by):
            return []
        shown = cosigning.shown_to_signers(self.element, self.of)
        return [{"label": words.label(name), "value": words.value(name, value)} for name, value in shown.items()]
