"""What the page of one task shows: its form with what it starts from, what I may do, what stands against the rest."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext

from engine.errors import Refused
from engine.service import replacing, tasks
from engine.service.choosing import offered
from engine.service.signed_content import fingerprint
from models.people import Person
from models.queries import staff
from models.tasks import OPEN, STEP, Task
from web import able
from web.context import actor, house, reading
from web.language import language
from web.pages import form_texts
from web.pages.case_view import CaseView
from web.pages.moments import due_state
from web.pages.refusals import explained
from web.pages.task_moves import TaskMoves
from web.pages.task_rows import meetings_of


class TaskPage:
    """One task for one reader."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.case = CaseView(task.instance)
        self.words = self.case.words
        self.element = self.words.definition.element(task.process, task.element)
        self.name = self.words.text(task.name)
        self.is_open = task.state == OPEN
        self.due = due_state(task.due_at, task.follow_up_at, task.paused_at)
        self.duties = self.element.human.duties
        self.moves = TaskMoves(task, self.case)
        self.roles = self.words.roles(role for role in (task.role or "").split(",") if role)

    @cached_property
    def refused(self) -> Refused | None:
        """What stands against the reader doing the task now."""
        return able.refused(self.task)

    @cached_property
    def stands_for(self) -> str:
        """For whom the reader would do the task as a deputy, by display name; empty in the own right."""
        away = able.stood_in_for(self.task, actor()) if self.is_open else None
        return staff.titles_of(reading(), [away]).get(away or "", "")

    @property
    def may_do(self) -> bool:
        """Whether the reader could complete the task."""
        return self.refused is None

    @property
    def mine(self) -> bool:
        """Whether the reader has the task."""
        return self.is_open and self.task.assignee == actor().name

    @property
    def may_claim(self) -> bool:
        """Whether nobody has it and the reader could take it."""
        return self.may_do and self.task.assignee is None

    @property
    def may_release(self) -> bool:
        """Whether it can go back to its role: by who has it, or by an administrator."""
        held = self.mine or ("admin" in actor().roles and self.is_open and self.task.assignee is not None)
        return held and bool(self.task.role or self.given_by)

    @property
    def may_declare(self) -> bool:
        """Whether the step asks for recusal, and the reader has not declared a conflict yet."""
        return self.is_open and not self.case.declared and self.case.may_add

    @cached_property
    def why(self) -> list[dict[str, Any]]:
        """What the reader cannot do here, with the rule and who could."""
        if not self.is_open:
            return []
        doing = gettext("办理 %(task)s", task=self.name)
        refused = [] if self.refused is None else [explained(self.refused, self.task, doing)]
        return refused + self.moves.forbidden

    @cached_property
    def delegates(self) -> list[Person]:
        """To whom the reader may delegate or transfer it."""
        return able.who_could(self.task, besides=actor().name) if self.moves.may_act else []

    @property
    def may_assign(self) -> bool:
        """Whether the reader looks after the task, and may give it to somebody."""
        seen = able.judged_task(self.task)
        return self.task.kind == STEP and replacing.may_assign(self.words.definition, seen, actor())

    @cached_property
    def replacements(self) -> list[replacing.Able]:
        """Who can do it instead of whoever has it, the least busy first (GOV-1)."""
        return able.replacements(self.task, besides=self.task.assignee) if self.is_open else []

    @property
    def holder(self) -> str:
        """Who has the task, by display name."""
        return staff.titles_of(reading(), [self.task.assignee]).get(self.task.assignee or "", "")

    @property
    def owner(self) -> str:
        """In whose name a delegated task is done."""
        return staff.titles_of(reading(), [self.task.owner]).get(self.task.owner or "", "")

    @property
    def given_by(self) -> str:
        """To whom it is given back when released: who delegated it; empty when it goes to its role."""
        return self.owner if self.task.owner != self.task.assignee else ""

    @property
    def completed_by(self) -> str:
        """Who completed it."""
        return self.case.titles.get(self.task.completed_by or "", "")

    @property
    def completed_for(self) -> str:
        """In whose name it was completed."""
        return self.case.titles.get(self.task.completed_for or "", "")

    @cached_property
    def facts_hash(self) -> str:
        """The hash of what this page shows: whoever completes the step signs that, or is told that it has changed."""
        return fingerprint(self.case.look.facts(actor(), self.case.look.branch(self.task.id)))

    @property
    def has_form(self) -> bool:
        """Whether the package has a form for the step."""
        return self.element.human.form_ref is not None

    @cached_property
    def draft(self) -> dict[str, Any]:
        """What the reader filled in so far, or has given for others to sign before it counts."""
        return tasks.draft_of(self.task, actor()) or tasks.pending_of(self.task, actor())

    @property
    def form(self) -> dict[str, Any]:
        """What the page's script draws: schema and data in the reader's language, where to send what, and its words."""
        compiled = self.words.definition.form(self.element.human.form_ref or "")
        seen = {**self.case.look.branch(self.task.id), "parameters": self.words.definition.parameters}
        if self.may_do:
            path = able.judged_task(self.task).unit_path
            seen = offered(house(), reading(), compiled, seen, path, house().clock.now(), language())
        translations = self.words.definition.package.translations
        schema, shown = form_texts.with_figures(
            compiled.localise(translations, "en" if language() == "en" else "zh"), seen, self.words
        )
        held = {**compiled.initial(seen, zone=house().calendar.zone), **self.draft}
        told, back = form_texts.in_words(schema, held, self.words)
        return {
            "schema": schema,
            "data": {**told, **shown},
            "back": back,
            "readonly": not self.may_do,
            "version": self.task.lock_version,
            "facts_hash": self.facts_hash,
            "urls": {
                "complete": url_for("tasks.complete", task_id=self.task.id),
                "draft": url_for("tasks.draft", task_id=self.task.id),
            },
            "words": {
                "saved": gettext("草稿已存 {time}"),
                "saving": gettext("正在保存草稿"),
                "unsaved": gettext("草稿没有存上：{why}"),
                **form_texts.script_words(),
            },
        }

    @property
    def reviewed(self) -> list[dict[str, Any]]:
        """Two reports that were made apart and that this step judges, since neither author may do it.

        Who pays out judges the formalities, who convenes the committee nothing: for them the reports lie with the case.
        """
        if self.element.human.function == "disbursement" or "REV-3" in self.duties:
            return []
        apart = self.words.definition.separated.get(self.task.element, frozenset())
        return [pair for pair in self.case.pairs if self.is_open and {pair["a"].element, pair["b"].element} <= apart]

    @property
    def chain(self) -> list[dict[str, Any]]:
        """What all before held, for a step that decides or that puts to and minutes what is decided (REV-3).

        Nothing of it is sealed any more once such a step is open.
        """
        hears = self.element.human.function == "approval" or "REV-3" in self.duties
        return self.case.chain if self.is_open and hears else []

    @cached_property
    def meeting(self) -> str:
        """The meeting before which the case is while this step waits, by number, if the reader may see it."""
        return next(iter(meetings_of([self.task]).values()), "")

    @property
    def given(self) -> Any:
        """What was given when the task was completed, unless it gave nothing."""
        return next((item for item in reversed(self.case.given) if item.element == self.task.element), None)
