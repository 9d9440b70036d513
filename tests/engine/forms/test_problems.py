"""What the checker is told about a schema before it is deployed."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.forms import compile_form

from .schemas import field, problems

OPTIONS = [{"label": "A", "value": "a"}]
BAD = [
    ({"type": "signature", "key": "x"}, "components of type 'signature' are unknown"),
    ({"type": "default", "components": []}, "components of type 'default' are unknown"),
    (field("textfield", ""), "the key is missing"),
    (field("textfield", "two words"), "is not a name"),
    (field("textfield", "1st"), "is not a name"),
    (field("textfield", "a..b"), "is not a name"),
    (field("textfield", "for"), "is a word of FEEL"),
    (field("textfield", "parameters"), "is taken"),
    (field("textfield", "item"), "is taken"),
    (field("textfield", "nrOfInstances"), "is taken"),
    (field("textfield", "a.typename"), "is taken"),
    (field("textfield", "x", validate={"pattern": "("}), "pattern: a ( without its )"),
    (field("textfield", "x", validate={"pattern": r"(a)\1"}), "back-references are not supported"),
    (field("textfield", "x", validate={"pattern": "=p"}), "FEEL is not evaluated here"),
    (field("textfield", "x", validate={"validationType": "iban"}), "validationType 'iban' is unknown"),
    (field("textfield", "x", validate={"minLength": "three"}), "minLength is neither a number nor an expression"),
    (field("textfield", "x", validate={"required": "=a"}), "validate.required: expressions are not evaluated here"),
    (field("textfield", "x", disabled="=a"), "disabled: expressions are not evaluated here"),
    (field("textfield", "x", defaultValue="=a"), "defaultValue: expressions are not evaluated here"),
    (field("textfield", "x", readonly="=a ="), "readonly: "),
    (field("textfield", "x", hide="=a =="), "conditional.hide: "),
    (field("textfield", "x", hide="a"), "conditional.hide must be an expression that begins with ="),
    (field("textfield", "x", label="{{a +}}"), "label: "),
    (field("textfield", "x", description="<b onclick='x'>"), "can run scripts"),
    (field("number", "x", increment=0), "increment must be greater than 0"),
    (field("number", "x", decimalDigits=-1), "decimalDigits must be a whole number"),
    (field("number", "x", validate={"min": "=1 +"}), "min: "),
    (field("select", "x"), "there is nothing to choose"),
    (field("select", "x", values=[]), "values must be a list of options"),
    (field("select", "x", values=[{"label": "A"}]), "values must be a list of options"),
    (field("select", "x", values=[{"label": "A", "value": {"typename": "x"}}]), "an entry called typename"),
    (field("radio", "x", valuesKey=""), "valuesKey is empty"),
    (field("taglist", "x", valuesExpression="=["), "valuesExpression: "),
    (field("datetime", "x", subtype="week"), "subtype 'week' is unknown"),
    (field("datetime", "x", subtype="time", timeInterval=7), "timeInterval must be one of"),
    (field("datetime", "x", subtype="time", timeSerializingFormat="unix"), "timeSerializingFormat must be one of"),
    (field("expression", "x", expression="a"), "expression must begin with ="),
    (field("expression", "x", expression="=a", computeOn="load"), "computeOn must be"),
    ({"type": "dynamiclist", "components": []}, "the path is missing"),
    ({"type": "dynamiclist", "path": "x", "defaultRepetitions": -1, "components": []}, "defaultRepetitions must be"),
    ({"type": "html", "content": "<script>alert(1)</script>"}, "can run scripts"),
    ({"type": "html", "content": "<img src=x onerror=alert(1)>"}, "can run scripts"),
    ({"type": "text", "text": "[x](javascript:alert(1))"}, "can run scripts"),
    ({"type": "iframe", "url": "http://bank.cn"}, "url must be an https address"),
    (
        {"type": "iframe", "url": "https://bank.cn", "security": {"allowScripts": True, "allowSameOrigin": True}},
        "lift the sandbox",
    ),
    ({"type": "image", "source": "file:///etc/passwd"}, "source must be an https address"),
    ({"type": "table", "dataSource": "=rows["}, "dataSource: "),
    ("textfield", "a component is not an object"),
    ({"type": "group", "components": {}}, "components must be a list"),
]


@pytest.mark.parametrize(("component", "message"), BAD, ids=lambda value: None)
def test_a_problem_names_the_component_and_says_what_is_wrong(component: Any, message: str) -> None:
    found = problems(component)
    assert [text for _, text in found if message in text], found


@pytest.mark.parametrize(
    "components",
    [
        [field("textfield", "a"), field("number", "a")],
        [field("textfield", "a"), field("number", "a.b")],
        [field("textfield", "a.b"), {"type": "group", "path": "a", "components": [field("number", "b")]}],
        [field("textfield", "a"), {"type": "dynamiclist", "path": "a", "components": []}],
    ],
)
def test_a_key_used_twice(components: list[Any]) -> None:
    assert "is used twice" in problems(*components)[0][1]


def test_groups_may_share_a_path_and_rows_have_names_of_their_own() -> None:
    group = {"type": "group", "path": "a", "components": [field("textfield", "b")]}
    other = {"type": "group", "path": "a", "components": [field("textfield", "c")]}
    rows = {"type": "dynamiclist", "path": "rows", "components": [field("textfield", "b"), field("textfield", "item")]}
    assert problems(group, other, rows) == []


def test_a_schema_that_is_none() -> None:
    for schema in (None, [], "x", {"type": "bpmn"}, {"components": "x"}):
        assert compile_form(schema).problems
    assert compile_form({}).problems == []


def test_a_schema_is_bounded() -> None:
    deep: dict[str, Any] = {"type": "group", "components": []}
    for _ in range(200):
        deep = {"type": "group", "components": [deep]}
    assert "nested" in problems(deep)[0][1]
    assert "more than 500" in problems(*(field("textfield", f"f{n}") for n in range(600)))[-1][1]


def test_warnings_about_conditions_in_chains_and_circles() -> None:
    chain = [
        field("textfield", "a"),
        field("textfield", "b", hide="=a = 1"),
        field("textfield", "c", hide="=b = 1"),
        field("textfield", "d", hide="=c = 1"),
        field("textfield", "e", hide="=f = 1"),
        field("textfield", "f", hide="=e = 1"),
    ]
    compiled = compile_form({"components": chain})
    assert compiled.problems == []
    assert compiled.warnings == [
        ("d", "a chain of 3 fields decides whether it is hidden; form-js follows 2"),
        ("e", "whether it is hidden depends on itself, around a circle"),
        ("f", "whether it is hidden depends on itself, around a circle"),
    ]


def test_every_form_of_the_packages_has_no_problems() -> None:
    packages = Path(__file__).parents[3] / "bpmn"
    for path in packages.glob("*/forms/*.form"):
        assert compile_form(json.loads(path.read_text("utf-8"))).problems == [], path
