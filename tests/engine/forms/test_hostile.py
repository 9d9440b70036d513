"""Whatever is submitted: an answer, in bounded time, and nothing in it that the form did not ask for."""

from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.forms import FormInvalid, compile_form
from engine.values import check_variable

from .schemas import codes, field, form

FORM = form(
    field("number", "number", increment=2, decimalDigits=1, validate={"min": "=least", "max": 100}),
    field("number", "numeric", serializeToString=True),
    field("textfield", "text", hide="=number > 5", validate={"pattern": "^(a+)+$", "minLength": 1}),
    field("textarea", "area", readonly="=ticked", validate={"validationType": "email"}),
    field("checkbox", "ticked", disabled=False),
    field("select", "one", values=[{"label": "A", "value": "a"}, {"label": "B", "value": 2}]),
    field("checklist", "several", valuesExpression="=if ticked then [1, 2] else [text]"),
    field("datetime", "day"),
    field("datetime", "clock", subtype="time"),
    field("datetime", "moment", subtype="datetime"),
    field("filepicker", "files", multiple=True),
    field("textfield", "locked", disabled=True),
    {"type": "expression", "key": "computed", "expression": "=count(rows)"},
    {"type": "group", "path": "group", "components": [field("textfield", "text"), field("number", "number")]},
    {
        "type": "dynamiclist",
        "path": "rows",
        "components": [field("textfield", "text"), field("number", "number", hide="=this.text = null")],
    },
)
NAMES = st.sampled_from([*sorted(FORM.keys), "__proto__", "typename", "parameters", "\x00", ""]) | st.text(max_size=5)
ATOMS = (
    st.none()
    | st.booleans()
    | st.text(max_size=20)
    | st.decimals()
    | st.integers()
    | st.floats()
    | st.sampled_from(["a", "2026-03-02", "09:30", "2026-03-02T09:30", "9" * 5_000, D(2), "li@bank.cn"])
)
VARIABLES = st.recursive(
    st.none() | st.booleans() | st.text(max_size=9) | st.decimals(allow_nan=False, allow_infinity=False) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)
VALUES = st.recursive(
    ATOMS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    data=st.dictionaries(NAMES, VALUES, max_size=6) | VALUES,
    variables=st.dictionaries(st.sampled_from(sorted(FORM.keys)), VARIABLES, max_size=3),
)
def test_any_json_is_accepted_or_refused_and_never_more(data: Any, variables: dict[str, Any]) -> None:
    messages = []
    try:
        values = FORM.validate(data, variables)
    except FormInvalid as invalid:
        messages = [entry["message"] for entries in invalid.errors.values() for entry in entries]
        values = {}
    assert values or all(messages)
    assert values.keys() <= FORM.keys
    for name, value in values.items():
        if name not in variables:
            check_variable(value, name)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        ATOMS,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "type",
                        "key",
                        "path",
                        "components",
                        "validate",
                        "conditional",
                        "hide",
                        "values",
                        "readonly",
                        "min",
                        "pattern",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_any_schema_compiles_and_reports(schema: Any) -> None:
    compiled = compile_form(
        {
            "type": "default",
            "components": [schema, {"type": "textfield", "key": "x", **(schema if isinstance(schema, dict) else {})}],
        }
    )
    assert all(message for _, message in compiled.problems)
    assert compiled.initial({}).keys() == compiled.keys
    errors = codes(compiled, {})
    assert {code for found in errors.values() for code in found} <= {"required", "expression_failed"}


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = {"group": value}
    return value


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([], {"": ["not_a_form"]}),
        (None, {"": ["not_a_form"]}),
        ("text", {"": ["not_a_form"]}),
        (nested(100_000), {"": ["too_deep"]}),
        ({"x": [D(1)] * 30_000}, {"": ["too_large"]}),
        ({"x": "a" * 300_000}, {"": ["too_large"]}),
        ({"a" * 300_000: D(1)}, {"": ["too_large"]}),
        ({"__proto__": {"admin": True}}, {"__proto__": ["unknown"]}),
        ({"typename": "x"}, {"typename": ["unknown"]}),
        ({"a\x00\n\u202eb": D(1)}, {"a\ufffd\ufffd\ufffdb": ["unknown"]}),
        ({7: D(1), None: D(2)}, {"7": ["unknown"], "None": ["unknown"]}),
    ],
    ids=lambda value: str(value)[:20] if not isinstance(value, dict) else "data",
)
def test_hostile_submissions(data: Any, expected: dict[str, list[str]]) -> None:
    assert codes(form(field("textfield", "x")), data) == expected


def test_the_number_of_errors_and_the_length_of_paths_are_bounded() -> None:
    errors = codes(form(field("textfield", "x")), {f"{number}" + "k" * 1_000: D(1) for number in range(150)})
    assert len(errors) == 101
    assert errors[""] == ["too_many_errors"]
    assert max(map(len, errors)) < 220


def test_display_components_take_no_values() -> None:
    shown = [
        {"type": kind, "id": kind, "key": kind} for kind in ("text", "html", "spacer", "separator", "button", "table")
    ]
    compiled = form(*shown, field("textfield", "x"))
    assert compiled.keys == {"x"}
    assert codes(compiled, {"text": "x", "button": True}) == {"text": ["unknown"], "button": ["unknown"]}
