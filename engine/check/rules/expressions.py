"""Rules about expressions, scripts, and the names that variables get."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.check.places import Place, places, written_names
from engine.check.registry import Spot, at, error
from engine.check.subject import Subject
from engine.feel import Assignment, FeelSyntaxError, compile_expression, compile_script, is_wrapped, unwrap
from engine.forms.names import why_no_name
from engine.packages.manifest import FILE as MANIFEST

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_PARAMETER = re.compile(r"(?<![\w.])parameters\s*\.\s*([^\W\d]\w*)")


@error("expression", "An expression that is not FEEL, or has text around it.")
def expression(subject: Subject) -> Iterator[Spot]:
    for place in places(subject):
        wrong = _wrong_with(place)
        if wrong:
            yield at(place.owner, f"The {place.what} {_shown(place.text)} cannot be read: {wrong}.", place.line)


def _wrong_with(place: Place) -> str | None:
    if place.text.strip().startswith("#{"):
        return "write ${…} instead of #{…}"
    try:
        if is_wrapped(place.text) or place.bare == "nothing":
            compile_expression(unwrap(place.text))
        elif place.bare == "expression":
            compile_expression(place.text)
    except FeelSyntaxError as problem:
        return str(problem)
    return None


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= 80 else text[:79] + "…")


@error("script", "A script task with a line that is not `name = expression`, or that assigns a name which is taken.")
def script(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if element.kind != "scriptTask" or not element.work.script:
            continue
        try:
            compile_script(element.work.script)
        except FeelSyntaxError as problem:
            yield at(element, f"The script cannot be read: {problem}.")


@error("unknown-function", "An expression calls a function that FEEL does not have.")
def unknown_function(subject: Subject) -> Iterator[Spot]:
    for place in places(subject):
        for name in _missing_functions(place):
            yield at(place.owner, f"The {place.what} {_shown(place.text)} calls {_no_function(name)}", place.line)
    for element in subject.elements:
        for assignment in _assignments(element.work.script if element.kind == "scriptTask" else None):
            for name in sorted(assignment.expression.missing_functions):
                yield at(element, f"The script calls {_no_function(name)}")


def _no_function(name: str) -> str:
    advice = "; values have no methods, write a function of FEEL, such as count(list)" if "." in name else ""
    return f"{name}(…), which is no function of FEEL{advice}."


def _missing_functions(place: Place) -> list[str]:
    if not is_wrapped(place.text) and place.bare != "expression":
        return []
    try:
        return sorted(compile_expression(unwrap(place.text)).missing_functions)
    except FeelSyntaxError:
        return []


@error("unknown-parameter", "An expression reads a parameter that `package.yaml` does not declare.")
def unknown_parameter(subject: Subject) -> Iterator[Spot]:
    known = subject.package.manifest.parameters
    texts = [(place.owner, place.text, place.line) for place in places(subject)]
    scripts = [(element, element.work.script, None) for element in subject.elements if element.work.script]
    for owner, text, line in [*texts, *scripts]:
        for name in dict.fromkeys(_PARAMETER.findall(_TEXT.sub('""', text))):
            if name not in known:
                yield at(owner, f"parameters.{name} is not declared; add it to the parameters of package.yaml.", line)


@error("variable-name", "A name that no variable can have: not a FEEL name, or taken.")
def variable_name(subject: Subject) -> Iterator[Spot]:
    for place in written_names(subject):
        wrong = why_no_name(place.text, is_variable=True)
        if wrong:
            yield at(
                place.owner,
                f"The {place.what} {_shown(place.text)} cannot name a variable: {_reason(wrong)}.",
                place.line,
            )
    for element in subject.elements:
        for assignment in _assignments(element.work.script if element.kind == "scriptTask" else None):
            wrong = why_no_name(assignment.name, is_variable=True)
            if wrong:
                yield at(element, f"The script assigns {assignment.name!r}: {_reason(wrong)}.")
    for name in subject.package.manifest.search:
        if why_no_name(name, is_variable=True):
            yield Spot(MANIFEST, None, None, f"search lists {name!r}, which cannot be the name of a process variable.")


def _reason(wrong: str) -> str:
    """The forms speak of keys; here it is a name."""
    return wrong.replace("the key ", "", 1)


def _assignments(text: str | None) -> tuple[Assignment, ...]:
    try:
        return compile_script(text).assignments if text else ()
    except FeelSyntaxError:
        return ()
