"""The FEEL that is allowed in forms gives the same in form-js (feelin, binary doubles) and on the server.

Random expressions are made from more of FEEL than the checker lets through; of those that it does let through, every
one must agree. So the test fails when the checker lets through what differs.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from engine.feel import compile_expression
from engine.forms import compile_form
from engine.forms.agreement import differences
from engine.forms.expressions import Formula
from engine.values import dumps, loads
from tests.browser.assets.conftest import Watched

pytestmark = pytest.mark.browser

EVALUATE = """async pairs => {
  const canvas = document.getElementById('canvas');
  const mounted = await LoanflowForm.mount(canvas, {schema: {type: 'default', components: []}});
  const language = mounted.form.get('expressionLanguage');
  return pairs.map(([text, data]) => JSON.stringify(language.evaluate('=' + text, data) ?? null) ?? 'null');
}"""
NAMES = {
    "number": ["amount", "rate", "申请金额", "loan.term", "nothing"],
    "text": ["kind", "loan.note", "blank", "nothing"],
    "boolean": ["agreed", "refused", "nothing"],
    "date": ["date(day)", 'date("2026-03-02")', "today()", "date(nothing)"],
    "list": ["papers", "empty", "nothing"],
    "contexts": ["people"],
}
# What `today()` is in the browser can be no other day than the server's within these.
DATA: list[dict[str, Any]] = [
    {
        "amount": 500000,
        "rate": 0.1,
        "申请金额": -3,
        "loan": {"term": 12, "note": "续贷"},
        "nothing": None,
        "kind": "ab",
        "blank": "",
        "agreed": True,
        "refused": False,
        "day": "2026-03-02",
        "papers": ["ab", "续贷"],
        "empty": [],
        "people": [{"name": "李", "age": 30}, {"name": "王", "age": 17}],
    },
    {
        "amount": 0.3,
        "rate": 12,
        "申请金额": 12.5,
        "loan": {},
        "nothing": None,
        "kind": "续贷",
        "blank": None,
        "agreed": None,
        "refused": True,
        "day": None,
        "papers": [],
        "empty": [],
        "people": [],
    },
]
KINDS = {"amount": "number", "rate": "number", "kind": "text", "agreed": "boolean", "people": "list"}


class Maker:
    """Makes expressions of a kind at random, from all of the grammar and from functions of either sort."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def of(self, kind: str, depth: int) -> str:
        makers = getattr(self, f"_{kind}")
        return str(self.random.choice(NAMES[kind])) if depth <= 0 and kind in NAMES else str(makers(depth - 1))

    def _number(self, depth: int) -> str:
        few = self.of
        return self.random.choice(
            [
                lambda: self.random.choice(["0", "5", "-3", "0.1", "12.50", "1e3", "- 3", "123456789012345678", ".5"]),
                lambda: few("number", 0),
                lambda: f"count({few('list', depth)})",
                lambda: f"string length({few('text', depth)})",
                lambda: f"{self.random.choice(['abs', 'floor', 'ceiling', 'sqrt'])}({few('number', depth)})",
                lambda: f"{self.random.choice(['min', 'max', 'sum'])}({few('number', depth)}, {few('number', depth)})",
                lambda: f"({few('number', depth)} {self.random.choice('+-*/')} {few('number', depth)})",
                lambda: f"decimal({few('number', depth)}, 1)",
                lambda: f"(if {few('boolean', depth)} then {few('number', depth)} else {few('number', depth)})",
                lambda: f"{few('contexts', depth)}[{self.random.choice(['1', '-1', '9'])}].age",
            ]
        )()

    def _text(self, depth: int) -> str:
        few = self.of
        return self.random.choice(
            [
                lambda: self.random.choice(['"ab"', '""', '"续贷"', '"a\\nb"']),
                lambda: few("text", 0),
                lambda: f"{self.random.choice(['upper case', 'lower case', 'string'])}({few('text', depth)})",
                lambda: (
                    f"substring {self.random.choice(['before', 'after'])}({few('text', depth)}, {few('text', depth)})"
                ),
                lambda: f"substring({few('text', depth)}, {few('number', depth)})",
                lambda: f"string({few('number', depth)})",
                lambda: f"({few('text', depth)} + {few('text', depth)})",
                lambda: f"string join(papers, {few('text', depth)})",
            ]
        )()

    def _boolean(self, depth: int) -> str:
        few = self.of
        kind = self.random.choice(["number", "text", "date"])
        return self.random.choice(
            [
                lambda: few("boolean", 0),
                lambda: f"({few(kind, depth)} {self.random.choice(['=', '!='])} {few(kind, depth)})",
                lambda: f"({few(kind, depth)} {self.random.choice(['=', '!='])} null)",
                lambda: f"({few(kind, depth)} {self.random.choice(['<', '<=', '>', '>='])} {few(kind, depth)})",
                lambda: f"({few(kind, depth)} between {few(kind, depth)} and {few(kind, depth)})",
                lambda: f"({few('number', depth)} in [{few('number', depth)}..{few('number', depth)}))",
                lambda: f"({few('number', depth)} in [1, 5, null, > {few('number', depth)}])",
                lambda: f'({few("text", depth)} in ("ab", "续贷"))',
                lambda: f"({few('text', depth)} in {few('list', depth)})",
                lambda: f"({few('boolean', depth)} {self.random.choice(['and', 'or'])} {few('boolean', depth)})",
                lambda: f"not({few('boolean', depth)})",
                lambda: f"list contains({few('list', depth)}, {few('text', depth)})",
                lambda: f"contains({few('text', depth)}, {few('text', depth)})",
                lambda: f"starts with({few('text', depth)}, {few('text', depth)})",
                lambda: f'matches({few("text", depth)}, "^a")',
                lambda: (
                    f"({self.random.choice(['some', 'every'])} p in people satisfies p.age > {few('number', depth)})"
                ),
                lambda: f"count(people[age > {few('number', depth)}]) > 0",
                lambda: f"({few('number', depth)} instance of number)",
                lambda: f"{self.random.choice(['all', 'any'])}([{few('boolean', depth)}, {few('boolean', depth)}])",
            ]
        )()

    def _date(self, depth: int) -> str:
        return self.random.choice([lambda: self.of("date", 0), lambda: '@"2026-03-02"'])()

    def _list(self, depth: int) -> str:
        return self.random.choice(
            [
                lambda: self.of("list", 0),
                lambda: f"[{self.of('text', depth)}, {self.of('text', depth)}]",
                lambda: f"papers[item != {self.of('text', depth)}]",
                lambda: "people.name",
                lambda: f"for p in people return p.name + {self.of('text', depth)}",
            ]
        )()

    def _contexts(self, depth: int) -> str:
        return self.random.choice(["people", f"people[age > {self.of('number', depth)}]"])


def test_what_is_allowed_in_a_form_is_the_same_in_the_browser(watched: Watched) -> None:
    maker = Maker(20260302)
    texts = {maker.of(maker.random.choice(["boolean", "boolean", "text", "list"]), 3) for _ in range(4_000)}
    allowed = {
        text: exact
        for text in sorted(texts)
        for exact in (True, False)
        if not list(differences(Formula(text), KINDS, exact=exact))
    }
    assert len(allowed) > 500
    assert len(allowed) < len(texts) * 0.9
    pairs = [(text, data) for text in allowed for data in DATA]
    watched.tool("forms")
    browser = watched.page.evaluate(EVALUATE, [list(pair) for pair in pairs])
    apart = [
        (text, here, there)
        for (text, data), there in zip(pairs, map(loads, browser), strict=True)
        if not _agree(here := _here(text, data), there, allowed[text])
    ]
    assert "\n".join(map(str, apart)) == ""


def _here(text: str, data: dict[str, Any]) -> Any:
    value = compile_expression(text).evaluate(loads(json.dumps(data)), now=datetime.now(UTC))
    return loads(dumps(value))


def _agree(here: Any, there: Any, exact: bool) -> bool:
    """Whether both are the same; where they are only conditions, whether both or neither hold."""
    return here == there and type(here) is type(there) if exact else (here is True) == (there is True)


@pytest.mark.parametrize(
    "text",
    [
        "rate + 0.2 = 0.3",
        "decimal(2.345, 2) = 2.34",
        "1e3 = 1000",
        "neg = - 3",
        "amount instance of number",
        "9007199254740993 = 9007199254740992",
        'kind between "a" and "b"',
        "(if amount then 1 else 2) = 2",
        "not(some p in people satisfies p.nope > 1)",
        "not(nothing in [1..2])",
    ],
)
def test_what_differs_is_refused(watched: Watched, text: str) -> None:
    data = {**DATA[0], "neg": -3}
    hidden = {"type": "textfield", "key": "x", "conditional": {"hide": f"={text}"}}
    assert compile_form({"type": "default", "components": [hidden]}).problems
    watched.tool("forms")
    there = loads(watched.page.evaluate(EVALUATE, [[text, data]])[0])
    assert (_here(text, data) is True) != (there is True)
