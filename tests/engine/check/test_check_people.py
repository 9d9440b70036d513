"""A step that nobody could ever do is an error; so are roles that nobody can have."""

import pytest
from small_diagrams import line, task


def test_a_right_step_is_silent(errors):
    assert errors(line(task())) == []


def test_nobody(errors):
    assert errors(line(task(role=""))) == [("nobody", "a")]


def test_an_assignee_needs_no_role(errors):
    assert errors(line(task(role='camunda:assignee="${boss}"'))) == []


LANES = (
    '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="{name}" {role}>'
    "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
)


@pytest.mark.parametrize(
    ("name", "role", "found"),
    [
        ("Kreditabteilung", 'loanflow:role="officer"', []),
        ("officer", "", []),
        ("Kreditabteilung", "", [("unknown-role", "a")]),
        ("officer", 'loanflow:role="stranger"', [("unknown-role", "a"), ("unknown-role", "l")]),
    ],
)
def test_a_lane_gives_its_role_or_its_name(errors, name, role, found):
    assert errors(LANES.format(name=name, role=role) + line(task(role=""))) == found


def test_candidate_groups_go_before_the_lane(errors):
    assert errors(LANES.format(name="stranger", role="") + line(task())) == []


def test_a_lane_names_a_role_of_the_package_also_where_nothing_asks_for_it(errors):
    script = '<bpmn:scriptTask id="a" name="a"><bpmn:script>x = 1</bpmn:script></bpmn:scriptTask>'
    assert errors(LANES.format(name="Printing", role="") + line(script)) == []
    assert errors(LANES.format(name="x", role='loanflow:role="typo"') + line(script)) == [("unknown-role", "l")]


def test_a_lane_that_lists_nobody_of_its_process(errors):
    assert ("lane-node", "l") in errors(LANES.format(name="clerk", role="") + line(task("b")))


@pytest.mark.parametrize(
    ("attributes", "content", "rule"),
    [
        ('camunda:dueDate="PT4H"', '<loanflow:escalation after="PT4H" notify="stranger"/>', "unknown-role"),
        ('camunda:dueDate="PT4H"', '<loanflow:escalation after="P1D" reassign="stranger"/>', "unknown-role"),
        ('camunda:dueDate="PT4H"', '<loanflow:escalation after="a day" notify="manager"/>', "escalation"),
        ('camunda:dueDate="PT4H"', '<loanflow:escalation notify="manager"/>', "escalation"),
        ('camunda:dueDate="PT4H"', '<loanflow:escalation after="P1D"/>', "escalation"),
        ('camunda:dueDate="PT4H"', '<loanflow:escalation after="P1D" reassign="assignee"/>', "escalation"),
        ("", '<loanflow:escalation after="P1D" notify="manager"/>', "escalation"),
        ('loanflow:separateFrom="a"', "", "separation"),
        ('loanflow:sameAs="a"', "", "separation"),
        ('loanflow:separateFrom="nowhere"', "", "unknown-step"),
        ('loanflow:sealedUntil="end"', "", "unknown-step"),
        ('loanflow:sameAs="nowhere"', "", "unknown-step"),
        ('loanflow:sameAs="b"', "", "same-as-later"),
        ('loanflow:returnTo="b"', "", "return-later"),
        ('loanflow:returnTo="nowhere"', "", "unknown-step"),
        ('loanflow:withdraw="maybe"', "", "attribute-value"),
        ('loanflow:cosign="later"', "", "attribute-value"),
        ('loanflow:authorityOf="amount"', "", "authority"),
        ('loanflow:function="vote"', "", "attribute-value"),
        ('loanflow:recuse="yes"', "", "attribute-value"),
        ('loanflow:calendar="lunar"', "", "attribute-value"),
        ('camunda:dueDate="4 hours"', "", "due-date"),
        ('camunda:followUpDate="P"', "", "due-date"),
        ('camunda:priority="high"', "", "priority"),
        ('camunda:candidateUsers="li"', "", "camunda-refused"),
    ],
)
def test_rules_of_a_step_that_cannot_hold(errors, attributes, content, rule):
    extensions = f"<bpmn:extensionElements>{content}</bpmn:extensionElements>" if content else ""
    assert errors(line(task("a", attributes, extensions), task("b"))) == [(rule, "a")]


@pytest.mark.parametrize(
    ("attributes", "content"),
    [
        ('camunda:dueDate="PT4H"', '<loanflow:escalation after="PT0S" notify="assignee"/>'),
        ('camunda:dueDate="P1D"', '<loanflow:escalation after="P1D" reassign="manager"/>'),
        ('camunda:dueDate="2026-12-31T17:00:00+08:00"', ""),
        ('camunda:dueDate="${due}"', ""),
        ('camunda:followUpDate="P7D" loanflow:calendar="natural"', ""),
        ('camunda:priority="80"', ""),
        ('loanflow:separateFrom="b"', ""),
        ('loanflow:authority="approve_loan"', ""),
        ('loanflow:recuse="true" loanflow:duty="INV-1 INV-7"', ""),
        ('loanflow:sealedUntil="b"', ""),
    ],
)
def test_rules_of_a_step_that_hold(errors, attributes, content):
    extensions = f"<bpmn:extensionElements>{content}</bpmn:extensionElements>" if content else ""
    assert errors(line(task("a", attributes, extensions), task("b"))) == []


def test_the_same_and_another_person_at_once(errors):
    nodes = task("a"), task("b", 'loanflow:sameAs="a"'), task("c", 'loanflow:sameAs="b" loanflow:separateFrom="a"')
    assert errors(line(*nodes)) == [("separation", "c")]


def test_the_same_person_in_a_later_step_of_a_sub_process(errors):
    inner = (
        line(task("b", 'loanflow:sameAs="a"'))
        .replace('"start"', '"s2"')
        .replace('"end"', '"e2"')
        .replace('id="f', 'id="g')
    )
    assert errors(line(task("a"), f'<bpmn:subProcess id="sub" name="S">{inner}</bpmn:subProcess>')) == []


def test_starter_groups_must_be_roles(errors):
    assert errors(line(task()), process='camunda:candidateStarterGroups="clerk, stranger"') == [("unknown-role", "p")]
    assert errors(line(task()), process='camunda:candidateStarterGroups=""') == [("nobody-starts", "p")]


def test_without_roles_nobody_may_start(errors):
    found = errors(line(task(role='camunda:assignee="li"')), {"package.yaml": b"title: x\n"})
    assert found == [("nobody-starts", "p")]


def test_what_begins_by_itself_needs_nobody_to_start_it(errors):
    timer = '<bpmn:timerEventDefinition id="ed"><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>'
    begins = line(task(role='camunda:assignee="li"')).replace(
        '<bpmn:startEvent id="start"/>', f'<bpmn:startEvent id="start">{timer}</bpmn:startEvent>'
    )
    assert errors(begins, {"package.yaml": b"title: x\n"}) == []


def test_a_vote_without_assignees_is_pointed_out(warnings):
    several = '<bpmn:multiInstanceLoopCharacteristics camunda:collection="members" camunda:elementVariable="member"/>'
    assert ("vote-for-all", "a") in warnings(line(task("a", "", several)))
    assert ("vote-for-all", "a") not in warnings(line(task("a", 'camunda:assignee="${member}"', several)))
