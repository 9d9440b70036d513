"""Rules about attributes and elements of our namespace and of Camunda's: known, in place, with a readable value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.bpmn.xml import BPMN, CAMUNDA, LOANFLOW, local_name, namespace
from engine.check import vocabulary as known
from engine.check.registry import Spot, error, warning
from engine.check.subject import Subject


def _attributes(subject: Subject, uri: str) -> Iterator[tuple[str, Any, str, str]]:
    """File, node, local name and value of every attribute of one namespace."""
    for file, node in subject.nodes:
        for key, value in node.attrib.items():
            if key.startswith("{" + uri + "}"):
                yield file, node, key.rpartition("}")[2], value


def _nodes(subject: Subject, uri: str) -> Iterator[tuple[str, Any, str]]:
    for file, node in subject.nodes:
        if namespace(node) == uri:
            yield file, node, local_name(node)


def _spot(file: str, node: Any, message: str) -> Spot:
    """A spot at the BPMN element that a node belongs to."""
    owner = node
    while owner is not None and (namespace(owner) != BPMN or not owner.get("id")):
        owner = owner.getparent()
    return Spot(file, None if owner is None else owner.get("id"), node.sourceline, message)


@error("loanflow-attribute", "An unknown attribute of `loanflow:`, or one where it has no effect.")
def loanflow_attribute(subject: Subject) -> Iterator[Spot]:
    for file, node, name, _ in _attributes(subject, LOANFLOW):
        kind = local_name(node)
        places = known.LOANFLOW_ATTRIBUTES.get(name)
        if places is None:
            yield _spot(
                file, node, f"loanflow:{name} is unknown; known are {', '.join(sorted(known.LOANFLOW_ATTRIBUTES))}."
            )
        elif namespace(node) != BPMN or kind not in places:
            yield _spot(
                file, node, f"loanflow:{name} has no effect on a {kind}; it belongs on {', '.join(sorted(places))}."
            )


@error(
    "loanflow-element", "An unknown element of `loanflow:`, one in the wrong place, or one with an unknown attribute."
)
def loanflow_element(subject: Subject) -> Iterator[Spot]:
    for file, node, name in _nodes(subject, LOANFLOW):
        if name not in known.LOANFLOW_ELEMENTS:
            names = ", ".join(sorted(known.LOANFLOW_ELEMENTS))
            yield _spot(file, node, f"loanflow:{name} is unknown; known are {names}.")
            continue
        owner, attributes = known.LOANFLOW_ELEMENTS[name]
        parent = node.getparent()
        host = parent.getparent() if parent is not None and local_name(parent) == "extensionElements" else None
        if host is None or local_name(host) != owner:
            yield _spot(file, node, f"loanflow:{name} belongs into the extensionElements of a {owner}.")
        for attribute in node.attrib:
            if attribute not in attributes:
                yield _spot(
                    file, node, f"loanflow:{name} has no attribute {attribute!r}; it has {', '.join(attributes)}."
                )


@error("attribute-value", "An attribute whose value is not one of those that it may have.")
def attribute_value(subject: Subject) -> Iterator[Spot]:
    for uri, prefix in ((LOANFLOW, "loanflow"), (CAMUNDA, "camunda")):
        for file, node, name, value in _attributes(subject, uri):
            allowed = known.VALUES.get(f"{prefix}:{name}")
            if allowed and value not in allowed:
                choice = ", ".join(repr(item) for item in allowed)
                yield _spot(file, node, f"{prefix}:{name} must be {choice}, not {value!r}.")
            elif not value.strip() and prefix == "loanflow" and name != "payload":
                yield _spot(file, node, f"{prefix}:{name} is empty; give it a value or remove it.")


@error("expression-not-allowed", "An expression where only a name can stand.")
def expression_not_allowed(subject: Subject) -> Iterator[Spot]:
    for uri, prefix in ((LOANFLOW, "loanflow"), (CAMUNDA, "camunda")):
        for file, node, name, value in _attributes(subject, uri):
            constant = prefix == "loanflow" or name in known.CONSTANT_CAMUNDA_ATTRIBUTES
            if constant and ("${" in value or "#{" in value):
                yield _spot(file, node, f"{prefix}:{name} takes names, no expression; it says {value!r}.")
    for element in subject.elements:
        called = element.call.called if element.call else None
        if called and ("${" in called or "#{" in called):
            yield Spot(
                element.file, element.id, element.line, "calledElement takes a process id; branch with a gateway."
            )


@error("camunda-refused", "Something of Camunda that runs foreign code, or that this engine cannot run faithfully.")
def camunda_refused(subject: Subject) -> Iterator[Spot]:
    for file, node, name, _ in _attributes(subject, CAMUNDA):
        if name in known.REFUSED_CAMUNDA_ATTRIBUTES:
            yield _spot(file, node, f"camunda:{name} does not run here. {known.REFUSED_CAMUNDA_ATTRIBUTES[name]}")
    for file, node, name in _nodes(subject, CAMUNDA):
        if name in known.REFUSED_CAMUNDA_ELEMENTS:
            yield _spot(file, node, f"camunda:{name} does not run here. {known.REFUSED_CAMUNDA_ELEMENTS[name]}")


@warning("camunda-ignored", "Something of Camunda that has no effect here.")
def camunda_ignored(subject: Subject) -> Iterator[Spot]:
    for file, node, name, _ in _attributes(subject, CAMUNDA):
        if name not in known.CAMUNDA_ATTRIBUTES | known.REFUSED_CAMUNDA_ATTRIBUTES.keys():
            yield _spot(file, node, f"camunda:{name} has no effect here; {known.IGNORED.get(name, 'remove it')}.")
    for file, node, name in _nodes(subject, CAMUNDA):
        if name not in known.CAMUNDA_ELEMENTS | known.REFUSED_CAMUNDA_ELEMENTS.keys():
            yield _spot(file, node, f"camunda:{name} has no effect here; {known.IGNORED.get(name, 'remove it')}.")


@warning("foreign-extension", "Attributes or elements of another engine's namespace, which are not read.")
def foreign_extension(subject: Subject) -> Iterator[Spot]:
    for file, node in subject.nodes:
        names = [key[1:].partition("}")[0] for key in node.attrib if key.startswith("{")]
        if namespace(node) in known.FOREIGN or any(name in known.FOREIGN for name in names):
            uri = next(name for name in [namespace(node), *names] if name in known.FOREIGN)
            yield _spot(
                file,
                node,
                f"What belongs to {known.FOREIGN[uri]} is not read; write camunda: and loanflow: attributes.",
            )
