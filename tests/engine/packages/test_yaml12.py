"""YAML 1.2 keeps what was written: decimals digit for digit, times and dates as text, and no surprises."""

from decimal import Decimal

import pytest

from engine.packages import YamlError, load_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2026-03-02", "2026-03-02"),
        ("2026-03-02T09:00:00+08:00", "2026-03-02T09:00:00+08:00"),
        ("true", True),
        ("null", None),
        ("~", None),
        ("", None),
        ("'1.50'", "1.50"),
        ("0x1F", Decimal(31)),
        ("1_000", "1_000"),
        ("-5e3", Decimal("-5E+3")),
        (".inf", ".inf"),
        ("{a: [1, {b: ~}]}", {"a": [Decimal(1), {"b": None}]}),
    ],
)
def test_reads_the_core_schema(text, value):
    assert load_yaml(text) == value


@pytest.mark.parametrize("text", ["749.99", "1.50", "0.1", "12345678901234567890.123456789"])
def test_numbers_are_decimals_exactly_as_written(text):
    number = load_yaml(text)
    assert isinstance(number, Decimal)
    assert str(number) == text


def test_a_version_directive_changes_nothing():
    assert load_yaml("%YAML 1.1\n---\na: yes") == {"a": "yes"}


def test_merge_keys_fill_in_what_is_missing():
    assert load_yaml("base: &b {x: 1, y: 2}\nown: {<<: *b, y: 3}")["own"] == {"x": Decimal(1), "y": Decimal(3)}


@pytest.mark.parametrize(
    ("text", "says", "line"),
    [
        ("a: 1\nb: 2\na: 3", "stands here twice", 3),
        ("a:\n  - [", "Not YAML", None),
        ("x: !!python/object:os.system ls", "is refused", 1),
        ("a: 1\n---\nb: 2", "another document", 2),
        ("{[1]: 2}", "key must be text", 1),
        ("a: &a [*a]", "deep", None),
        ("[" * 600, "deep", None),
        ("x: \x00", "Not YAML", None),
        (b"\xff\xfe\xfa", "UTF-8", None),
    ],
)
def test_refuses(text, says, line):
    with pytest.raises(YamlError, match=says) as caught:
        load_yaml(text)
    if line is not None:
        assert caught.value.line == line


def test_refuses_what_explodes_through_aliases():
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(YamlError, match="aliases counted"):
        load_yaml("\n".join(rows))


@pytest.mark.parametrize("number", ["1e999999999", "-1e-999999999", "9" * 7000, "0x" + "f" * 400_000])
def test_a_number_beyond_all_reckoning_is_refused(number):
    """Ten characters would be written out as a gigabyte, and a long hexadecimal takes seconds to become a decimal."""
    with pytest.raises(YamlError, match=r"number"):
        load_yaml(f"limit: {number}")
