"""Separation of duties (GOV-2): investigation, review, approval and disbursement of one loan by different persons.

What a step does of these stands in `loanflow:function`, else it follows from the duties it cites where they leave no
doubt. A package that says neither is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType

from engine.bpmn.model import Element
from engine.check.graph import Graph
from engine.check.registry import Spot, at, error, warning
from engine.check.subject import Subject
from engine.feel import is_wrapped

FUNCTIONS = ("investigation", "review", "approval", "disbursement")
NONE = "none"
"""Written for a step that cites a duty of a function and does not exercise it, such as one that mends papers."""

FUNCTION_OF_DUTY: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("INV-1", "INV-2", "INV-3", "INV-4", "INV-7"), "investigation"),
        **dict.fromkeys(("REV-4", "REV-6"), "approval"),
        **dict.fromkeys(("DIS-1", "DIS-2"), "disbursement"),
    }
)
"""REV-2 is not among them: it is the duty of those who ask and of those who answer."""

_TWO_PEOPLE = "INV-1"
_APART = frozenset({"investigation", "approval"})
_CHOICES = frozenset({"exclusiveGateway", "eventBasedGateway"})


@dataclass(frozen=True)
class _Exercise:
    """A step, its function, and whether the diagram declares it or it follows from a duty."""

    step: Element
    function: str
    declared: bool


def _exercises(subject: Subject) -> Iterator[_Exercise]:
    for step in subject.human_steps:
        declared = step.human.function
        if declared is not None:
            if declared in FUNCTIONS:
                yield _Exercise(step, declared, True)
            continue
        functions = {FUNCTION_OF_DUTY[duty] for duty in step.human.duties if duty in FUNCTION_OF_DUTY}
        for function in sorted(functions):
            yield _Exercise(step, function, False)


class _Together:
    """Which steps may be done in one case, and whether they could fall to one person there."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._graphs: dict[str, Graph] = {}
        self._families = [self._family(process.id) for process in subject.processes]

    def _family(self, root: str) -> frozenset[str]:
        """A process with all that it calls."""
        found, waiting = {root}, [root]
        while waiting:
            process = self.subject.diagrams.processes.get(waiting.pop())
            for element in process.elements.values() if process else ():
                called = element.call.called if element.call else None
                if called and called not in found:
                    found.add(called)
                    waiting.append(called)
        return frozenset(found)

    def could_be_one_person(self, one: Element, other: Element) -> bool:
        """Whether nothing keeps one person from doing both."""
        if not any({one.process_id, other.process_id} <= family for family in self._families):
            return False
        if self._never_both(one, other) or _two_named(one, other):
            return False
        ones, others = self._same(one.id), self._same(other.id)
        if other.id in ones:
            return False  # The same person is wanted; that this contradicts a separation is a finding of its own.
        return not any(self._separates(a, b) or self._separates(b, a) for a in ones for b in others)

    def _never_both(self, one: Element, other: Element) -> bool:
        """Whether they stand on ways of one process that exclude each other."""
        if one.process_id != other.process_id:
            return False
        process = self.subject.process_of(one)
        for element in process.elements.values():
            beside = element.by_event or (element.kind == "boundaryEvent" and not _interrupts(element))
            if beside or (len(element.outgoing) > 1 and element.kind not in _CHOICES):
                return False
        graph = self._graphs.setdefault(process.id, Graph(process))
        return not graph.may_precede(one.id, other.id) and not graph.may_precede(other.id, one.id)

    def _same(self, key: str) -> frozenset[str]:
        """The steps that go to the person of this one, along `sameAs` in both directions."""
        found, waiting = {key}, [key]
        while waiting:
            current = waiting.pop()
            for step in self.subject.human_steps:
                near = {step.id: step.human.same_as, step.human.same_as: step.id}.get(current)
                if near is not None and near not in found:
                    found.add(near)
                    waiting.append(near)
        return frozenset(found)

    def _separates(self, key: str, other: str) -> bool:
        return any(other in element.human.separate_from for element in self.subject.by_id.get(key, ()))


def _interrupts(element: Element) -> bool:
    return element.event is None or element.event.interrupting


def _two_named(one: Element, other: Element) -> bool:
    """Whether each is for one person, named outright, and these are two."""
    names = one.human.assignee, other.human.assignee
    return all(name and not is_wrapped(name) and "#{" not in name for name in names) and names[0] != names[1]


def _findings(subject: Subject, wanted: bool) -> Iterator[Spot]:
    together = _Together(subject)
    told: set[tuple[str, str]] = set()
    for one, other in combinations(list(_exercises(subject)), 2):
        pair = one.step.id, other.step.id
        if one.step is other.step or pair in told or _is_grave(one, other) is not wanted:
            continue
        if together.could_be_one_person(one.step, other.step):
            told.add(pair)
            yield at(other.step, _words(one, other))


def _is_grave(one: _Exercise, other: _Exercise) -> bool | None:
    """True for what forbids deployment, False for advice, None for what may well fall to one person."""
    if one.function == other.function:
        two_people = all(_TWO_PEOPLE in each.step.human.duties for each in (one, other))
        return True if two_people and one.function == "investigation" else None
    return (one.declared and other.declared) or {one.function, other.function} == _APART


def _words(one: _Exercise, other: _Exercise) -> str:
    steps = " and ".join(
        f"{each.step.name or each.step.id!r} ({each.step.id}, {each.function})" for each in (one, other)
    )
    return (
        f"{steps} could fall to one person (GOV-2); "
        f'write loanflow:separateFrom="{one.step.id}" on {other.step.id}, '
        f'or loanflow:function="{NONE}" on a step that only prepares.'
    )


@error(
    "separation-missing",
    "Investigation and approval, both investigators, or any two functions that the diagram declares "
    "(`loanflow:function`), could fall to one person.",
)
def separation_missing(subject: Subject) -> Iterator[Spot]:
    yield from _findings(subject, True)


@warning(
    "separation-advised",
    "By the duties they cite, two steps are different functions of one loan, and could fall to one person.",
)
def separation_advised(subject: Subject) -> Iterator[Spot]:
    yield from _findings(subject, False)
