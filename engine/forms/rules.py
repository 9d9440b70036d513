"""Turns a component's properties into the kind of its field: which values it takes and what holds for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engine.forms.choice_fields import Checkbox, OneOf, Options, SomeOf, option_values
from engine.forms.document_fields import Documents
from engine.forms.kinds import Kind
from engine.forms.moment_fields import INTERVALS, SERIALISATIONS, Date, DateTime, Time
from engine.forms.number_fields import Number
from engine.forms.patterns import Pattern, PatternError
from engine.forms.report import Reader
from engine.forms.text_fields import VALIDATION_TYPES, Text


def _text(reader: Reader) -> Kind:
    return Text(
        multiline=reader.type == "textarea",
        min_length=reader.bound("minLength"),
        max_length=reader.bound("maxLength"),
        pattern=_pattern(reader),
        pattern_words=_pattern_words(reader),
        validation_type=_validation_type(reader),
    )


def _pattern(reader: Reader) -> Pattern | None:
    source = reader.rules.get("pattern")
    if source is None or source == "":
        return None
    if not isinstance(source, str) or source.startswith("="):
        reader.problem("pattern must be a regular expression; FEEL is not evaluated here")
        return None
    try:
        return Pattern(source)
    except PatternError as error:
        reader.problem(f"pattern: {error}")
        return None


def _pattern_words(reader: Reader) -> str | None:
    words = reader.rules.get("patternErrorMessage")
    return words if isinstance(words, str) and words else None


def _validation_type(reader: Reader) -> str | None:
    kind = reader.rules.get("validationType")
    if kind is None or kind in ("", "custom"):
        return None
    if not isinstance(kind, str) or kind not in VALIDATION_TYPES:
        reader.problem(f"validationType {str(kind)[:50]!r} is unknown: email or phone")
        return None
    return kind


def _number(reader: Reader) -> Kind:
    increment = reader.number("increment")
    if increment is not None and increment <= 0:
        reader.problem("increment must be greater than 0")
        increment = None
    return Number(
        decimal_digits=reader.count("decimalDigits", least=0, most=30),
        increment=increment,
        as_text=reader.flag("serializeToString"),
        least=reader.bound("min"),
        most=reader.bound("max"),
    )


def _options(reader: Reader) -> Options:
    """The first source in form-js's order: valuesKey, then values, then valuesExpression."""
    component = reader.component
    if component.get("valuesKey") is not None:
        key = reader.text("valuesKey")
        if not key:
            reader.problem("valuesKey is empty, so there is nothing to choose")
        reader.read_list(key)
        return Options(key=key)
    if component.get("values") is not None:
        values = option_values(component["values"])
        if not values or not isinstance(component["values"], list) or len(values) < len(component["values"]):
            reader.problem("values must be a list of options, each with a value")
        if any(isinstance(value, dict) and "typename" in value for value in values):
            reader.problem("an option has an entry called typename, which is taken")
        if len({repr(value) for value in values}) < len(values):
            reader.warning("two options have the same value")
        return Options(fixed=tuple(values))
    expression = reader.text("valuesExpression")
    if not expression.startswith("="):
        reader.problem("there is nothing to choose: give values, valuesKey or a valuesExpression that begins with =")
        return Options()
    return Options(formula=reader.formula(expression[1:], "valuesExpression"))


def _datetime(reader: Reader) -> Kind:
    subtype = reader.component.get("subtype", "date")
    every = reader.count("timeInterval", least=1, most=60) or 1
    if every not in INTERVALS:
        reader.problem(f"timeInterval must be one of {', '.join(map(str, INTERVALS))}")
        every = 1
    written = reader.text("timeSerializingFormat")
    if written and written not in SERIALISATIONS:
        reader.problem(f"timeSerializingFormat must be one of {', '.join(SERIALISATIONS)}")
    from_today = reader.flag("disallowPassedDates")
    if subtype == "time":
        return Time(every=every)
    if subtype == "datetime":
        return DateTime(every=every, from_today=from_today)
    if subtype != "date":
        reader.problem(f"subtype {str(subtype)[:50]!r} is unknown: date, time or datetime")
    return Date(from_today=from_today)


KINDS: Final[dict[str, Callable[[Reader], Kind]]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": lambda reader: Checkbox(),
    "select": lambda reader: OneOf(_options(reader)),
    "radio": lambda reader: OneOf(_options(reader)),
    "checklist": lambda reader: SomeOf(_options(reader)),
    "taglist": lambda reader: SomeOf(_options(reader)),
    "datetime": _datetime,
    "filepicker": lambda reader: Documents(reader.toggle("multiple")),
}
"""form-js's types of fields that people fill in, each with what makes its kind."""
