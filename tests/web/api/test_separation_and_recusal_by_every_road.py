"""Over REST and the pages, no road leads somebody to a step that separation of duties or recusal keeps from them.

A table: each road is tried for each rule; it is refused with the rule and a sentence that says who and why, and the
step stays with others (GOV-1, GOV-2).
"""

from __future__ import annotations

import pytest

from engine.packages import read_files
from engine.service import deployments, worker
from engine.service.definitions import Definitions
from models.customers import Customer
from models.people import StaffRelation
from models.queries.people import find_person, grant_role, revoke_role
from tests.web.conftest import MONDAY
from tests.web.packages import HEAD
from tests.web.pages.conftest import Visitor

TODAY = MONDAY.date().isoformat()
WHY = {"reason": "忙"}

PACKAGE = {
    "package.yaml": """title: {zh: 审批, en: Approval}
roles: [clerk, officer, manager, superior]
""",
    "case.bpmn": f"""{HEAD}<bpmn:process id="case" isExecutable="true"><bpmn:startEvent id="start"/>
<bpmn:userTask id="investigate" name="investigate" camunda:candidateGroups="officer"/>
<bpmn:parallelGateway id="split"/>
<bpmn:callActivity id="approval" calledElement="approving"/>
<bpmn:userTask id="aside" name="aside" camunda:candidateGroups="clerk"/>
<bpmn:parallelGateway id="join"/><bpmn:endEvent id="end"/>
<bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="investigate"/>
<bpmn:sequenceFlow id="f2" sourceRef="investigate" targetRef="split"/>
<bpmn:sequenceFlow id="f3" sourceRef="split" targetRef="approval"/>
<bpmn:sequenceFlow id="f4" sourceRef="split" targetRef="aside"/>
<bpmn:sequenceFlow id="f5" sourceRef="approval" targetRef="join"/>
<bpmn:sequenceFlow id="f6" sourceRef="aside" targetRef="join"/>
<bpmn:sequenceFlow id="f7" sourceRef="join" targetRef="end"/></bpmn:process></bpmn:definitions>""",
    "approving.bpmn": f"""{HEAD}<bpmn:process id="approving" isExecutable="true"><bpmn:startEvent id="begin"/>
<bpmn:userTask id="approve" name="approve" camunda:candidateGroups="officer,manager" camunda:dueDate="PT1H"
 loanflow:separateFrom="investigate" loanflow:recuse="true"><bpmn:extensionElements>
<loanflow:escalation after="PT1H" reassign="superior"/></bpmn:extensionElements></bpmn:userTask>
<bpmn:exclusiveGateway id="sum"/>
<bpmn:endEvent id="over"/>
<bpmn:sequenceFlow id="g1" sourceRef="begin" targetRef="approve"/>
<bpmn:sequenceFlow id="g2" sourceRef="approve" targetRef="sum"/>
<bpmn:sequenceFlow id="g3" sourceRef="sum" targetRef="over"><bpmn:conditionExpression
 xsi:type="bpmn:tFormalExpression">${{rest &gt; 0}}</bpmn:conditionExpression></bpmn:sequenceFlow>
</bpmn:process></bpmn:definitions>""",
}

SAYS = {
    "separation_of_duties": "wang has done investigate;",
    "recusal": "wang is related to the case's customer: 李明 is spouse of wang.",
}


class Stage:
    """One case in which `approve` is open and `wang`, who has the role for it, may not do it."""

    def __init__(self, house, as_, rule):
        self.house, self.as_, self.rule = house, as_, rule
        with house.step() as step:
            house.definitions = Definitions()
            files = {name: content.encode() for name, content in PACKAGE.items()}
            deployments.deploy(step, read_files(files, "approvals"), "root")
            customer = {"number": "C-000001", "kind": "person", "name": "李明", "id_kind": "resident_id"}
            step.session.add(Customer(**customer, id_number="1", recorded_at=step.now))
        started = as_("wang").post("/definitions/case/instances", {"variables": {"customer_id": "C-000001"}})
        assert started.status_code == 201, started.text
        self.case = started.json["id"]
        first = "wang" if rule == "separation_of_duties" else "zhao"
        assert self.post(first, "investigate", "complete").status_code == 200
        if rule == "recusal":
            with house.step() as step:
                person = find_person(step.session, "wang")
                step.session.add(
                    StaffRelation(person_id=person.id, customer="C-000001", kind="spouse", recorded_at=step.now)
                )
        # Whoever holds the step: not the one who has investigated.
        self.holder = "qian"

    def task(self, element):
        items = self.as_("audit").get(f"/instances/{self.case}/tasks", state="open").json["items"]
        [task] = [item for item in items if item["element"] == element and item["kind"] == "step"]
        return task

    def post(self, who, element, what, body=None):
        return self.as_(who).post(f"/tasks/{self.task(element)['id']}/{what}", body)

    def repair(self, who, what, **body):
        return self.as_(who).post(f"/instances/{self.case}/{what}", {**body, **WHY})

    def grant(self, name, role):
        with self.house.step() as step:
            grant_role(step.session, name, role)

    def stands_in(self, deputy, away, by="root"):
        body = {"person": away, "deputy": deputy, "from": TODAY, "until": TODAY, **WHY}
        return self.as_(by).post("/deputies", body)


def role_in_the_middle(stage):
    with stage.house.step() as step:
        revoke_role(step.session, "wang", "officer")
    stage.grant("wang", "manager")
    return stage.post("wang", "approve", "complete")


def somebody_stands_in_for_wang(stage):
    assert stage.stands_in("li", "wang").status_code == 201
    return stage.post("li", "approve", "complete")


def wang_stands_in(stage):
    stage.post(stage.holder, "approve", "claim")
    assert stage.stands_in("wang", stage.holder).status_code == 201
    return stage.post("wang", "approve", "complete")


def a_deputy_of_a_deputy(stage):
    stage.post(stage.holder, "approve", "claim")
    assert stage.stands_in("li", stage.holder).status_code == 201
    stage.stands_in("wang", "li")
    return stage.post("wang", "approve", "complete")


def one_of_two_deputies(stage):
    """Only one stands in at a time; the other, who may not do it, does not slip in beside."""
    stage.post(stage.holder, "approve", "claim")
    assert stage.stands_in("li", stage.holder).status_code == 201
    assert stage.stands_in("wang", stage.holder).status_code == 422
    return stage.post("wang", "approve", "complete")


def delegated_to_and_fro(stage):
    stage.grant("nobody", "manager")
    stage.post(stage.holder, "approve", "claim")
    stage.post(stage.holder, "approve", "delegate", {"to": "nobody"})
    assert stage.post("nobody", "approve", "delegate", {"to": stage.holder}).status_code == 200
    return stage.post(stage.holder, "approve", "delegate", {"to": "wang"})


def moved_to_the_unit(stage):
    """Taken out of the unit and put back, with the step open all the while."""
    with stage.house.step() as step:
        wang, branch = find_person(step.session, "wang"), find_person(step.session, "sun").unit_id
        home, wang.unit_id = wang.unit_id, branch
    assert stage.post("wang", "approve", "complete").json["rule"] == "not_a_candidate"
    with stage.house.step() as step:
        find_person(step.session, "wang").unit_id = home
    return stage.post("wang", "approve", "complete")


def another_has_used_the_key(stage):
    task, key = stage.task("approve")["id"], {"Idempotency-Key": "k"}
    assert stage.as_(stage.holder).post(f"/tasks/{task}/claim", headers=key).status_code == 200
    assert stage.as_(stage.holder).post(f"/tasks/{task}/release").status_code == 200
    return stage.as_("wang").post(f"/tasks/{task}/claim", headers=key)


def from_the_holder(what):
    def road(stage):
        stage.post(stage.holder, "approve", "claim")
        body = {"to": "wang"} if what == "delegate" else {"to": "wang", **WHY}
        return stage.post(stage.holder, "approve", what, body)

    return road


def a_delegate_passes_it_on(stage):
    stage.grant("nobody", "manager")
    stage.post(stage.holder, "approve", "claim")
    assert stage.post(stage.holder, "approve", "delegate", {"to": "nobody"}).status_code == 200
    return stage.post("nobody", "approve", "delegate", {"to": "wang"})


def assigned(stage):
    return stage.post("root", "approve", "assign", {"to": "wang", **WHY})


def asked_to_sign(stage):
    return stage.post(stage.holder, "approve", "cosign", {"who": ["wang"], "when": "before", **WHY})


def signing_for_somebody(stage):
    stage.post(stage.holder, "approve", "cosign", {"who": ["li"], "when": "before", **WHY})
    [signature] = stage.as_("li").get("/tasks", mine=1).json["items"]
    return stage.as_("li").post(f"/tasks/{signature['id']}/delegate", {"to": "wang"})


def returned_to_an_earlier_step(stage):
    return stage.post("wang", "approve", "return", {"to": "investigate", "cancel_others": True, **WHY})


def paused(stage):
    return stage.post("wang", "approve", "pause", WHY)


def late(stage):
    """It goes to a role that only the one holds who has investigated: those who look after it are told."""
    stage.grant("wang", "superior")
    stage.house.clock.forward(hours=3)
    worker.sweep(stage.house)
    task = stage.task("approve")
    assert (task["assignee"], task["role"]) == (None, "superior")
    told = stage.as_("audit").get(f"/instances/{stage.case}/events", limit=500).json["items"]
    [nobody] = [event for event in told if event["kind"] == "recusal.nobody_left"]
    assert nobody["data"]["roles"] == ["superior", "admin"]
    return stage.post("wang", "approve", "complete")


def as_administrator(what, **body):
    def road(stage):
        stage.grant("wang", "admin")
        return stage.repair("wang", what, **body)

    return road


def failed(stage):
    assert stage.post(stage.holder, "approve", "complete").status_code == 200
    stage.grant("wang", "admin")
    [incident] = stage.as_("root").get("/incidents").json["items"]
    return stage.as_("wang").post(f"/incidents/{incident['id']}/retry", {"variables": {"rest": "1"}})


def tried_twice_with_one_key(stage):
    task, key = stage.task("approve")["id"], {"Idempotency-Key": "k"}
    stage.as_("wang").post(f"/tasks/{task}/complete", headers=key)
    return stage.as_("wang").post(f"/tasks/{task}/complete", headers=key)


ROADS = {
    "complete": lambda stage: stage.post("wang", "approve", "complete"),
    "claim": lambda stage: stage.post("wang", "approve", "claim"),
    "the same key again": tried_twice_with_one_key,
    "another's key": another_has_used_the_key,
    "two deputies": one_of_two_deputies,
    "delegated to and fro": delegated_to_and_fro,
    "moved out of the unit and back": moved_to_the_unit,
    "a role given in the middle": role_in_the_middle,
    "somebody stands in for the person": somebody_stands_in_for_wang,
    "the person stands in": wang_stands_in,
    "a deputy of a deputy": a_deputy_of_a_deputy,
    "delegated": from_the_holder("delegate"),
    "passed on by a delegate": a_delegate_passes_it_on,
    "transferred": from_the_holder("transfer"),
    "assigned by an administrator": assigned,
    "asked to sign": asked_to_sign,
    "signing in somebody's name": signing_for_somebody,
    "returned": returned_to_an_earlier_step,
    "paused": paused,
    "reassigned when late": late,
    "skipped": as_administrator("skip", token="approve"),
    "jumped over": as_administrator("jump", token="approve", to="sum"),
    "jumped back": as_administrator("jump", token="approve", to="investigate", cancel_others=True),
    "branch cancelled": as_administrator("cancel-branch", token="approve"),
    "variables set": as_administrator("variables", variables={"amount": 1}),
    "failed element repaired": failed,
}


@pytest.fixture(params=SAYS)
def stage(house, as_, request):
    return Stage(house, as_, request.param)


@pytest.mark.parametrize("road", ROADS)
def test_the_road_is_closed(stage, road):
    answer = ROADS[road](stage)
    assert (answer.status_code, answer.json.get("rule")) == (403, stage.rule), answer.text
    assert SAYS[stage.rule] in answer.json["detail"]
    events = stage.as_("audit").get(f"/instances/{stage.case}/events", limit=500).json["items"]
    assert stage.rule in [event["data"].get("rule") for event in events if event["kind"] == "refused"]


def test_no_list_offers_the_step(stage):
    task = stage.task("approve")["id"]
    assert stage.stands_in("wang", "qian").status_code == 201
    for query in ({"candidate": 1}, {"deputy": 1}):
        assert task not in [item["id"] for item in stage.as_("wang").get("/tasks", **query).json["items"]]
    [offered] = stage.as_("qian").get("/tasks", candidate=1).json["items"]
    assert offered["id"] == task


def test_many_at_once_are_judged_one_by_one(stage, app):
    task = stage.task("approve")["id"]
    browser = Visitor(app)
    browser.enter(stage.house, "wang")
    page = browser.post("/inbox/several", {"do": "claim", "id": task})
    assert WORDS[stage.rule] in page.text
    assert stage.task("approve")["assignee"] is None
    stage.post("qian", "approve", "claim")
    boss = Visitor(app)
    boss.enter(stage.house, "qian")
    page = boss.post("/inbox/several", {"do": "delegate", "id": task, "to": "wang"})
    assert OF_ANOTHER[stage.rule] in page.text
    assert stage.task("approve")["assignee"] == "qian"


WORDS = {"separation_of_duties": "职责分离：您已办理本案的 investigate", "recusal": "回避：wang"}
OF_ANOTHER = {"separation_of_duties": "职责分离：wang 已办理本案的 investigate", "recusal": "回避：wang"}


def test_a_program_of_the_house_does_no_step_of_people(stage):
    stage.grant("wang", "integration")
    task = stage.task("approve")["id"]
    answer = stage.as_("wang").post(f"/external-tasks/{task}/complete", {"worker": "w", "variables": {}})
    assert answer.status_code == 404


SETTING_RIGHT = {
    "skip": {"token": "aside"},
    "jump": {"token": "aside", "to": "aside"},
    "cancel-branch": {"token": "aside"},
    "variables": {"variables": {"amount": 1}},
}


@pytest.mark.parametrize("what", SETTING_RIGHT)
def test_who_has_set_the_case_right_decides_nothing_in_it_afterwards(house, as_, what):
    stage = Stage(house, as_, "separation_of_duties")
    stage.grant("zhao", "admin")
    assert stage.repair("zhao", what, **SETTING_RIGHT[what]).status_code == 200
    answer = stage.post("zhao", "approve", "complete")
    assert (answer.status_code, answer.json["rule"]) == (403, "separation_of_duties")
    assert "zhao has set the case right as an administrator; approve must" in answer.json["detail"]
    assert stage.post("qian", "approve", "complete").status_code == 200


def test_a_related_administrator_does_not_cancel_the_case(house, as_):
    stage = Stage(house, as_, "recusal")
    stage.grant("wang", "admin")
    answer = stage.repair("wang", "cancel")
    assert (answer.status_code, answer.json["rule"]) == (403, "recusal")
    assert stage.repair("root", "cancel").status_code == 200


AWAY = {
    "the role is taken": lambda step: revoke_role(step.session, "qian", "manager"),
    "the unit is another": lambda step: setattr(
        find_person(step.session, "qian"), "unit_id", find_person(step.session, "sun").unit_id
    ),
}


@pytest.mark.parametrize("away", AWAY)
def test_who_holds_a_step_and_loses_the_right_to_it_is_told_for_whom_it_is(house, as_, away):
    stage = Stage(house, as_, "separation_of_duties")
    assert stage.post("qian", "approve", "claim").status_code == 200
    with house.step() as step:
        AWAY[away](step)
    answer = stage.post("qian", "approve", "complete")
    assert (answer.status_code, answer.json["rule"]) == (403, "not_a_candidate")
    assert answer.json["detail"] == "approve is for manager, officer."


def test_a_conflict_that_the_holder_declares_takes_the_step_away(house, as_):
    stage = Stage(house, as_, "separation_of_duties")
    stage.post("qian", "approve", "claim")
    assert stage.repair("qian", "conflict").status_code == 200
    assert stage.task("approve")["assignee"] is None
    answer = stage.post("qian", "approve", "complete")
    assert (answer.status_code, answer.json["rule"]) == (403, "recusal")
