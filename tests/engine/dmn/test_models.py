"""Reading models and evaluating what decisions require."""

from datetime import datetime
from decimal import Decimal
from time import thread_time
from zoneinfo import ZoneInfo

import pytest

from engine.dmn import DmnError, read_model, readable
from engine.dmn.imports import import_loader
from engine.feel import Budget, BudgetExceeded, Limits
from tests.engine.dmn.models import NAMESPACES, definitions, literal, model, needs

AMOUNT = '<inputData id="amount" name="amount"><variable name="amount" typeRef="number"/></inputData>'
CHAIN = AMOUNT + literal("fee", "amount * 0.01", needs("Input", "amount")) + literal(
    "total", "amount + fee", needs("Input", "amount") + needs("Decision", "fee")
)  # fmt: skip
KNOWLEDGE = (
    '<businessKnowledgeModel id="double" name="double"><encapsulatedLogic><formalParameter name="n" typeRef="number"/>'
    "<literalExpression><text>n * 2</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
)


@pytest.mark.parametrize("version", NAMESPACES)
def test_all_versions_are_read(version):
    assert read_model(definitions(CHAIN, version=version)).evaluate("total", {"amount": Decimal(100)}).result == 101


def test_required_decisions_are_made_once_and_traced():
    outcome = model(CHAIN).evaluate("total", {"amount": Decimal(100)})
    assert [entry.decision for entry in outcome.trace] == ["fee", "total"]
    assert outcome.trace[1].inputs == {"amount": Decimal(100), "fee": Decimal("1.00")}


def test_a_given_value_replaces_a_decision_only_where_that_is_asked_for():
    given = {"amount": Decimal(100), "fee": Decimal(7)}
    assert model(CHAIN).evaluate("total", given).result == 101
    assert model(CHAIN).evaluate("total", given, replace_decisions=True).result == 107


def test_an_input_of_the_wrong_type_is_null():
    outcome = model(CHAIN).evaluate("fee", {"amount": "much"})
    assert outcome.result is None
    assert "the input 'amount' is not of its type" in outcome.reasons


def test_a_decision_may_read_variables_that_no_input_declares():
    assert model(literal("d", "score + 1")).evaluate("d", {"score": Decimal(1)}).result == 2


def test_a_date_time_without_zone_is_the_institutions():
    shanghai = ZoneInfo("Asia/Shanghai")
    found = model(literal("d", '{at: @"2026-03-02T09:00:00"}')).evaluate("d", {}, zone=shanghai)
    assert found.result == {"at": datetime(2026, 3, 2, 9, tzinfo=shanghai)}


def test_knowledge_is_a_function():
    decision = literal("d", "double(4) + double(n: 1)", needs("Knowledge", "double"))
    assert model(KNOWLEDGE + decision).evaluate("d", {}).result == 10


def test_a_service_is_given_its_inputs_and_nothing_else():
    service = (
        '<decisionService id="s" name="s"><outputDecision href="#total"/><inputDecision href="#fee"/>'
        '<inputData href="#amount"/></decisionService>'
    )
    body = CHAIN + service + literal("asks", "s(10, 5)", needs("Knowledge", "s"))
    assert model(body).evaluate("asks", {"amount": Decimal(1)}).result == 15
    assert model(body).evaluate("s", {"amount": Decimal(1), "fee": Decimal(2)}).result == 3


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        ("<list><literalExpression><text>1</text></literalExpression></list>", [Decimal(1)]),
        (
            '<relation><column name="a"/><row><literalExpression><text>1</text></literalExpression></row></relation>',
            [{"a": Decimal(1)}],
        ),
        (
            '<context><contextEntry><variable name="a b"/><literalExpression><text>1</text></literalExpression>'
            "</contextEntry><contextEntry><literalExpression><text>a b + 1</text></literalExpression></contextEntry>"
            "</context>",
            Decimal(2),
        ),
        (
            '<for iteratorVariable="i"><in><literalExpression><text>1..2</text></literalExpression></in>'
            "<return><literalExpression><text>i * i</text></literalExpression></return></for>",
            None,
        ),
        (
            '<for iteratorVariable="i"><in><literalExpression><text>[1..2]</text></literalExpression></in>'
            "<return><literalExpression><text>i + count(partial)</text></literalExpression></return></for>",
            [Decimal(1), Decimal(3)],
        ),
        (
            '<every iteratorVariable="i"><in><literalExpression><text>[1, 2]</text></literalExpression></in>'
            "<satisfies><literalExpression><text>i &gt; 1</text></literalExpression></satisfies></every>",
            False,
        ),
    ],
)
def test_boxed_expressions(logic, expected):
    assert model(f'<decision id="d" name="d">{logic}</decision>').evaluate("d", {}).result == expected


def test_item_definitions_restrict_values():
    body = (
        '<itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues><text>"A", "B"</text></allowedValues>'
        '</itemDefinition><inputData id="g" name="g"><variable name="g" typeRef="tGrade"/></inputData>'
    ) + literal("d", "g", needs("Input", "g"))
    assert model(body).evaluate("d", {"g": "A"}).result == "A"
    assert model(body).evaluate("d", {"g": "C"}).result is None


def test_imports_are_found_beside_the_model():
    other = definitions(KNOWLEDGE, namespace="urn:other").encode()
    body = (
        '<import namespace="urn:other" name="lib" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'
        '<decision id="d" name="d"><knowledgeRequirement><requiredKnowledge href="urn:other#double"/>'
        "</knowledgeRequirement><literalExpression><text>lib.double(4)</text></literalExpression></decision>"
    )
    found = read_model(definitions(body), import_loader(lambda: {"other.dmn": other, "broken.dmn": b"<"}))
    assert found.problems() == []
    assert found.evaluate("d", {}).result == 8
    assert any("urn:other is not there" in message for _, message in model(body).problems())


@pytest.mark.parametrize(
    ("body", "element", "message"),
    [
        (literal("d", "a =="), "d_x", "write ="),
        (literal("d", ""), "d_x", "empty"),
        ('<decision id="d" name="d"/>', "d", "no logic"),
        (literal("d", "1", needs("Input", "nobody")), "d", "which is not there"),
        (
            '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic id="l" kind="Java"><literalExpression>'
            "<text>1</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>",
            "l",
            "functions of kind Java are not supported",
        ),
    ],
)
def test_problems_name_the_element(body, element, message):
    assert any(found == element and message in text for found, text in model(body).problems())


@pytest.mark.parametrize(
    ("body", "element", "message"),
    [
        (
            '<inputData id="a" name="a"><variable id="v" name="a" typeRef="tNone"/></inputData>',
            "v",
            "'tNone' is not defined",
        ),
        ('<itemDefinition id="i" name="t"><typeRef>list&lt;tNone&gt;</typeRef></itemDefinition>', "i", "'tNone'"),
        (
            literal("a", "b", needs("Decision", "b")) + literal("b", "a", needs("Decision", "a")),
            "a",
            "depends on itself",
        ),
        (literal("a", "1") + literal("a", "2"), "a", "used twice"),
    ],
)
def test_what_could_never_be_evaluated_is_a_problem(body, element, message):
    assert any(found == element and message in text for found, text in model(body).problems())


def test_number_types_of_other_modelers_are_numbers():
    body = '<inputData id="n" name="n"><variable name="n" typeRef="integer"/></inputData>'
    found = model(body + literal("d", "n + 1", needs("Input", "n")))
    assert found.problems() == []
    assert found.evaluate("d", {"n": Decimal(1)}).result == 2


def test_the_columns_of_a_relation_have_types():
    cell = "<literalExpression><text>{}</text></literalExpression>"
    logic = (
        '<relation><column name="a" typeRef="number"/><column name="b"/>'
        f"<row>{cell.format(1)}{cell.format(2)}</row><row>{cell.format('true')}{cell.format(3)}</row></relation>"
    )
    outcome = model(f'<decision id="d" name="d">{logic}</decision>').evaluate("d", {})
    assert outcome.result == [{"a": Decimal(1), "b": Decimal(2)}, {"a": None, "b": Decimal(3)}]
    assert outcome.reasons == ["a is not of its type"]


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"<definitions/>",
        b"not xml",
        b'<!DOCTYPE d [<!ENTITY e "x">]><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">&e;</definitions>',
        b'<html xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
    ],
)
def test_what_is_no_model_is_refused(source):
    with pytest.raises(DmnError):
        read_model(source)


def test_what_is_not_there_or_goes_in_circles_is_an_error():
    circle = literal("a", "b", needs("Decision", "b")) + literal("b", "a", needs("Decision", "a"))
    with pytest.raises(DmnError, match="depends on itself"):
        model(circle).evaluate("a", {})
    with pytest.raises(DmnError, match="no decision 'nothing'"):
        model(circle).evaluate("nothing", {})


def test_one_budget_covers_the_whole_evaluation():
    busy = "".join(literal(f"d{n}", "count(for i in 1..900 return i)") for n in range(9))
    asks = literal("all", "1", needs("Decision", *(f"d{n}" for n in range(9))))
    with pytest.raises(BudgetExceeded):
        model(busy + asks).evaluate("all", {}, budget=Budget(Limits(steps=4_000)))


def test_tests_of_allowed_values_count_too():
    test = "<allowedValues><text>count(for i in 1..900 return i) > 5</text></allowedValues>"
    body = f'<itemDefinition name="t"><typeRef>number</typeRef>{test}</itemDefinition>' + KNOWLEDGE.replace(
        "number", "t"
    )
    body += literal("d", "count(for i in 1..9 return double(i))", needs("Knowledge", "double"))
    assert model(body).evaluate("d", {}).result == 9
    with pytest.raises(BudgetExceeded):
        model(body).evaluate("d", {}, budget=Budget(Limits(steps=10_000)))


def test_a_trace_says_that_a_value_is_too_large_to_keep():
    lists = ", ".join(f"a{n}: [a{n - 1}, a{n - 1}]" for n in range(2, 40))
    outcome = model(literal("d", f"{{a1: [1], {lists}}}")).evaluate("d", {})
    assert readable(outcome.trace[0].outputs) == "more than 10000 parts"


def test_models_are_read_in_proportion_to_their_length():
    """Once each decision looked at the names of all others, and a file of five megabytes held a server for minutes."""
    begun = thread_time()
    large = model("".join(literal(f"d{n}", f"{n} + a b", needs("Decision", f"d{max(n - 1, 0)}")) for n in range(3_000)))
    assert large.problems() == [("d0", "'d0' depends on itself, through d0")]
    assert thread_time() - begun < 2
    with pytest.raises(DmnError, match=r"more than 10000"):
        model("".join(literal(f"d{n}", "1") for n in range(10_001)))
