"""Rules about what people see: names, layout and translations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine.bpmn.model import ACTIVITIES
from engine.check.registry import Spot, at, warning
from engine.check.subject import Subject
from engine.dmn.errors import DmnError
from engine.dmn.xml import children, id_of, local, name_of, parse, text_of
from engine.packages.manifest import FILE as MANIFEST
from engine.packages.package import TRANSLATIONS

_LITERAL = re.compile(r'"([^"\\]*)"')
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_SHOWN_IN_FORMS = frozenset(
    {"label", "description", "text", "placeholder", "prefixAdorner", "suffixAdorner", "alt", "title"}
)
_MAX_NESTING = 40


@warning("missing-name", "A process, activity or splitting gateway without a name.")
def missing_name(subject: Subject) -> Iterator[Spot]:
    for process in subject.processes:
        if process.executable and not process.name.strip():
            yield at(process, "The process has no name; people see its id instead.")
    for element in subject.elements:
        splits = element.kind in ("exclusiveGateway", "inclusiveGateway") and len(element.outgoing) > 1
        if (element.kind in ACTIVITIES or splits) and not element.name:
            yield at(element, f"The {element.kind} has no name; people see its id instead.")


@warning("no-layout", "A diagram, or a part of it, without layout; it is laid out when shown.")
def no_layout(subject: Subject) -> Iterator[Spot]:
    for file, root in subject.diagrams.documents.items():
        drawn = subject.diagrams.drawn[file]
        nodes = [element for element in subject.elements if element.file == file]
        if nodes and not drawn:
            yield Spot(file, None, root.sourceline, "The diagram has no layout (BPMNDI); it is laid out when shown.")
        for node in nodes if drawn else ():
            if node.id not in drawn:
                yield at(node, "The element has no shape in the layout (BPMNDI), so that nobody sees it.")


@warning("missing-translation", "A Chinese name, label or text of a decision that `i18n/en.yaml` does not translate.")
def missing_translation(subject: Subject) -> Iterator[Spot]:
    seen: set[str] = set()
    for spot, text in [*_names(subject), *_labels(subject), *_decided(subject), *_briefed(subject)]:
        text = text.strip()
        if text and text not in seen and _CHINESE.search(text) and text not in subject.package.translations:
            seen.add(text)
            message = f"{text!r} has no English translation; add it to {TRANSLATIONS}."
            yield Spot(spot.file, spot.element, spot.line, message)


def _names(subject: Subject) -> Iterator[tuple[Spot, str]]:
    for process in subject.diagrams.processes.values():
        yield at(process, ""), process.name
        for element in process.elements.values():
            yield at(element, ""), element.name
        for flow in process.flows.values():
            yield at(flow, ""), flow.name
        for lane in process.lanes.values():
            yield at(lane, ""), lane.name
    for pool in subject.diagrams.participants:
        yield at(pool, ""), pool.name


def _labels(subject: Subject) -> Iterator[tuple[Spot, str]]:
    for name, schema in subject.package.forms.items():
        spot = Spot(subject.package.form_file(name), name, None, "")
        for text in _texts(schema, 0):
            yield spot, text


def _briefed(subject: Subject) -> Iterator[tuple[Spot, str]]:
    for section in subject.package.manifest.brief:
        yield from ((Spot(MANIFEST, None, None, ""), text) for text in section.facts.values())


def _decided(subject: Subject) -> Iterator[tuple[Spot, str]]:
    """What people see of decisions: names, what inputs are called, why a rule is there, and the texts that it gives."""
    for name in subject.package.dmn_files:
        try:
            root = parse(subject.package.files[name])
        except DmnError:
            continue  # The rule `decision` says what is wrong with it.
        for node in root.iter(etree.Element):
            spot = Spot(name, id_of(node), node.sourceline, "")
            match local(node):
                case "decision":
                    yield spot, name_of(node)
                case "inputData":
                    yield spot, node.get("label") or ""
                case "rule":
                    yield from ((spot, (child.text or "").strip()) for child in children(node, "description"))
                case "outputEntry":
                    yield from ((spot, text) for text in _LITERAL.findall(text_of(node) or ""))


def _texts(node: Any, depth: int) -> Iterator[str]:
    """Every text of a form that people see."""
    if depth > _MAX_NESTING:
        return
    if isinstance(node, list):
        for item in node:
            yield from _texts(item, depth + 1)
    elif isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, str) and key in _SHOWN_IN_FORMS:
                yield value
            else:
                yield from _texts(value, depth + 1)
