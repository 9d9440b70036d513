"""Separation of duties (GOV-2, INV-1): what could fall to one person is found, also through called processes."""

import pytest
from small_diagrams import HEAD, diagram, line, task

INVESTIGATES, REVIEWS, APPROVES, PAYS = (
    f'loanflow:duty="{duty}"' for duty in ("INV-2", "REV-2", "REV-6 GOV-2", "DIS-1")
)
MISSING, ADVISED = "separation-missing", "separation-advised"


def declared(function):
    return f'loanflow:function="{function}"'


def test_investigation_and_approval_by_one_person(errors):
    assert errors(line(task("a", INVESTIGATES), task("b", APPROVES, role='camunda:candidateGroups="manager"'))) == [
        (MISSING, "b")
    ]


def test_the_message_names_both_steps_and_what_to_write(examine):
    (found,) = [item for item in examine(line(task("a", INVESTIGATES), task("b", APPROVES))) if item.rule == MISSING]
    assert "'a' (a, investigation)" in found.message
    assert "'b' (b, approval)" in found.message
    assert 'loanflow:separateFrom="a" on b' in found.message


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (INVESTIGATES, f'{APPROVES} loanflow:separateFrom="a"'),
        (f'{INVESTIGATES} loanflow:separateFrom="b"', APPROVES),
        (INVESTIGATES, f"{APPROVES} {declared('none')}"),
        (INVESTIGATES, ""),
        ('loanflow:duty="INV-8"', APPROVES),
        (REVIEWS, APPROVES),
    ],
)
def test_what_is_apart_or_no_such_function(errors, first, second):
    assert errors(line(task("a", first), task("b", second))) == []


def test_both_investigators_are_two_people(errors):
    one, other = (task(key, 'loanflow:duty="INV-1"') for key in "ab")
    assert errors(line(one, other)) == [(MISSING, "b")]


def test_reviews_and_payments_are_judged_where_they_are_declared_and_advised_where_not(errors, warnings):
    derived = line(task("a", INVESTIGATES), task("b", PAYS))
    assert errors(derived) == []
    assert (ADVISED, "b") in warnings(derived)
    said = line(task("a", declared("review")), task("b", declared("disbursement")))
    assert errors(said) == [(MISSING, "b")]
    assert errors(line(task("a", INVESTIGATES), task("b", declared("review")))) == []


def test_two_named_persons_are_two(errors):
    named = [
        task(key, duty, role=f'camunda:assignee="{who}"')
        for key, duty, who in (("a", INVESTIGATES, "li"), ("b", APPROVES, "wang"))
    ]
    assert errors(line(*named)) == []
    computed = task("b", APPROVES, role='camunda:assignee="${boss}"')
    assert errors(line(named[0], computed)) == [(MISSING, "b")]


def test_who_does_the_same_as_the_investigator_is_kept_apart_by_the_investigators_separation(errors):
    propose = task("t", 'loanflow:duty="INV-7" loanflow:sameAs="a"')
    approve = task("b", f'{APPROVES} loanflow:separateFrom="a"')
    assert errors(line(task("a", INVESTIGATES), propose, approve)) == []


def flow(key, source, target, content=""):
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<bpmn:sequenceFlow id="{key}" {ends}>{content}</bpmn:sequenceFlow>'


@pytest.mark.parametrize(
    ("gateway", "attributes", "condition", "found"),
    [
        ("exclusiveGateway", 'default="f2"', "<bpmn:conditionExpression>${x}</bpmn:conditionExpression>", []),
        ("parallelGateway", "", "", [(MISSING, "b")]),
    ],
)
def test_ways_that_exclude_each_other(errors, gateway, attributes, condition, found):
    nodes = f'<bpmn:startEvent id="s"/><bpmn:{gateway} id="g" {attributes}/><bpmn:endEvent id="e"/>'
    flows = flow("f0", "s", "g") + flow("f1", "g", "a", condition) + flow("f2", "g", "b")
    ends = flow("f3", "a", "e") + flow("f4", "b", "e")
    assert errors(nodes + task("a", INVESTIGATES) + task("b", APPROVES) + flows + ends) == found


def test_through_a_called_process_and_not_beside_it(errors):
    inner = (
        f'{HEAD}<bpmn:process id="q" name="Q" isExecutable="true">{line(task("a", INVESTIGATES))}'
        "</bpmn:process></bpmn:definitions>"
    )
    call = '<bpmn:callActivity id="c" name="c" calledElement="q"/>'
    files = {"q.bpmn": inner.encode()}
    assert [rule for rule, _ in errors(diagram(line(call, task("b", APPROVES))), files)] == [MISSING]
    assert errors(diagram(line(task("b", APPROVES))), files) == []
