"""Reads the attributes and extension elements of one BPMN node; it knows nothing of the nodes around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.bpmn.model import (
    Call,
    Entries,
    Escalation,
    Human,
    Items,
    Moves,
    MultiInstance,
    Pass,
    Source,
    StandardLoop,
    Text,
    Unreadable,
    Work,
)
from engine.bpmn.xml import BPMN, CAMUNDA, LOANFLOW, PREFIXES, local_name, namespace, tag


def extension_attributes(node: Any) -> dict[str, str]:
    """The attributes of Camunda's and our namespace, as `camunda:name` and `loanflow:name`."""
    result = {}
    for key, value in node.attrib.items():
        uri, _, name = key[1:].partition("}") if key.startswith("{") else ("", "", key)
        if uri in (CAMUNDA, LOANFLOW):
            result[f"{PREFIXES[uri]}:{name}"] = value
    return result


def extensions(node: Any, uri: str, name: str) -> Iterator[Any]:
    """The extension elements of this name that belong to the node itself."""
    for holder in node.iterchildren(tag(BPMN, "extensionElements")):
        yield from holder.iterchildren(tag(uri, name))


def words(text: str | None) -> tuple[str, ...]:
    """The words of a list that is separated by blanks or commas."""
    return tuple(word for word in re.split(r"[\s,]+", text or "") if word)


def groups(text: str | None) -> tuple[str, ...]:
    """The names of a list that is separated by commas; a name may hold blanks."""
    return tuple(name for name in (part.strip() for part in (text or "").split(",")) if name)


def child_text(node: Any, name: str) -> str | None:
    """The stripped text of a BPMN child; None without the child or without text in it."""
    child = node.find(tag(BPMN, name))
    return None if child is None else ("".join(child.itertext()).strip() or None)


def human(node: Any, attributes: dict[str, str], lane_role: str | None, process: dict[str, str]) -> Human:
    """Who does the step and under which rules; the lane speaks where the step names no candidate groups, and the
    attributes of the process where the step does not say which moves it allows.
    """
    candidates = groups(attributes.get("camunda:candidateGroups"))
    return Human(
        roles=candidates or ((lane_role,) if lane_role else ()),
        assignee=attributes.get("camunda:assignee") or None,
        form_ref=attributes.get("camunda:formRef") or None,
        due_date=attributes.get("camunda:dueDate") or None,
        follow_up=attributes.get("camunda:followUpDate") or None,
        priority=attributes.get("camunda:priority") or None,
        escalations=tuple(
            Escalation(item.get("after") or "", item.get("notify"), item.get("reassign"), item.sourceline)
            for item in extensions(node, LOANFLOW, "escalation")
        ),
        separate_from=words(attributes.get("loanflow:separateFrom")),
        same_as=(attributes.get("loanflow:sameAs") or "").strip() or None,
        recuse=attributes.get("loanflow:recuse") == "true",
        authority=attributes.get("loanflow:authority") or None,
        authority_of=attributes.get("loanflow:authorityOf") or "amount",
        sealed_until=words(attributes.get("loanflow:sealedUntil")),
        duties=words(attributes.get("loanflow:duty")),
        function=attributes.get("loanflow:function") or None,
        moves=_moves({**process, **attributes}),
    )


def _moves(attributes: dict[str, str]) -> Moves:
    def listed(name: str, default: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if name not in attributes:
            return default
        return tuple(word for word in words(attributes[name]) if word != "none")

    allowed = {
        name: attributes.get(f"loanflow:{name}") != "false" for name in ("withdraw", "transfer", "delegate", "pause")
    }
    usual = Moves()
    return Moves(
        return_to=listed("loanflow:returnTo", usual.return_to),
        resume=listed("loanflow:returnResume", usual.resume) or usual.resume,
        cosign=listed("loanflow:cosign", usual.cosign) or (),
        **allowed,
    )


def work(node: Any, attributes: dict[str, str]) -> Work:
    """What runs at the node without a person, with its input and output parameters."""
    return Work(
        operation=attributes.get("loanflow:operation") or None,
        topic=attributes.get("camunda:topic") if attributes.get("camunda:type") == "external" else None,
        decision_ref=attributes.get("camunda:decisionRef") or None,
        result_variable=attributes.get("camunda:resultVariable") or None,
        map_decision_result=attributes.get("camunda:mapDecisionResult") or None,
        script=child_text(node, "script"),
        script_format=node.get("scriptFormat"),
        inputs=_parameters(node, "inputParameter"),
        outputs=_parameters(node, "outputParameter"),
    )


def _parameters(node: Any, kind: str) -> dict[str, Source]:
    return {
        parameter.get("name") or "": _source(parameter)
        for holder in extensions(node, CAMUNDA, "inputOutput")
        for parameter in holder.iterchildren(tag(CAMUNDA, kind))
    }


def _source(node: Any) -> Source:
    children = list(node)
    if not children:
        return Text((node.text or "").strip(), node.sourceline)
    child = children[0]
    kind = local_name(child)
    if len(children) > 1 or namespace(child) != CAMUNDA or kind not in ("list", "map"):
        return Unreadable(kind, child.sourceline)
    if kind == "list":
        return Items(tuple(_list_item(item) for item in child))
    return Entries({entry.get("key") or "": _source(entry) for entry in child})


def _list_item(node: Any) -> Source:
    if local_name(node) == "value":
        return Text((node.text or "").strip(), node.sourceline)
    return Unreadable(local_name(node), node.sourceline)


def call(node: Any) -> Call:
    """What a call activity calls, and what passes."""
    return Call(
        called=(node.get("calledElement") or "").strip() or None,
        ins=tuple(_pass(item) for item in extensions(node, CAMUNDA, "in")),
        outs=tuple(_pass(item) for item in extensions(node, CAMUNDA, "out")),
    )


def _pass(node: Any) -> Pass:
    return Pass(
        source=node.get("source"),
        source_expression=node.get("sourceExpression"),
        target=node.get("target"),
        everything=node.get("variables") == "all",
        business_key=node.get("businessKey"),
        line=node.sourceline,
    )


def loop(node: Any) -> MultiInstance | StandardLoop | None:
    """The loop of an activity, if it has one."""
    standard = node.find(tag(BPMN, "standardLoopCharacteristics"))
    if standard is not None:
        return StandardLoop(
            condition=child_text(standard, "loopCondition"),
            test_before=standard.get("testBefore") in ("true", "1"),
            maximum=standard.get("loopMaximum"),
            line=standard.sourceline,
        )
    several = node.find(tag(BPMN, "multiInstanceLoopCharacteristics"))
    if several is None:
        return None
    return MultiInstance(
        sequential=several.get("isSequential") in ("true", "1"),
        collection=several.get(tag(CAMUNDA, "collection")) or child_text(several, "loopDataInputRef"),
        element_variable=several.get(tag(CAMUNDA, "elementVariable")) or _item_name(several, "inputDataItem"),
        cardinality=child_text(several, "loopCardinality"),
        output_collection=child_text(several, "loopDataOutputRef"),
        output_item=_item_name(several, "outputDataItem"),
        completion_condition=child_text(several, "completionCondition"),
        line=several.sourceline,
    )


def _item_name(node: Any, name: str) -> str | None:
    item = node.find(tag(BPMN, name))
    return None if item is None else (item.get("name") or item.get("id") or None)
