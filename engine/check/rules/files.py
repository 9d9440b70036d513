"""Rules about a package's files: what cannot be read, what is missing, what lies beside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.check.registry import Spot, at, error, warning
from engine.check.subject import Subject
from engine.packages import YamlError, load_yaml
from engine.packages.manifest import EVERY_CASE
from engine.packages.manifest import FILE as MANIFEST


@error("manifest", "`package.yaml` is missing, is no YAML 1.2, or has an unknown key or a value of the wrong type.")
def manifest(subject: Subject) -> Iterator[Spot]:
    for problem in subject.package.problems:
        if problem.file == MANIFEST:
            yield Spot(problem.file, None, problem.line, problem.message)


@error("package", "A file of the package, or the package as a whole, cannot be read.")
def package(subject: Subject) -> Iterator[Spot]:
    for problem in subject.package.problems:
        if problem.file != MANIFEST:
            yield Spot(problem.file, None, problem.line, problem.message)


def _problems(subject: Subject, rule: str) -> Iterator[Spot]:
    for problem in subject.diagrams.problems:
        if problem.rule == rule:
            yield Spot(problem.file, problem.element, problem.line, problem.message)


@error("xml", "A diagram is not well-formed, no BPMN 2.0, too large, or has a DTD or entities.")
def xml(subject: Subject) -> Iterator[Spot]:
    yield from _problems(subject, "xml")


@error("duplicate-id", "An id stands twice in one diagram.")
def duplicate_id(subject: Subject) -> Iterator[Spot]:
    yield from _problems(subject, "duplicate-id")


@error("missing-id", "A process, a node or a flow has no id.")
def missing_id(subject: Subject) -> Iterator[Spot]:
    yield from _problems(subject, "missing-id")


@error("duplicate-process", "Two processes of the package have the same id.")
def duplicate_process(subject: Subject) -> Iterator[Spot]:
    yield from _problems(subject, "duplicate-process")


@error("message-declared-twice", "Two files declare a message of the same name with other keys or another payload.")
def message_declared_twice(subject: Subject) -> Iterator[Spot]:
    yield from _problems(subject, "message-declared-twice")


@error("no-process", "The package has no executable process.")
def no_process(subject: Subject) -> Iterator[Spot]:
    if any(process.executable for process in subject.diagrams.processes.values()):
        return
    for file, root in subject.diagrams.documents.items():
        yield Spot(file, None, root.sourceline, 'No process here is executable; set isExecutable="true" on one.')


@warning("not-executable", "A process is not executable, so that nobody can start it.")
def not_executable(subject: Subject) -> Iterator[Spot]:
    executable = [process for process in subject.diagrams.processes.values() if process.executable]
    for process in subject.diagrams.processes.values():
        if executable and not process.executable:
            yield at(process, f'The process {process.id!r} is only drawn; set isExecutable="true" if it shall run.')


@error("empty-process", "An executable process has no elements.")
def empty_process(subject: Subject) -> Iterator[Spot]:
    for process in subject.processes:
        if process.executable and not process.elements:
            yield at(process, f"The process {process.id!r} has no elements; draw at least a start event.")


@warning("file-ignored", "A file lies in the package that is no part of one.")
def file_ignored(subject: Subject) -> Iterator[Spot]:
    for name in subject.package.ignored:
        yield Spot(
            name,
            None,
            None,
            "The file is not read: packages have package.yaml, *.bpmn, *.dmn, forms/*.form, "
            "scenarios/*.yaml and i18n/en.yaml.",
        )


@warning("numbering-process", "`numbering` has an entry for a process that is not in the package.")
def numbering_process(subject: Subject) -> Iterator[Spot]:
    for name in subject.package.manifest.numbering:
        if name != EVERY_CASE and name not in subject.diagrams.processes:
            yield Spot(
                MANIFEST,
                None,
                None,
                f"numbering has {name!r}, which is no process of the package; "
                f"write the id of one, or {EVERY_CASE} for all without a pattern of their own.",
            )


@warning("no-scenario", "The package has no scenario that tests it.")
def no_scenario(subject: Subject) -> Iterator[Spot]:
    if not subject.package.scenarios:
        yield Spot(MANIFEST, None, None, "The package has no scenarios; put at least one in scenarios/.")


@warning("scenario", "A scenario is no YAML map, or names a process or an element that is not in the package.")
def scenario(subject: Subject) -> Iterator[Spot]:
    for name, data in subject.package.scenarios.items():
        try:
            content = load_yaml(data)
        except YamlError as problem:
            yield Spot(name, None, problem.line, problem.message)
            continue
        if not isinstance(content, dict):
            yield Spot(name, None, 1, "A scenario must be a map with process, people, start, steps and expect.")
        elif str(content.get("process")) not in subject.diagrams.processes:
            yield Spot(name, None, None, f"The process {content.get('process')!r} is not in the package.")
        else:
            known = {element.id for element in subject.diagrams.elements()}
            for element in sorted(_not_to_be_met(content) - known):
                yield Spot(name, None, None, f"The element {element!r} is not in the package, so that it is never met.")


def _not_to_be_met(scenario: dict[str, Any]) -> set[str]:
    """The elements that are expected not to be open or visited: one that is misspelt never is."""
    steps = scenario.get("steps")
    written = [scenario, *(steps if isinstance(steps, list) else ())]
    expected = [part.get("expect") for part in written if isinstance(part, dict)]
    lists = [part.get(key) for part in expected if isinstance(part, dict) for key in ("no_tasks", "not_visited")]
    return {name for names in lists if isinstance(names, list) for name in names if isinstance(name, str)}
