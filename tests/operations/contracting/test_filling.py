"""Templates are filled with facts and nothing else: placeholders are names, conditions are FEEL (LEG-1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.contracting.facts import FACTS
from operations.contracting.filling import (
    BLANK,
    Problem,
    article,
    differences,
    fill,
    problems,
    substitute,
    text_hash,
    unfilled,
)
from operations.contracting.gathering import rate_in_words
from operations.standard_contracts import standard_contracts

FACTS_OF_CHEN = {
    "customer_name": "陈梅",
    "amount": Decimal(180000),
    "start": dt.date(2026, 3, 6),
    "guarantors": ["刘强", "王二"],
    "collateral": ["住房一套", "大棚三座"],
}


def clause(title="金额", text="{{amount}} 元", when="", variable=False):
    return {"title": title, "text": text, "when": when, "variable": variable}


def test_facts_are_written_as_contracts_write_them():
    text = "{{customer_name}}，{{ amount }}，{{start}}，{{guarantors}}，{{collateral}}，{{customer_phone}}"
    written = f"陈梅，180,000.00，2026年3月6日，刘强、王二，1. 住房一套\n2. 大棚三座，{BLANK}"
    assert substitute(text, FACTS_OF_CHEN) == written


@pytest.mark.parametrize(
    "hostile",
    [
        "{{amount}}",
        "{{ ''.__class__.__mro__ }}",
        "{% for x in ().__class__ %}",
        "${now()}",
        "#include",
        r"\input{x}",
        "{{",
    ],
)
def test_what_a_fact_holds_is_never_read_again(hostile):
    assert substitute("{{customer_name}}", {**FACTS_OF_CHEN, "customer_name": hostile}) == hostile


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        (clause(title=" "), [Problem(1, "title_missing", part="title")]),
        (clause(text=" "), [Problem(1, "text_missing")]),
        (clause(text="{{amonut}}"), [Problem(1, "unknown", "amonut")]),
        (clause(text="{{amount.real}}"), [Problem(1, "unknown", "amount.real")]),
        (clause(text="{{amount}"), [Problem(1, "braces")]),
        (clause(text="{% if amount %}"), [Problem(1, "braces")]),
        (clause(when="amount > limit"), [Problem(1, "condition_name", "limit", "when")]),
        (clause(text="a" * 8001), [Problem(1, "too_long")]),
    ],
)
def test_what_is_wrong_with_a_clause_is_named(wrong, found):
    assert problems([wrong]) == found


def test_a_condition_that_is_no_feel_says_why():
    (found,) = problems([clause(when="amount >")])
    assert found.code == "condition"
    assert found.name


def test_titles_are_different_and_a_template_has_clauses():
    assert problems([]) == [Problem(0, "none")]
    assert problems([clause(), clause()]) == [Problem(2, "title_twice", part="title")]


@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_and_condition_is_judged_without_failing(text, when):
    written = [clause(text=text, when=when)]
    if not problems(written):
        fill(written, FACTS_OF_CHEN)


def test_clauses_stand_by_their_conditions_and_are_numbered_anew():
    template = [
        clause("一"),
        clause("二", when="count(guarantors) > 2"),
        clause("三", when="guarantee_kind = null"),
        clause("四", when="customer_phone > 1"),
    ]
    assert [(item["n"], item["title"]) for item in fill(template, FACTS_OF_CHEN)] == [(1, "一"), (2, "三")]


def test_only_variable_clauses_take_words_of_the_desk():
    template = [clause("定", "固定条款"), clause("变", "", variable=True)]
    plain = fill(template, FACTS_OF_CHEN)
    assert unfilled(plain) == ["变"]
    own = fill(template, FACTS_OF_CHEN, {"定": "改掉", "变": "借款人 {{customer_name}} 另约"})
    assert [item["text"] for item in own] == ["固定条款", "借款人 陈梅 另约"]
    assert unfilled(own) == []


def test_the_hash_covers_number_title_parties_and_every_word():
    said = fill([clause()], FACTS_OF_CHEN)
    hashes = {
        text_hash("LC-1", "借款合同", ["陈梅"], said),
        text_hash("LC-2", "借款合同", ["陈梅"], said),
        text_hash("LC-1", "抵押合同", ["陈梅"], said),
        text_hash("LC-1", "借款合同", ["陈", "梅"], said),
        text_hash("LC-1", "借款合同", ["陈梅"], fill([clause(text="{{amount}}元")], FACTS_OF_CHEN)),
    }
    assert len(hashes) == 5
    assert text_hash("LC-1", "借款合同", ["陈梅"], said) in hashes


def test_differences_are_told_by_clause():
    before = fill([clause("一"), clause("二", "旧")], FACTS_OF_CHEN)
    after = fill([clause("一"), clause("二", "新"), clause("三", "加")], FACTS_OF_CHEN)
    assert differences(before, after) == [
        {"title": "二", "before": "旧", "after": "新"},
        {"title": "三", "before": None, "after": "加"},
    ]


@pytest.mark.parametrize(
    ("n", "words"),
    [(1, "第一条"), (10, "第十条"), (12, "第十二条"), (20, "第二十条"), (105, "第一百零五条"), (110, "第一百一十条")],
)
def test_articles_are_counted_in_chinese(n, words):
    assert article(n) == words


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        ("0.0685", "贷款市场报价利率（LPR）3%（2025-05-20 公布，1 年期）加 385 个基点，即年利率 6.85%"),
        ("0.0285", "减 15 个基点，即年利率 2.85%"),
    ],
)
def test_the_rate_is_the_reference_with_its_points(rate, words):
    reference = {"rate": Decimal("3.00"), "source": "2025-05-20 公布，1 年期"}
    assert words in rate_in_words(Decimal(rate), reference)
    assert rate_in_words(Decimal(rate), None).startswith("固定年利率")


@pytest.mark.parametrize("sample", standard_contracts(), ids=lambda sample: sample["code"])
def test_every_sample_can_be_filled(sample):
    assert problems(sample["clauses"]) == []
    assert fill(sample["clauses"], dict.fromkeys(FACTS))
