"""Each kind of field: the value it becomes, and what it refuses."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal as D
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from .schemas import codes, field, form

CHINA = timezone(timedelta(hours=8))


def accepted(
    component: dict[str, Any], given: Any, variables: dict[str, Any] | None = None, **circumstances: Any
) -> Any:
    return form(component).validate({"x": given}, variables or {}, **circumstances)["x"]


def refused(
    component: dict[str, Any], given: Any, variables: dict[str, Any] | None = None, **circumstances: Any
) -> Any:
    return codes(form(component), {"x": given}, variables, **circumstances).get("x")


def test_a_number_stays_the_decimal_that_was_written() -> None:
    value = accepted(field("number", "x"), D("1.10"))
    assert (value, str(value)) == (D("1.1"), "1.10")
    assert type(accepted(field("number", "x"), 7)) is D


@pytest.mark.parametrize("given", [True, False, "12", "NaN", D("NaN"), D("sNaN"), D("Infinity"), 1.5, [], {}, [D(1)]])
def test_what_is_no_number_is_refused(given: Any) -> None:
    assert refused(field("number", "x"), given) == ["not_a_number"]


@pytest.mark.parametrize(
    "given",
    [10**5_000, D("9" * 1_000_000), D("1e999999"), D("1e-999999"), D("1" * 35)],
    ids=["integer", "digits", "large", "small", "beyond 34"],
)
def test_absurd_numbers_are_refused_at_once(given: Any) -> None:
    assert refused(field("number", "x"), given) == ["too_many_digits"]


@pytest.mark.parametrize(
    ("properties", "given", "expected"),
    [
        ({"decimalDigits": 2}, "1.50", None),
        ({"decimalDigits": 2}, "1.500", None),
        ({"decimalDigits": 2}, "1.505", ["decimal_digits"]),
        ({"decimalDigits": 0}, "1.5", ["integer"]),
        ({"decimalDigits": 0}, "1e3", None),
        ({"increment": D("0.05")}, "0.15", None),
        ({"increment": "0.05"}, "-0.12", ["increment"]),
        ({"increment": 1000}, "1500", ["increment"]),
        ({"validate": {"min": 0, "max": 1000}}, "0", None),
        ({"validate": {"min": 0, "max": 1000}}, "1000.01", ["max"]),
        ({"validate": {"min": "0.1"}}, "0.09", ["min"]),
        ({"validate": {"min": "=least"}}, "4", ["min"]),
        ({"validate": {"max": "=nobody"}}, "4", None),
        ({"validate": {"max": "=word"}}, "4", ["bound_unknown"]),
        ({"decimalDigits": 0, "validate": {"max": 1}}, "2.5", ["integer", "max"]),
    ],
)
def test_rules_of_numbers(properties: dict[str, Any], given: str, expected: list[str] | None) -> None:
    assert refused(field("number", "x", **properties), D(given), {"least": D(5), "word": "many"}) == expected


def test_a_number_kept_as_text() -> None:
    component = field("number", "x", serializeToString=True, decimalDigits=2, validate={"max": 100})
    assert accepted(component, "12.30") == "12.30"
    assert accepted(component, D("12.30")) == "12.30"
    assert refused(component, "12.345") == ["decimal_digits"]
    assert refused(component, "101") == ["max"]
    for given in ("abc", "NaN", "１２", "1_0", " 1", True):
        assert refused(component, given) == ["not_a_number"]
    assert refused(field("number", "x", serializeToString=True, validate={"required": True}), "") == ["required"]


def test_text_stays_text_and_a_text_field_is_one_line() -> None:
    assert accepted(field("textfield", "x"), " 2026-01-01 ") == " 2026-01-01 "
    assert accepted(field("textfield", "x"), "a\nb\tc") == "a b c"
    assert accepted(field("textarea", "x"), "a\nb") == "a\nb"


@pytest.mark.parametrize("given", [D(1), True, [], {}, ["a"]])
def test_what_is_no_text_is_refused(given: Any) -> None:
    assert refused(field("textfield", "x"), given) == ["not_text"]


@pytest.mark.parametrize("given", ["\x00", "a\x1bb", "\ud800", "\x7f"])
def test_characters_that_no_database_keeps_are_refused(given: str) -> None:
    assert refused(field("textarea", "x"), given) == ["characters"]


@pytest.mark.parametrize(
    ("rules", "given", "expected"),
    [
        ({"minLength": 3}, "  ab  ", ["min_length"]),
        ({"minLength": 3}, "", None),
        ({"maxLength": 3}, " abc ", None),
        ({"maxLength": 3}, "abcd", ["max_length"]),
        ({"maxLength": 3}, "𠮷𠮷", ["max_length"]),
        ({"maxLength": "=most"}, "abc", ["max_length"]),
        ({"maxLength": 20_000}, "a" * 15_000, None),
        ({}, "a" * 10_001, ["max_length"]),
        ({"pattern": r"^\d+$"}, "12", None),
        ({"pattern": r"^\d+$"}, "12a", ["pattern"]),
        ({"pattern": r"\d"}, "a1b", None),
        ({"pattern": r"^\d+$"}, "", None),
        ({"pattern": r"(?=(a|b)*c)x"}, "ab" * 2_000, ["too_complex"]),
        ({"validationType": "email"}, "li@bank.cn", None),
        ({"validationType": "email"}, "li@bank..cn", ["email"]),
        ({"validationType": "phone"}, "+8613800138000", None),
        ({"validationType": "phone"}, "008613800138000", None),
        ({"validationType": "phone"}, "13800138000", ["phone"]),
        ({"validationType": ""}, "anything", None),
        ({"required": True}, "", ["required"]),
    ],
)
def test_rules_of_texts(rules: dict[str, Any], given: str, expected: list[str] | None) -> None:
    assert refused(field("textfield", "x", validate=rules), given, {"most": D(2)}) == expected


def test_a_required_check_box_must_be_ticked() -> None:
    component = field("checkbox", "x", validate={"required": True})
    assert accepted(component, True) is True
    assert refused(component, False) == ["required"]
    assert accepted(field("checkbox", "x"), False) is False
    assert refused(field("checkbox", "x"), D(1)) == ["not_a_boolean"]
    assert refused(field("checkbox", "x"), "true") == ["not_a_boolean"]


STATIC = {"values": [{"label": "甲", "value": "a"}, {"label": "乙", "value": 1}, {"label": "丙", "value": False}]}
FROM_VARIABLE = {"valuesKey": "choices"}
COMPUTED = {"valuesExpression": "=for c in choices return {label: string(c), value: c}"}


@pytest.mark.parametrize("kind", ["select", "radio"])
def test_one_of_the_options(kind: str) -> None:
    component = field(kind, "x", **STATIC)
    assert [accepted(component, given) for given in ("a", D(1), 1, False)] == ["a", D(1), D(1), False]
    assert type(accepted(component, 1)) is D
    for given in ("b", True, D(0), "1", ["a"], {"value": "a"}, D("NaN")):
        assert refused(component, given) == ["not_an_option"]
    assert accepted(component, "") is None
    assert refused(field(kind, "x", validate={"required": True}, **STATIC), "") == ["required"]


@pytest.mark.parametrize("source", [FROM_VARIABLE, COMPUTED])
def test_options_from_a_variable_or_a_formula(source: dict[str, Any]) -> None:
    choices = {"choices": ["a", D("1.5")]}
    component = field("select", "x", **source)
    assert accepted(component, D("1.50"), choices) == D("1.5")
    assert refused(component, "b", choices) == ["not_an_option"]
    assert refused(component, "a", {}) == ["not_an_option"]


def test_a_variable_that_is_no_list_has_no_options() -> None:
    assert refused(field("select", "x", **FROM_VARIABLE), "a", {"choices": "a"}) == ["not_an_option"]


def test_options_with_contexts_as_values() -> None:
    component = field("select", "x", valuesKey="people")
    people = {"people": [{"label": "Li", "value": {"id": D(1)}}, {"label": "Wang", "value": {"id": D(2)}}]}
    assert accepted(component, {"id": D(2)}, people) == {"id": D(2)}
    assert refused(component, {"id": D(2), "typename": "x"}, people) == ["not_an_option"]


@pytest.mark.parametrize("kind", ["checklist", "taglist"])
def test_several_of_the_options(kind: str) -> None:
    component = field(kind, "x", **STATIC)
    assert accepted(component, ["a", False]) == ["a", False]
    assert accepted(component, []) == []
    assert refused(component, "a") == ["not_a_list"]
    assert refused(component, ["a", "z"]) == ["not_an_option"]
    assert refused(component, ["a", "a"]) == ["repeated"]
    assert refused(component, ["a"] * 501) == ["too_many_rows"]
    assert refused(field(kind, "x", validate={"required": True}, **STATIC), []) == ["required"]


NOW = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)  # already the second of March in China


def test_dates() -> None:
    assert accepted(field("datetime", "x"), "2026-03-02") == date(2026, 3, 2)
    assert accepted(field("datetime", "x", subtype="date"), "0001-01-01") == date(1, 1, 1)
    for given in ("2026-02-30", "2026-3-2", "20260302", "2026-03-02T09:00", "2026-W10-1", "today", "", D(20260302), []):
        assert refused(field("datetime", "x"), given) == ["not_a_date"]


def test_days_before_today_in_the_institutions_zone() -> None:
    component = field("datetime", "x", subtype="date", disallowPassedDates=True)
    assert refused(component, "2026-03-01", now=NOW) == ["passed_date"]
    assert refused(component, "2026-03-02", now=NOW) is None
    assert refused(component, "2026-03-01", now=NOW, zone=UTC) is None
    moment = field("datetime", "x", subtype="datetime", disallowPassedDates=True)
    assert refused(moment, "2026-03-01T15:59Z", now=NOW) == ["passed_date"]
    assert refused(moment, "2026-03-01T16:00Z", now=NOW) is None


def test_times() -> None:
    component = field("datetime", "x", subtype="time")
    assert accepted(component, "09:30") == time(9, 30)
    assert accepted(component, "09:30+08:00") == time(9, 30, tzinfo=CHINA)
    assert accepted(component, "01:30Z") == time(1, 30, tzinfo=UTC)
    for given in ("25:00", "9:30", "09:60", "09:30+25:00", "T09:30", "09", D(9)):
        assert refused(component, given) == ["not_a_time"]
    half_hours = field("datetime", "x", subtype="time", timeInterval=30)
    assert refused(half_hours, "09:30") is None
    assert refused(half_hours, "09:15") == ["time_interval"]
    assert refused(half_hours, "09:30:01") == ["time_interval"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-03-02T09:30", datetime(2026, 3, 2, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))),
        ("2026-03-02T09:30+08:00", datetime(2026, 3, 2, 9, 30, tzinfo=CHINA)),
        ("2026-03-02T01:30Z", datetime(2026, 3, 2, 1, 30, tzinfo=UTC)),
    ],
)
def test_date_times_are_instants(given: str, expected: datetime) -> None:
    value = accepted(field("datetime", "x", subtype="datetime"), given)
    assert value == expected
    assert value.tzinfo is not None


def test_what_is_no_date_time_is_refused() -> None:
    component = field("datetime", "x", subtype="datetime", timeInterval=15)
    for given in ("2026-03-02", "2026-03-02 09:30", "2026-02-30T09:30", "0001-01-01T00:00+14:00", D(1)):
        assert refused(component, given) == ["not_a_datetime"]
    assert refused(component, "2026-03-02T01:20Z") == ["time_interval"]


def test_documents_are_references() -> None:
    component = field("filepicker", "x")
    assert accepted(component, "doc-1") == ["doc-1"]
    assert refused(component, ["a", "b"]) == ["one_document"]
    assert accepted(field("filepicker", "x", multiple="=many"), ["a", "b"], {"many": True}) == ["a", "b"]
    assert refused(field("filepicker", "x", multiple=True), ["a", "a"]) == ["repeated"]
    for given in ("../etc/passwd", ["a b"], [D(1)], {}, "x" * 201):
        assert refused(component, given) == ["not_a_document"]
    assert refused(field("filepicker", "x", validate={"required": True}), []) == ["required"]


def test_null_clears_any_field() -> None:
    for component in (
        field("number", "x"),
        field("textfield", "x"),
        field("checklist", "x", **STATIC),
        field("datetime", "x"),
    ):
        assert form(component).validate({"x": None}, {"x": "before"}) == {"x": None}


@pytest.mark.parametrize("kind", ["number", "textfield", "checkbox", "select", "datetime", "filepicker"])
def test_a_required_field_must_be_given_even_where_the_variable_has_a_value(kind: str) -> None:
    options = STATIC if kind == "select" else {}
    compiled = form(field(kind, "x", validate={"required": True}, **options))
    assert codes(compiled, {}, {"x": "a"}) == {"x": ["required"]}
    assert codes(compiled, {"x": None}, {"x": "a"}) == {"x": ["required"]}
