"""Rules about forms: those that steps name, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.registry import Spot, at, error, warning
from engine.check.subject import Subject
from engine.forms import compile_form

_WITH_FORM = frozenset({"userTask", "startEvent"})


@error("unknown-form", "A step names a form that is not in the package.")
def unknown_form(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        name = element.human.form_ref
        if name and subject.package.form_file(name) not in subject.package.files:
            yield at(element, f"The form {name!r} is not in the package; put it at {subject.package.form_file(name)}.")


@error("form-misplaced", "A form on something that asks nobody.")
def form_misplaced(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if not element.human.form_ref:
            continue
        if element.kind not in _WITH_FORM:
            yield at(element, f"A {element.kind} asks nobody; camunda:formRef belongs on user tasks and start events.")
        elif element.kind == "startEvent" and element.scope is not None:
            yield at(element, "A sub-process is not started by a person; put the form on a user task in it.")


@error("form", "A form that cannot be enforced: unknown kinds of fields, wrong rules, keys that are taken.")
def form(subject: Subject) -> Iterator[Spot]:
    for name, schema in subject.package.forms.items():
        for where, message in compile_form(schema).problems:
            yield Spot(subject.package.form_file(name), name, None, f"{where}: {message}." if where else f"{message}.")


@warning("form-advice", "Something in a form that a designer should look at.")
def form_advice(subject: Subject) -> Iterator[Spot]:
    for name, schema in subject.package.forms.items():
        for where, message in compile_form(schema).warnings:
            yield Spot(subject.package.form_file(name), name, None, f"{where}: {message}." if where else f"{message}.")


@warning("no-form", "A user task without a form: any variables may be given.")
def no_form(subject: Subject) -> Iterator[Spot]:
    for element in subject.human_steps:
        if not element.human.form_ref:
            yield at(element, "The step has no form, so that any variables may be given; write camunda:formRef.")


@warning("form-unused", "A form that no step names.")
def form_unused(subject: Subject) -> Iterator[Spot]:
    used = {element.human.form_ref for element in subject.elements}
    for name in subject.package.forms:
        if name not in used:
            yield Spot(subject.package.form_file(name), name, None, f"No step names the form {name!r}.")
