"""One case with everything a reader may see of it, gathered once for the case page and for the task page beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from flask_babel import gettext

from engine.service.looking import CaseLook
from models.cases import Instance
from models.queries import case_file, register_queries, staff
from models.queries.applications import first_responsible, latest_opinions, resolution_of_case
from models.queries.cases import events_of
from models.queries.customers import find_customers
from models.queries.paging import Page, fetch_page
from models.queries.questions import questions_of
from models.queries.tasks import all_tasks
from models.questions import ReviewQuestion
from models.tasks import COMPLETED, COSIGN, OPEN, STEP, Task
from operations.registers.asking import valid_days
from web import able
from web.context import actor, house, reading
from web.pages import (
    clocks,
    conditions,
    cosignatures,
    diagrams,
    history,
    lookups,
    meeting_view,
    opinions,
    outbox,
    rulings,
)
from web.pages.case_contracts import CaseContracts
from web.pages.case_papers import CasePapers
from web.pages.case_people import CasePeople
from web.pages.moments import now
from web.pages.paper_file import PaperFile
from web.pages.task_rows import TaskRow, amount_of, case_number, rows_of, subject_of
from web.pages.vocabulary import Vocabulary
from web.responsibility import may_read
from web.viewing import takes_part

_EVENTS = 30
_FIRST_FACTS = 12


class CaseView:
    """What templates read of a case. Each part is made when first asked for."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.words = Vocabulary(house().definitions.get(reading(), instance.definition_id))
        self.number = case_number(instance)
        self.subject = subject_of(instance)
        self.amount = amount_of(instance.facts)
        self.unit = staff.unit_names(reading(), [instance.unit_id]).get(instance.unit_id, "")

    @cached_property
    def look(self) -> CaseLook:
        """The case opened for reading."""
        return CaseLook(house(), reading(), self.instance, actor())

    @cached_property
    def facts(self) -> list[dict[str, Any]]:
        """All variables that forms have a name for, as label and value.

        First what people search by, then what has a unit: amounts, terms, rates; what was only ticked comes last.
        What stands in compared opinions is left to them; of variables with one label, each says which step gave it.
        """
        held = self.look.variables
        compared = {name for pair in self.pairs for side in (pair["a"], pair["b"]) for name in side.form}
        order = [*self.words.definition.package.manifest.search, *sorted(self.words.fields(), key=self._weight)]
        named = [
            name
            for name in dict.fromkeys(order)
            if name in held and name not in compared and held[name] not in (None, "", []) and self._label(name)
        ]
        often = Counter(map(self._label, named))
        return [
            {"label": self._label_of_one(name, often), "value": self.words.value(name, held[name])}
            | ({"lang": "zh"} if isinstance(held[name], str) else {})
            for name in named
        ]

    def _weight(self, name: str) -> int:
        known = self.words.fields()[name]
        return 0 if known.unit else 2 if known.type == "checkbox" else 1

    def _label(self, name: str) -> str:
        label = self.words.label(name)
        return "" if label == name else label

    def _label_of_one(self, name: str, often: Counter[str]) -> str:
        label = self._label(name)
        giver = next((item.name for item in reversed(self.given) if name in item.form), None)
        return gettext("%(label)s（%(step)s）", label=label, step=giver) if often[label] > 1 and giver else label

    @property
    def first_facts(self) -> list[dict[str, Any]]:
        """Those that fit on one screen."""
        return self.facts[:_FIRST_FACTS]

    @property
    def more_facts(self) -> list[dict[str, Any]]:
        """All others."""
        return self.facts[_FIRST_FACTS:]

    @cached_property
    def may_add(self) -> bool:
        """Whether the reader may leave remarks, files and declarations here."""
        return takes_part(reading(), actor(), self.instance.id)

    @cached_property
    def other_variables(self) -> list[dict[str, Any]]:
        """Variables that no form has a name for: what the program works with, for those who look after it."""
        if not actor().reads_everything:
            return []
        held = self.look.variables
        unnamed = [name for name in sorted(held) if not self._label(name)]
        return [{"label": name, "value": self.words.value(name, held[name])} for name in unnamed]

    @cached_property
    def steps(self) -> list[Task]:
        """Open and completed tasks, oldest first."""
        return list(case_file.steps(reading(), self.instance.id))

    @cached_property
    def titles(self) -> dict[str, str]:
        """Display names of everybody the page may name."""
        return staff.titles_of(reading(), self._names())

    def _names(self) -> Iterable[str | None]:
        yield from (self.instance.started_by, *case_file.participants(reading(), self.instance.id))
        for task in self.steps:
            yield from (task.assignee, task.owner, task.completed_by, task.completed_for, task.asked_by)
        yield from self.conditions.names()
        yield from (row.person for row in self._opinions)
        yield from (name for row in self._signed for name in (row.on_behalf_of, row.power_of))
        yield from (entry.by for question in self.questions for entry in question.entries)
        yield from (item.person for item in (*self.conflicts, *self.files, *self.remarks))

    @cached_property
    def open_tasks(self) -> list[TaskRow]:
        """What is being done now."""
        query = all_tasks().where(Task.instance_id == self.instance.id, Task.state == OPEN)
        return rows_of(reading().scalars(query.order_by(Task.created_at).limit(case_file.MOST)))

    @cached_property
    def files(self) -> list[Any]:
        """Attached files that the reader may see, the latest first."""
        return [entry.file for entry in self.papers.entries]

    @cached_property
    def papers(self) -> CasePapers:
        """The checklists with their stamps, and the documents under each item."""
        return CasePapers(self.instance, self.words)

    @cached_property
    def remarks(self) -> list[Any]:
        """Remarks, the latest first."""
        return list(case_file.remarks(reading(), self.instance.id))

    @cached_property
    def lookups(self) -> dict[str, Any]:
        """Look-ups in registers, the latest first, and whether the reader may ask for more."""
        rows = register_queries.of_case(reading(), self.instance.id)
        numbers = [number for held in self.instance.parties.values() for number in held]
        customers = find_customers(reading(), [*numbers, *(row.party for row in rows)])
        registers, states, today = lookups.register_words(), lookups.state_words(), now().date()
        holds = valid_days(self.words.definition.parameters)
        askers = staff.titles_of(reading(), (row.asked_by for row in rows))
        ages = {row.id: (today - row.queried_on).days for row in rows if row.queried_on is not None}
        return {
            "rows": [
                {
                    "query": row,
                    "who": customers[row.party].name if row.party in customers else row.party,
                    "register": registers[row.register],
                    "state": states[row.state],
                    "asker": askers.get(row.asked_by or "", ""),
                    "days": ages.get(row.id),
                    "old": ages.get(row.id, 0) > holds,
                }
                for row in rows
            ],
            "parties": [(number, customers[number].name) for number in numbers if number in customers],
            "registers": list(registers.items()),
            "may_ask": self.instance.ended_at is None
            and able.may_look_up((row.task for row in self.open_tasks), actor()),
        }

    @cached_property
    def paper_file(self) -> PaperFile:
        """Who holds the paper file."""
        return PaperFile(self.instance, [row.task for row in self.open_tasks], self.words)

    @property
    def outdated_lookups(self) -> list[str]:
        """Whose latest answer of which register holds no longer, until the case is over."""
        latest: dict[tuple[str, str], Any] = {}
        for row in self.lookups["rows"] if self.instance.ended_at is None else []:
            if row["days"] is not None:
                latest.setdefault((row["who"], row["register"]), row)
        return [
            gettext("%(who)s %(register)s（%(days)s 天前）", who=who, register=register, days=row["days"])
            for (who, register), row in latest.items()
            if row["old"]
        ]

    @cached_property
    def told(self) -> list[dict[str, Any]]:
        """What customers, people and programs were told of the case, the latest first."""
        return outbox.told_of(self.instance)

    @cached_property
    def _signed(self) -> list[Any]:
        return list(case_file.signatures(reading(), self.instance.id))

    @cached_property
    def signatures(self) -> list[dict[str, Any]]:
        """Who answers for which duty."""
        cosigned = {task.id for task in self.steps if task.kind == COSIGN}
        return [
            {
                "row": row,
                "step": self.words.element(row.element),
                "who": self.titles.get(row.person, row.person),
                "cosigned": row.task_id in cosigned,
            }
            for row in self._signed
        ]

    @cached_property
    def cosignatures(self) -> list[cosignatures.Cosignature]:
        """Who was asked to sign with steps, and what they said."""
        return cosignatures.cosignatures(self.instance, self.words, self.titles)

    @cached_property
    def conflicts(self) -> list[Any]:
        """Declared conflicts of interest."""
        return list(case_file.conflicts(reading(), self.instance.id))

    @cached_property
    def agreed(self) -> CaseContracts:
        """Its contracts and what was paid out on them."""
        return CaseContracts(self.instance)

    @property
    def may_read_report(self) -> bool:
        """Whether the reader may read who answers for what."""
        return may_read(actor())

    @property
    def declared(self) -> bool:
        """Whether the reader has declared a conflict."""
        return any(item.person == actor().name for item in self.conflicts)

    @cached_property
    def incidents(self) -> list[Any]:
        """Where the case stands still."""
        return list(case_file.open_incidents(reading(), self.instance.id))

    @property
    def has_brief(self) -> bool:
        """Whether its package says which facts are the main ones (INV-8)."""
        return bool(self.words.definition.package.manifest.brief)

    @property
    def hints(self) -> list[str]:
        """What the identification found that may be a duplicate, or lacking, until the case is over."""
        found = self.look.variables.get("identification_hints") if self.instance.ended_at is None else None
        return [words for words in found if isinstance(words, str)] if isinstance(found, list) else []

    @cached_property
    def related(self) -> CasePeople:
        """The parties of the case, how they are related, and who must stand back."""
        return CasePeople(self.instance)

    @cached_property
    def people(self) -> list[dict[str, Any]]:
        """Who did what: everybody who took part, with the steps completed."""
        done: dict[str, list[str]] = {}
        for task in self.steps:
            if task.state == COMPLETED and task.completed_by:
                name = self.words.text(task.name)
                said = name if task.kind == STEP else gettext("加签 %(step)s", step=name)
                done.setdefault(task.completed_by, []).append(said)
        took_part = dict.fromkeys([*done, *case_file.participants(reading(), self.instance.id)])
        return [
            {
                "name": self.titles.get(name, name),
                "steps": list(dict.fromkeys(done.get(name, []))),
                "started": name == self.instance.started_by,
                "recused": any(item.person == name for item in self.conflicts),
            }
            for name in took_part
        ]

    @cached_property
    def agendas(self) -> list[meeting_view.ItemView]:
        """The agendas on which the case stood before the committee, the latest first."""
        return meeting_view.items_of_case(self.instance)

    @cached_property
    def clocks(self) -> list[clocks.Clock]:
        """The limits of the review, and of the approval until the loan is paid out."""
        approval = resolution_of_case(reading(), self.instance.id)
        waiting = self.instance.ended_at is None and not self.agreed.loans
        return clocks.clocks(self.steps, approval, self.words, waiting)

    @cached_property
    def chain(self) -> list[dict[str, Any]]:
        """Who held what at which stage, with the amount, for whoever decides; the latest of each stage."""
        stages, views = opinions.stage_words(), opinions.view_words()
        return [
            {
                "stage": stages[row.stage],
                "who": self.titles.get(row.person, row.person),
                "view": row.opinion,
                "words": views[row.opinion],
                "amount": (row.facts or {}).get("amount"),
                "reasons": row.reasons,
                "at": row.given_at,
            }
            for row in self._opinions
        ]

    @cached_property
    def _opinions(self) -> list[Any]:
        return list(latest_opinions(reading(), self.instance.id))

    @cached_property
    def conditions(self) -> conditions.ConditionsView:
        """The conditions of the latest resolution."""
        return conditions.ConditionsView(self.instance)

    @cached_property
    def questions(self) -> list[ReviewQuestion]:
        """The compliance desk's questions with what was said to them."""
        return list(questions_of(reading(), self.instance.id))

    @property
    def papers_to_choose(self) -> list[tuple[int, str]]:
        """The case's papers for a choice."""
        return [(file.id, file.name) for file in self.files]

    @cached_property
    def given(self) -> list[opinions.Given]:
        """What each completed step's form gave."""
        events = case_file.completions(reading(), self.instance.id)
        return opinions.given_by(self.instance, events, self.words, self.titles)

    @cached_property
    def pairs(self) -> list[dict[str, Any]]:
        """Opinion A beside opinion B."""
        return opinions.compared(self.given, self.words)

    @cached_property
    def rulings(self) -> list[rulings.Ruling]:
        """Why rules gave what they gave."""
        return rulings.rulings(self.instance, case_file.decided(reading(), self.instance.id), self.words)

    @cached_property
    def first_responsible(self) -> str:
        """Who investigated as A last and so answers first for the loan (INV-7), by display name; empty before."""
        name = first_responsible(reading(), self.instance.id)
        return staff.titles_of(reading(), [name]).get(name, name) if name else ""

    @cached_property
    def diagram(self) -> dict[str, Any]:
        """The marks for the diagrams."""
        return diagrams.drawn(self.instance, self.words, self.steps, self.incidents, self.titles)

    @cached_property
    def _latest_events(self) -> Page:
        return self.events(None, _EVENTS)

    def events(self, cursor: str | None, limit: int) -> Page:
        """A page of events, the latest first. Raises `BadCursor`."""
        return fetch_page(reading(), events_of(self.instance.id), case_file.EVENTS_LAST_FIRST, cursor, limit)

    @cached_property
    def history(self) -> list[dict[str, Any]]:
        """The latest events as sentences."""
        return history.lines(self.instance, self._latest_events.items, self.words)

    @property
    def has_more_history(self) -> bool:
        """Whether there are earlier events."""
        return self._latest_events.next_cursor is not None
