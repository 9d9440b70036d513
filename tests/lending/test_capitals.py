"""Amounts in Chinese capitals: known answers, and no two amounts alike."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.capitals import LIMIT, in_capitals

_FIGURE = {figure: value for value, figure in enumerate("零壹贰叁肆伍陆柒捌玖")}
_PLACE = {"拾": 10, "佰": 100, "仟": 1_000}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        # The first four are the examples of 银发〔1997〕393号, annex 1; 整 is written after jiao as well.
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("10", "壹拾元整"),
        ("10000001", "壹仟万零壹元整"),
        ("100005000", "壹亿零伍仟元整"),
        ("1500000000000", "壹万伍仟亿元整"),
    ],
)
def test_known_amounts(amount, words):
    assert in_capitals(Decimal(amount)) == words


@given(st.integers(0, int(LIMIT) * 100 - 1))
def test_the_words_read_back_as_the_amount(fen):
    assert _read(in_capitals(Decimal(fen) / 100)) == fen


def _read(words: str) -> int:
    yuan, _mark, rest = words.partition("元") if "元" in words else ("", "", words)
    total = 0
    for mark, unit in (("亿", 10**8), ("", 1)):
        part, found, after = yuan.partition(mark) if mark else (yuan, "", "")
        if mark and not found:
            continue
        total += _below_a_hundred_million(part) * unit
        yuan = after
    jiao = rest.partition("角")[0].strip("零") if "角" in rest else "零"
    fen = rest.rpartition("角")[2].partition("分")[0].strip("零") if "分" in rest else "零"
    return total * 100 + _FIGURE[jiao or "零"] * 10 + _FIGURE[fen or "零"]


def _below_a_hundred_million(words: str) -> int:
    high, found, low = words.partition("万")
    return _group(high) * 10_000 + _group(low) if found else _group(words)


def _group(words: str) -> int:
    total, figure = 0, 0
    for char in words:
        if char in _PLACE:
            total, figure = total + figure * _PLACE[char], 0
        else:
            figure = _FIGURE[char]
    return total + figure


@pytest.mark.parametrize("amount", ["-1", "0.001", "1e16", "NaN", "Infinity"])
def test_what_is_no_amount_is_refused(amount):
    with pytest.raises(ValueError, match=r"capitals|fen"):
        in_capitals(Decimal(amount))
