"""A small lending process in Chinese with forms, two sealed opinions and a review: what pages are tried on."""

import json

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:loanflow="urn:loanflow:bpmn:1"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="urn:test">'
)

SMALL_LOAN = f"""{HEAD}<bpmn:process id="small_loan" name="小额贷款" isExecutable="true">
<bpmn:laneSet id="lanes"><bpmn:lane id="lane_clerk" name="受理岗" loanflow:role="clerk"><bpmn:flowNodeRef>check
</bpmn:flowNodeRef></bpmn:lane><bpmn:lane id="lane_officer" name="客户经理" loanflow:role="officer"><bpmn:flowNodeRef>a
</bpmn:flowNodeRef><bpmn:flowNodeRef>b</bpmn:flowNodeRef></bpmn:lane><bpmn:lane id="lane_manager" name="部门经理"
 loanflow:role="manager"><bpmn:flowNodeRef>review</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
<bpmn:startEvent id="start" name="受理" camunda:formRef="application"/>
<bpmn:userTask id="check" name="核对资料" camunda:candidateGroups="clerk" camunda:dueDate="PT4H" loanflow:duty="INT-2">
<bpmn:extensionElements><loanflow:escalation after="PT0S" notify="assignee"/><loanflow:escalation after="PT1H"
 notify="head"/></bpmn:extensionElements></bpmn:userTask>
<bpmn:parallelGateway id="split"/>
<bpmn:userTask id="a" name="A 角调查" camunda:candidateGroups="officer" camunda:formRef="opinion_a"
 camunda:dueDate="P2D" loanflow:duty="INV-1 INV-2" loanflow:separateFrom="b" loanflow:sealedUntil="b"
 loanflow:recuse="true"/>
<bpmn:userTask id="b" name="B 角调查" camunda:candidateGroups="officer" camunda:formRef="opinion_b"
 camunda:dueDate="P2D" loanflow:duty="INV-1 INV-2" loanflow:separateFrom="a" loanflow:sealedUntil="a"
 loanflow:recuse="true"/>
<bpmn:parallelGateway id="join"/>
<bpmn:userTask id="review" name="部门审核" camunda:candidateGroups="manager" camunda:formRef="review"
 camunda:dueDate="PT4H" loanflow:duty="REV-1" loanflow:separateFrom="a b" loanflow:authority="approve_loan"/>
<bpmn:endEvent id="done" name="已批准"/>
<bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="check"/>
<bpmn:sequenceFlow id="f2" sourceRef="check" targetRef="split"/>
<bpmn:sequenceFlow id="f3" sourceRef="split" targetRef="a"/>
<bpmn:sequenceFlow id="f4" sourceRef="split" targetRef="b"/>
<bpmn:sequenceFlow id="f5" sourceRef="a" targetRef="join"/>
<bpmn:sequenceFlow id="f6" sourceRef="b" targetRef="join"/>
<bpmn:sequenceFlow id="f7" sourceRef="join" targetRef="review"/>
<bpmn:sequenceFlow id="f8" sourceRef="review" targetRef="done"/>
</bpmn:process></bpmn:definitions>"""

FAILING = f"""{HEAD}<bpmn:process id="failing" name="会出故障的流程" isExecutable="true">
<bpmn:startEvent id="start"/><bpmn:userTask id="enter" name="登记" camunda:candidateGroups="clerk"/>
<bpmn:exclusiveGateway id="gate" name="计算"/><bpmn:endEvent id="done" name="完成"/>
<bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="enter"/>
<bpmn:sequenceFlow id="f2" sourceRef="enter" targetRef="gate"/>
<bpmn:sequenceFlow id="f3" sourceRef="gate" targetRef="done"><bpmn:conditionExpression
 xsi:type="bpmn:tFormalExpression">${{rest = "never"}}</bpmn:conditionExpression></bpmn:sequenceFlow>
</bpmn:process></bpmn:definitions>"""


def form(name, *components):
    return json.dumps(
        {"type": "default", "id": name, "schemaVersion": 18, "components": list(components)}, ensure_ascii=False
    )


def number(key, label, unit="元", **validate):
    return {
        "type": "number",
        "key": key,
        "id": key,
        "label": label,
        "decimalDigits": 2,
        "appearance": {"suffixAdorner": unit},
        "validate": {"required": True, **validate},
    }


def text(key, label, **validate):
    return {"type": "textarea", "key": key, "id": key, "label": label, "validate": {"required": True, **validate}}


def opinion(side):
    choices = [{"label": "同意", "value": "for"}, {"label": "不同意", "value": "against"}]
    return form(
        f"opinion_{side}",
        {
            "type": "radio",
            "key": f"{side}_opinion",
            "id": f"{side}_opinion",
            "label": "意见",
            "values": choices,
            "validate": {"required": True},
        },
        number(f"{side}_amount", "建议金额", max=1000000),
        text(f"{side}_reasons", "理由", maxLength=500),
    )


FILES = {
    "package.yaml": """title: {zh: 小额贷款, en: Small loans}
roles: {clerk: , officer: , manager: , head: {zh: 分管行长, en: Vice president}}
search: [customer_name, amount]
numbering: {business_key: "S-{year}-{seq:4}"}
""",
    "small_loan.bpmn": SMALL_LOAN,
    "failing.bpmn": FAILING,
    "forms/application.form": form(
        "application",
        {
            "type": "textfield",
            "key": "customer_name",
            "id": "customer_name",
            "label": "客户姓名",
            "validate": {"required": True, "maxLength": 40},
        },
        number("amount", "申请金额", max=1000000),
    ),
    "forms/opinion_a.form": opinion("a"),
    "forms/opinion_b.form": opinion("b"),
    "forms/review.form": form(
        "review",
        {"type": "text", "id": "applied", "text": "申请 {{amount}} 元，A 角{{a_opinion}}；{{review_reasons}}"},
        text("review_reasons", "审核意见", maxLength=500),
    ),
    "i18n/en.yaml": """小额贷款: Small loan
受理: Intake
受理岗: Intake clerk
客户经理: Account manager
部门经理: Department manager
核对资料: Check the papers
A 角调查: Investigation A
B 角调查: Investigation B
部门审核: Department review
已批准: Approved
意见: Opinion
同意: For
不同意: Against
建议金额: Amount proposed
理由: Reasons
审核意见: Review
客户姓名: Customer
申请金额: Amount applied for
元: CNY
会出故障的流程: A process that fails
登记: Register
计算: Compute
完成: Done
""",
}
