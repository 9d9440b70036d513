"""How people are related, in the reader's language: kinds of relations, and chains from one link to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext

from models.queries import staff
from web.context import reading


def relation_kinds() -> dict[str, str]:
    """What one customer is to another."""
    return {
        "family": gettext("家庭成员"),
        "spouse": gettext("配偶"),
        "shareholder": gettext("股东"),
        "beneficial_owner": gettext("受益所有人"),
        "legal_representative": gettext("法定代表人"),
        "guarantor_of": gettext("保证人"),
        "affiliate": gettext("关联方"),
    }


def staff_kinds() -> dict[str, str]:
    """What a customer is to somebody of the house."""
    return {
        "self": gettext("本人"),
        "spouse": gettext("配偶"),
        "family": gettext("近亲属"),
        "friend": gettext("朋友"),
        "invested": gettext("投资的企业"),
        "leads": gettext("任职的企业"),
        "other": gettext("关系人"),
    }


def party_kinds() -> dict[str, str]:
    """What a customer is in a case. Not all cases are of loans, so whom it is about is not called the borrower."""
    return {"customer": gettext("所涉客户"), "guarantors": gettext("保证人"), "staff": gettext("本案所涉人员")}


def why_recused(facts: Mapping[str, Any], titles: Mapping[str, str] | None = None) -> str:
    """Why somebody must stand back: to which party they are related, and how, link by link."""
    name = str(facts.get("person", ""))
    titles = staff.titles_of(reading(), [name]) if titles is None else titles
    who = titles.get(name, name)
    if "party" not in facts:
        return gettext("%(who)s 已声明与本案有利益冲突", who=who)
    party = party_kinds().get(str(facts["party"]), str(facts["party"]))
    said = gettext("%(who)s 与本案%(party)s有关系", who=who, party=party)
    links = chain_words(facts.get("chain") or (), titles)
    return gettext("%(said)s：%(links)s", said=said, links=links) if links else said


def chain_words(chain: Iterable[Iterable[str]], titles: Mapping[str, str]) -> str:
    """The links of a chain: the first is of somebody of the house."""
    said = []
    for number, (who, kind, whom) in enumerate(chain):
        kinds = staff_kinds() if number == 0 else relation_kinds()
        whom = titles.get(whom, whom) if number == 0 else whom
        said.append(gettext("%(who)s 是 %(whom)s 的%(kind)s", who=who, whom=whom, kind=kinds.get(kind, kind)))
    return gettext("；").join(said)
