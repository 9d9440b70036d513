"""Rules about who may do a step, by when, and under which separation of duties."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import Element, MultiInstance
from engine.check.graph import Graph
from engine.check.iso8601 import is_duration
from engine.check.registry import Spot, at, error, warning
from engine.check.subject import Subject


@error("nobody", "A user task without role and assignee: a step that nobody could ever do.")
def nobody(subject: Subject) -> Iterator[Spot]:
    for element in subject.human_steps:
        if not element.human.roles and not element.human.assignee:
            yield at(
                element,
                "Nobody could ever do this step; write camunda:candidateGroups or camunda:assignee, "
                "or put it in a lane with loanflow:role.",
            )


@error("unknown-role", "A step, lane, escalation or process names a role that `package.yaml` does not list.")
def unknown_role(subject: Subject) -> Iterator[Spot]:
    if not subject.knows_roles:
        return
    for element in subject.human_steps:
        # A lane's name is a role only where nothing else says who does the step.
        named = bool(element.attributes.get("camunda:candidateGroups")) or not element.human.assignee
        for role in element.human.roles if named else ():
            if role not in subject.roles:
                yield at(element, _unknown(role))
        for escalation in element.human.escalations:
            roles = {escalation.notify, escalation.reassign} - {None, "assignee"}
            for role in sorted(str(role) for role in roles if role not in subject.roles):
                yield at(element, f"The escalation goes to {role!r}: " + _unknown(role), escalation.line)
    for process in subject.processes:
        for role in process.starter_groups or ():
            if role not in subject.roles:
                yield at(process, _unknown(role))
        for lane in process.lanes.values():
            if lane.given_role is not None and lane.given_role not in subject.roles:
                yield at(lane, _unknown(lane.given_role))


def _unknown(role: str) -> str:
    return f"The role {role!r} is not in the roles of package.yaml; add it there or correct the name."


@error(
    "nobody-starts", "An executable process that nobody may start: it has no starter groups and the package no roles."
)
def nobody_starts(subject: Subject) -> Iterator[Spot]:
    for process in subject.processes:
        if not process.executable or not process.has_plain_start:
            continue
        if process.starter_groups is None and not subject.roles and subject.knows_roles:
            yield at(process, "Nobody may start this process; list roles in package.yaml.")
        elif process.starter_groups == ():
            yield at(process, "camunda:candidateStarterGroups is empty, so nobody may start this process; name a role.")


@error(
    "separation", "A separation of duties that cannot hold: a step apart from itself, or the same and another person."
)
def separation(subject: Subject) -> Iterator[Spot]:
    for element in subject.human_steps:
        human = element.human
        if element.id in human.separate_from:
            yield at(element, "loanflow:separateFrom names the step itself.")
        if human.same_as == element.id:
            yield at(element, "loanflow:sameAs names the step itself.")
            continue
        for key in _same_people(subject, element):
            if key != element.id and (key in human.separate_from or _separates(subject, key, element.id)):
                yield at(
                    element, f"The step must go to the same person as {key!r} and to another one; nobody could do it."
                )
                break


def _same_people(subject: Subject, element: Element) -> list[str]:
    """The steps that must all be done by whoever does this one, along `sameAs`."""
    chain: list[str] = []
    key: str | None = element.human.same_as
    while key is not None and key not in chain and key in subject.by_id:
        chain.append(key)
        key = subject.by_id[key][0].human.same_as
    return chain


def _separates(subject: Subject, key: str, other: str) -> bool:
    return any(other in element.human.separate_from for element in subject.by_id.get(key, ()))


@error("same-as-later", "`sameAs` names a step that is never done before this one.")
def same_as_later(subject: Subject) -> Iterator[Spot]:
    for process in subject.processes:
        asking = [element for element in process.elements.values() if element.human.same_as in process.elements]
        graph = Graph(process) if asking else None
        for element in asking:
            earlier = element.human.same_as or ""
            if graph is not None and earlier != element.id and not graph.may_precede(earlier, element.id):
                yield at(element, f"loanflow:sameAs names {earlier!r}, which never comes before this step.")


@error("return-later", "`returnTo` names a step that is never done before this one.")
def return_later(subject: Subject) -> Iterator[Spot]:
    for process in subject.processes:
        graph = Graph(process)
        for element in process.elements.values():
            for earlier in element.human.moves.return_to or () if "loanflow:returnTo" in element.attributes else ():
                here = earlier in process.elements
                if here and (earlier == element.id or not graph.may_precede(earlier, element.id)):
                    yield at(element, f"loanflow:returnTo names {earlier!r}, which never comes before this step.")


@error("authority", "`authorityOf` without `authority`.")
def authority(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if "loanflow:authorityOf" in element.attributes and not element.human.authority:
            yield at(element, 'loanflow:authorityOf needs loanflow:authority="POWER" to be judged.')


@error("escalation", "An escalation without due date, duration or target.")
def escalation(subject: Subject) -> Iterator[Spot]:
    for element in subject.human_steps:
        for item in element.human.escalations:
            if not element.human.due_date:
                yield at(
                    element, "The escalation counts from the due date, but the step has no camunda:dueDate.", item.line
                )
            if not is_duration(item.after):
                yield at(
                    element,
                    f"The escalation's after must be an ISO 8601 duration such as PT4H or P1D, not {item.after!r}.",
                    item.line,
                )
            if not item.notify and not item.reassign:
                yield at(element, "The escalation reaches nobody; write notify or reassign.", item.line)
            if item.reassign == "assignee":
                yield at(element, "reassign takes a role; only notify may name the assignee.", item.line)


@warning("vote-for-all", "A vote whose tasks have no assignee: any candidate may complete several of them.")
def vote_for_all(subject: Subject) -> Iterator[Spot]:
    for element in subject.human_steps:
        loop = element.loop
        if isinstance(loop, MultiInstance) and loop.collection and not loop.sequential and not element.human.assignee:
            yield at(
                element,
                "Each candidate may complete any number of these tasks; "
                f'write camunda:assignee="${{{loop.element_variable or "member"}}}" if each is one person\'s.',
            )
