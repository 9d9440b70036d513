"""Item definitions as FEEL types, and the types that `typeRef` names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.dmn.problems import Problems
from engine.dmn.xml import Element, child, children, id_of, local, name_of, text_of
from engine.feel.errors import FeelSyntaxError
from engine.feel.expression import compile_unary_tests
from engine.feel.parser import Parser
from engine.feel.runtime import Runtime
from engine.feel.syntax import INPUT
from engine.feel.type_parser import parse_type
from engine.feel.types import (
    ANY,
    BUILT_IN,
    Allowed,
    ContextType,
    FunctionType,
    ListType,
    NamedType,
    RangeType,
    Type,
)

_TYPE_NAMES: Final = frozenset(BUILT_IN)


def type_of(reference: str | None) -> Type | None:
    """The type that a `typeRef` names, or None for an empty one: `number`, `feel:number`, `tApplicant`, `m.tLoan`."""
    if reference is None or not reference.strip():
        return None
    name = reference.strip().rpartition(":")[2] if ":" in reference and "<" not in reference else reference.strip()
    if "<" in name:
        try:
            return parse_type(Parser(name))
        except FeelSyntaxError:
            return NamedType(name)
    return BUILT_IN.get(name) or NamedType(name)


def read_types(definitions: Element, problems: Problems) -> dict[str, Type]:
    """The item definitions of a model by name."""
    return {name_of(item): _item_type(item, problems) for item in children(definitions, "itemDefinition")}


def check_type_references(definitions: Element, types: Mapping[str, Type], problems: Problems) -> None:
    """Reports every type that is named and not there: no value conforms to it, so that all would be null."""
    for element in definitions.iter("{*}*"):
        reference = element.text if local(element) == "typeRef" else element.get("typeRef")
        for name in sorted(_names(type_of(reference)) - types.keys()):
            problems.add(id_of(element), f"the type {name!r} is not defined")


def _names(target: Type | None) -> set[str]:
    if isinstance(target, NamedType):
        return {target.name}
    if isinstance(target, ListType):
        return _names(target.item)
    if isinstance(target, RangeType):
        return _names(target.of)
    if isinstance(target, ContextType):
        return {name for _, member in target.members for name in _names(member)}
    if isinstance(target, FunctionType):
        return {name for part in (*target.parameters, target.result) for name in _names(part)}
    return set()


def _item_type(item: Element, problems: Problems) -> Type:
    base = _base_type(item, problems)
    base = _restricted(base, child(item, "allowedValues"), problems)
    if item.get("isCollection") == "true":
        base = ListType(base)
    return _restricted(base, child(item, "typeConstraint"), problems)


def _base_type(item: Element, problems: Problems) -> Type:
    components = list(children(item, "itemComponent"))
    if components:
        return ContextType(tuple((name_of(part), _item_type(part, problems)) for part in components))
    function = child(item, "functionItem")
    if function is not None:
        parameters = tuple(type_of(part.get("typeRef")) or ANY for part in children(function, "parameters"))
        return FunctionType(parameters, type_of(function.get("outputTypeRef")) or ANY)
    reference = child(item, "typeRef")
    return type_of(reference.text if reference is not None else item.get("typeRef")) or ANY


def _restricted(base: Type, tests: Element | None, problems: Problems) -> Type:
    holds = allowed_values(tests, problems)
    return base if holds is None else Allowed(base, holds)


def allowed_values(tests: Element | None, problems: Problems) -> Callable[[Any, Runtime], bool] | None:
    """What `allowedValues`, `inputValues` and the like admit, as a test; None where everything is."""
    text = text_of(tests)
    if tests is None or not text:
        return None
    try:
        expression = compile_unary_tests(text)
    except FeelSyntaxError as error:
        problems.add(id_of(tests), f"{local(tests)}: {error}")
        return None
    # In the evaluation that asks, so that all such tests together stay within its budget.
    return lambda value, runtime: expression.run({}, runtime, {INPUT: value}) is True
