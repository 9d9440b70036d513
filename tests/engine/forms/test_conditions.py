"""Hidden, disabled, read-only and computed fields: what a submission may and may not say about them."""

from decimal import Decimal as D
from typing import Any

import pytest

from engine.forms import compile_form

from .schemas import codes, field, form


@pytest.mark.parametrize(
    ("hide", "data", "hidden"),
    [
        ('=opinion = "for"', {"opinion": "for"}, True),
        ('=opinion = "for"', {"opinion": "against"}, False),
        ('=opinion = "for"', {}, False),
        ("=amount > 100", {}, True),  # the case's variable is 200
        ("=nobody > 100", {}, False),  # null is not true
        ("=nobody", {}, False),
        ("=opinion", {"opinion": "for"}, False),  # neither is text
        ("=not(ticked)", {}, True),  # an untouched check box is false
        ("=not(ticked)", {"ticked": True}, False),
        ('=opinion = ""', {}, True),  # an untouched text is empty
    ],
)
def test_only_true_hides(hide: str, data: dict[str, Any], hidden: bool) -> None:
    compiled = form(field("textfield", "opinion"), field("checkbox", "ticked"), field("textfield", "reason", hide=hide))
    errors = codes(compiled, {**data, "reason": "because"}, {"amount": D(200)})
    assert errors == ({"reason": ["hidden"]} if hidden else {})


def test_a_hidden_field_is_neither_required_nor_judged_and_null_says_nothing() -> None:
    compiled = form(field("number", "n", hide="=true", validate={"required": True}))
    assert compiled.validate({}, {}) == {}
    assert compiled.validate({"n": None}, {"n": D(1)}) == {}
    assert codes(compiled, {"n": "no number"}) == {"n": ["hidden"]}
    assert codes(compiled, {"n": D(1)}, {"n": D(1)}) == {"n": ["hidden"]}


def test_a_hidden_field_counts_with_what_the_form_began_with() -> None:
    compiled = form(
        field("checkbox", "a"),
        field("textfield", "b", hide="=a"),
        field("textfield", "c", hide='=b = "x"'),
    )
    assert codes(compiled, {"a": False, "b": "x", "c": "y"}) == {"c": ["hidden"]}
    assert compiled.validate({"a": True, "c": "y"}, {}) == {"a": True, "c": "y"}
    assert codes(compiled, {"a": True, "c": "y"}, {"b": "x"}) == {"c": ["hidden"]}
    assert codes(compiled, {"a": True, "b": "x", "c": "y"}) == {"b": ["hidden"]}


def test_a_group_hides_what_is_in_it() -> None:
    group = {
        "type": "group",
        "path": "address",
        "conditional": {"hide": "=abroad"},
        "components": [
            field("textfield", "street", validate={"required": True}),
            {"type": "group", "components": [field("textfield", "city")]},
        ],
    }
    compiled = form(field("checkbox", "abroad"), group)
    assert compiled.validate({"abroad": True, "address": {"street": None}}, {}) == {"abroad": True}
    assert codes(compiled, {"abroad": True, "address": {"street": "s", "city": "c"}}) == {
        "address.street": ["hidden"],
        "address.city": ["hidden"],
    }
    assert codes(compiled, {"abroad": False}) == {"address.street": ["required"]}


def test_a_group_with_a_path_is_a_context_and_keeps_what_the_form_does_not_write() -> None:
    group = {
        "type": "group",
        "path": "address",
        "components": [field("textfield", "street"), field("textfield", "city", readonly=True)],
    }
    compiled = form(group, field("textfield", "customer.name"))
    present = {"address": {"street": "old", "city": "Chengdu", "code": "610000"}}
    data = {"address": {"street": "new", "city": "Chengdu"}, "customer": {"name": "Chen"}}
    assert compiled.validate(data, present) == {
        "address": {"street": "new", "city": "Chengdu", "code": "610000"},
        "customer": {"name": "Chen"},
    }
    assert codes(compiled, {"address": [], "customer": {"name": "x", "age": D(1)}}) == {
        "address": ["not_a_group"],
        "customer.age": ["unknown"],
    }
    assert codes(compiled, {"address": {"code": "x"}}, present) == {"address.code": ["unknown"]}


@pytest.mark.parametrize("lock", [{"readonly": True}, {"readonly": "=locked"}, {"disabled": True}])
def test_a_locked_field_may_only_repeat_what_is_there(lock: dict[str, Any]) -> None:
    compiled = form(field("number", "n", validate={"required": True, "max": 1}, **lock))
    variables = {"n": D("5.10"), "locked": True}
    code = "disabled" if "disabled" in lock else "readonly"
    assert compiled.validate({}, variables) == {}
    assert compiled.validate({"n": None}, variables) == {}
    assert compiled.validate({"n": D("5.1")}, variables) == {}
    assert codes(compiled, {"n": D(1)}, variables) == {"n": [code]}
    assert codes(compiled, {"n": "5.10"}, variables) == {"n": [code]}
    assert codes(compiled, {"n": D(0)}, {"locked": True}) == {"n": [code]}


def test_a_field_is_read_only_only_while_its_expression_is_true() -> None:
    compiled = form(field("checkbox", "lock"), field("textfield", "t", readonly="=lock"))
    assert compiled.validate({"lock": False, "t": "new"}, {"t": "old"}) == {"lock": False, "t": "new"}
    assert codes(compiled, {"lock": True, "t": "new"}, {"t": "old"}) == {"t": ["readonly"]}
    assert codes(compiled, {"t": "new"}, {"t": "old", "lock": None}) == {}


def test_what_the_browser_sends_for_untouched_read_only_fields_is_accepted() -> None:
    kinds = ["textfield", "checkbox", "number", "datetime", "filepicker"]
    compiled = form(
        *(field(kind, kind, readonly=True) for kind in kinds), field("textfield", "t", readonly=True, defaultValue="d")
    )
    untouched = {"textfield": "", "checkbox": False, "number": None, "datetime": None, "filepicker": None, "t": "d"}
    assert compiled.validate(untouched, {}) == {}
    third = D(1) / D(3)
    assert compiled.validate({"number": D(repr(float(third)))}, {"number": third}) == {}


def test_expression_fields_are_computed_here_whatever_the_client_says() -> None:
    compiled = form(
        {"type": "expression", "key": "ratio", "expression": "=total / value"},
        {"type": "expression", "key": "total", "expression": "=loan + fee", "computeOn": "presubmit"},
        field("number", "loan"),
        field("number", "fee"),
        {"type": "expression", "key": "papers", "expression": "=count(list) + 1"},
        field("textfield", "why", hide="=papers < 3"),
    )
    given = {"loan": D("0.1"), "fee": D("0.2"), "ratio": "hostile", "total": [D(1)]}
    assert compiled.validate(given, {"value": D(1), "list": []}) == {
        "loan": D("0.1"),
        "fee": D("0.2"),
        "ratio": D("0.3"),
        "total": D("0.3"),
        "papers": D(1),
    }
    assert codes(compiled, {**given, "why": "x"}, {"value": D(1), "list": ["a"]}) == {"why": ["hidden"]}
    assert codes(compiled, {**given, "why": "x"}, {"value": D(1), "list": ["a", "b"]}) == {}


def test_expressions_that_never_settle_or_give_no_value_end() -> None:
    counting = form({"type": "expression", "key": "n", "expression": "=if n = null then 1 else n + 1"})
    assert type(counting.validate({}, {})["n"]) is D
    function = form({"type": "expression", "key": "f", "expression": "=function(x) x"})
    assert codes(function, {}) == {"": ["expression_failed"]}


def test_an_expression_beyond_its_budget_is_an_error_of_the_form() -> None:
    endless = "=count(for a in 1..9999 return for b in 1..9999 return a) > 0"
    assert codes(form(field("textfield", "t", hide=endless)), {"t": "x"}) == {"": ["expression_failed"]}


def children(*extra: Any, **properties: Any) -> dict[str, Any]:
    return {
        "type": "dynamiclist",
        "path": "children",
        **properties,
        "components": [
            field("textfield", "name", validate={"required": True, "minLength": 2}),
            field("number", "age"),
            field("textfield", "school", hide="=this.age < 6"),
            *extra,
        ],
    }


def test_a_list_becomes_a_list_of_contexts() -> None:
    rows = [{"name": "Li", "age": D(7), "school": "No. 1"}, {"name": "Wu", "age": D(3)}]
    assert form(children()).validate({"children": rows}, {"children": [{"name": "old", "id": D(1)}]}) == {
        "children": rows
    }
    assert form(children()).validate({"children": []}, {}) == {"children": []}
    assert form(children()).validate({}, {"children": rows}) == {}


def test_errors_in_rows_carry_their_number() -> None:
    rows = [{"name": "L"}, None, D(1), {"name": "Wu", "age": D(3), "school": "x", "more": D(1)}]
    assert codes(form(children()), {"children": rows}) == {
        "children[0].name": ["min_length"],
        "children[1].name": ["required"],
        "children[2]": ["not_a_group"],
        "children[2].name": ["required"],
        "children[3].school": ["hidden"],
        "children[3].more": ["unknown"],
    }
    assert codes(form(children()), {"children": {"0": {}}}) == {"children": ["not_a_list"]}
    assert codes(form(children()), {"children": [{"name": "Li"}] * 501}) == {"children": ["too_many_rows"]}


def test_a_hidden_list_takes_no_rows() -> None:
    compiled = form(children(conditional={"hide": "=single"}))
    assert codes(compiled, {"children": [{"name": "L"}]}, {"single": True}) == {"children": ["hidden"]}
    assert compiled.validate({"children": None}, {"single": True}) == {}


def test_rows_that_may_not_be_added_keep_what_the_form_does_not_write() -> None:
    compiled = form(children(field("textfield", "id", readonly=True), allowAddRemove=False))
    present = {"children": [{"name": "Li", "id": "1", "note": "kept"}, {"name": "Wu", "id": "2"}]}
    given = {"children": [{"name": "Lin", "id": "1"}, {"name": "Wu"}]}
    assert compiled.validate(given, present) == {
        "children": [{"name": "Lin", "id": "1", "note": "kept"}, {"name": "Wu", "id": "2"}]
    }
    assert codes(compiled, {"children": [{"name": "Li"}]}, present) == {"children": ["rows_fixed"]}
    assert codes(compiled, {"children": [{"name": "Li", "id": "2"}, {"name": "Wu"}]}, present) == {
        "children[0].id": ["readonly"]
    }
    assert codes(compiled, {}, {}) == {"children[0].name": ["required"]}


def test_read_only_fields_move_with_rows_that_may_be_removed() -> None:
    schema = {"type": "default", "components": [children(field("textfield", "id", readonly=True))]}
    compiled = compile_form(schema)
    assert compiled.warnings == [
        ("id", "it is locked in a list whose rows can be removed: set allowAddRemove to false")
    ]
    present = {"children": [{"name": "Li", "id": "1"}, {"name": "Wu", "id": "2"}]}
    given = {"children": [{"name": "Wu", "id": "2"}, {"name": "Chen", "id": ""}]}
    assert compiled.validate(given, present) == given
    assert codes(compiled, {"children": [{"name": "Wu", "id": "3"}]}, present) == {"children[0].id": ["readonly"]}


def test_lists_within_lists_see_this_parent_and_i() -> None:
    toys = {
        "type": "dynamiclist",
        "path": "toys",
        "components": [
            field("number", "price", validate={"max": "=if parent.age > 2 then 30 else limit"}),
            field("textfield", "note", hide="=i[1] = 2 and i[2] = 1"),
        ],
    }
    compiled = form(children(toys))
    rows = [
        {"name": "Li", "age": D(2), "toys": [{"price": D(11), "note": "n"}]},
        {"name": "Wu", "age": D(3), "toys": [{"price": D(30), "note": "n"}]},
    ]
    assert codes(compiled, {"children": rows}, {"limit": D(10)}) == {
        "children[0].toys[0].price": ["max"],
        "children[1].toys[0].note": ["hidden"],
    }
