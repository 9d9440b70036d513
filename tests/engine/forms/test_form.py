"""What a form offers besides judging: its fields, the browser's data, its texts in two languages."""

from datetime import date, datetime
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest

from engine.errors import Invalid
from engine.forms import FormInvalid
from engine.forms.messages import MESSAGES, message

from .schemas import field, form


def test_fields_and_keys() -> None:
    compiled = form(
        {"type": "text", "text": "# {{customer_name}} {{#if vip}}VIP{{/if}}"},
        field("number", "limit", id="Field_1", validate={"required": True, "max": "=amount"}),
        {
            "type": "group",
            "path": "address",
            "components": [field("select", "city", valuesKey="cities", hide="=abroad")],
        },
        {"type": "dynamiclist", "path": "children", "components": [field("datetime", "born", readonly="=this.old")]},
    )
    assert compiled.keys == {"limit", "address", "children"}
    assert compiled.reads == {"customer_name", "vip", "amount", "cities", "abroad"}
    seen = [(f.path, f.variable, f.type, f.value_type, f.required, f.readonly, f.hidden) for f in compiled.fields]
    assert seen == [
        ("limit", "limit", "number", "number", True, False, False),
        ("address.city", "address", "select", "any", False, False, None),
        ("children[].born", "children", "datetime", "date", False, None, False),
    ]
    assert (compiled.fields[0].id, compiled.fields[0].label) == ("Field_1", "limit")


def test_the_browser_starts_from_variables_defaults_and_what_expressions_read() -> None:
    compiled = form(
        field("number", "limit", defaultValue=5),
        field("number", "exact", serializeToString=True),
        field("textfield", "note", defaultValue="none", hide="=amount > 5"),
        field("datetime", "day"),
        field("select", "city", values=[{"label": "A", "value": "a"}]),
        {"type": "group", "path": "address", "components": [field("textfield", "street")]},
        {"type": "dynamiclist", "path": "rows", "defaultRepetitions": 2, "components": [field("checkbox", "ok")]},
    )
    variables = {
        "limit": None,
        "exact": D("1.10"),
        "day": date(2026, 3, 2),
        "city": "gone",
        "amount": D(1),
        "secret": "s",
    }
    assert compiled.initial(variables) == {
        "amount": D(1),
        "limit": None,
        "exact": "1.10",
        "note": "none",
        "day": "2026-03-02",
        "city": None,
        "address": {"street": ""},
        "rows": [{"ok": False}, {"ok": False}],
    }
    assert compiled.initial({})["limit"] == D(5)


def test_what_the_browser_starts_from_is_accepted_when_sent_back() -> None:
    compiled = form(
        field("datetime", "at", subtype="datetime"),
        field("taglist", "tags", values=[{"label": "A", "value": "a"}]),
        field("textfield", "fixed", readonly=True),
    )
    variables = {"at": datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")), "tags": ["a"], "fixed": "f"}
    assert compiled.validate(compiled.initial(variables), variables) == {"at": variables["at"], "tags": ["a"]}


def test_today_is_the_given_instant_in_the_institutions_zone() -> None:
    compiled = form(field("textfield", "late", hide='=today() < date("2026-03-02")'))
    almost = datetime(2026, 3, 1, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai"))
    with pytest.raises(FormInvalid):
        compiled.validate({"late": "x"}, {}, now=almost)
    assert compiled.validate({"late": "x"}, {}, now=almost, zone=ZoneInfo("Asia/Tokyo")) == {"late": "x"}


def test_messages_in_two_languages_and_the_designers_own() -> None:
    compiled = form(
        field("number", "n", validate={"max": 1000}),
        field("textfield", "t", validate={"pattern": "^A", "patternErrorMessage": "以 A 开头"}),
    )
    with pytest.raises(FormInvalid) as chinese:
        compiled.validate({"n": D(1001), "t": "x"}, {})
    assert chinese.value.errors == {
        "n": [{"code": "max", "message": "不得大于 1000"}],
        "t": [{"code": "pattern", "message": "以 A 开头"}],
    }
    english = {"以 A 开头": "Begins with A"}
    with pytest.raises(FormInvalid) as translated:
        compiled.validate({"n": D(1001), "t": "x"}, {}, language="en", translate=lambda text: english.get(text, text))
    assert translated.value.errors["n"][0]["message"] == "It must be at most 1000"
    assert translated.value.errors["t"][0]["message"] == "Begins with A"
    assert isinstance(translated.value, Invalid)


def test_the_catalogue_is_complete_in_both_languages() -> None:
    facts = {name: D(1) for name in ("limit", "step", "below", "above", "minutes")}
    for code in MESSAGES:
        assert message(code, "zh", facts) != message(code, "en", facts)


def test_a_schema_in_english() -> None:
    compiled = form(
        field(
            "select",
            "意见",
            label="意见",
            values=[{"label": "同意", "value": "同意"}],
            validate={"patternErrorMessage": "错"},
        ),
        {"type": "text", "text": "说明\n"},
        field("number", "n", label="未翻译", appearance={"suffixAdorner": "元"}),
    )
    english = compiled.localise({"意见": "Opinion", "同意": "For", "说明": "Note", "元": "CNY", "错": "Wrong"}, "en")
    select, text, number = english["components"]
    assert select["key"] == "意见"
    assert select["label"] == "Opinion"
    assert select["values"] == [{"label": "For", "value": "同意"}]
    assert select["validate"]["patternErrorMessage"] == "Wrong"
    assert text["text"] == "Note"
    assert (number["label"], number["appearance"]["suffixAdorner"]) == ("未翻译", "CNY")
    assert compiled.localise({"意见": "Opinion"}, "zh") == compiled.schema
