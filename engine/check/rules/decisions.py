"""Rules about decisions: those that tasks ask, and what stands in the models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.bpmn.xml import XmlError, local_name, parse
from engine.check.registry import Spot, at, error, warning
from engine.check.subject import Subject
from engine.dmn import DmnError, read_model

_ONE_VALUE = frozenset({"singleEntry", "collectEntries"})


@error("unknown-decision", "A business rule task asks a decision that is not in the package.")
def unknown_decision(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        ref = element.work.decision_ref
        if ref and ref not in subject.package.decisions:
            known = ", ".join(subject.package.decisions) or "no decision"
            yield at(element, f"The decision {ref!r} is not in the package; it has {known}.")


@error("decision", "A decision model that cannot be evaluated: expressions that are not FEEL, or missing requirements.")
def decision(subject: Subject) -> Iterator[Spot]:
    for file, data in subject.package.dmn_files.items():
        if any(problem.file == file for problem in subject.package.problems):
            continue
        try:
            problems = read_model(data, subject.package.importer(file)).problems()
        except DmnError as problem:
            yield Spot(file, None, None, f"{problem}.")
            continue
        lines = _lines(file, data) if problems else {}
        for element, message in problems:
            yield Spot(file, element or None, lines.get(element), f"{message}.")


def _lines(file: str, data: bytes) -> dict[str, int]:
    return {node.get("id"): node.sourceline for node in parse(data, file).iter("{*}*") if node.get("id")}


@error("decision-outputs", "A task wants one value of a decision that gives several outputs.")
def decision_outputs(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        file = subject.package.decisions.get(element.work.decision_ref or "")
        if file is None or element.work.map_decision_result not in _ONE_VALUE:
            continue
        outputs = _outputs(subject.package.files[file], file, element.work.decision_ref)
        if len(outputs) > 1:
            yield at(
                element,
                f"camunda:mapDecisionResult {element.work.map_decision_result!r} wants one output, the decision has "
                f"{', '.join(outputs)}; use singleResult or resultList.",
            )


def _outputs(data: bytes, file: str, ref: str | None) -> list[str]:
    """The outputs of the decision's own table; none for other logic."""
    try:
        root = parse(data, file)
    except XmlError:
        return []
    named: list[Any] = [node for node in root.iterchildren("{*}decision") if ref in (node.get("id"), node.get("name"))]
    for table in named[0].iterchildren("{*}decisionTable") if named else ():
        return [node.get("name") or node.get("id") or "?" for node in table if local_name(node) == "output"]
    return []


@warning("decision-result", "A business rule task whose result goes into no variable of its own.")
def decision_result(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if element.kind == "businessRuleTask" and element.work.decision_ref and not element.work.result_variable:
            yield at(element, "The result goes into decisionResult; name a variable with camunda:resultVariable.")
