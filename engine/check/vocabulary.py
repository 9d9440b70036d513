"""Attributes and elements of our namespace and of Camunda's: what is read and where, refused, or ignored."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.bpmn.model import FLOW_NODES

_STEP = frozenset({"userTask"})
_TIMED = _STEP | {"boundaryEvent", "intermediateCatchEvent"}

MOVES = ("returnTo", "returnResume", "cosign", "withdraw", "transfer", "delegate", "pause")
"""What besides completing may be done with a step; on a process, for all of its steps."""

LOANFLOW_ATTRIBUTES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "role": frozenset({"lane"}),
        "calendar": _TIMED,
        "separateFrom": _STEP,
        "sameAs": _STEP,
        "recuse": _STEP,
        "authority": _STEP,
        "authorityOf": _STEP,
        "sealedUntil": _STEP,
        "function": _STEP,
        "duty": FLOW_NODES | {"process", "lane"},
        "operation": frozenset({"userTask", "serviceTask", "sendTask"}),
        "payload": frozenset({"message"}),
        **dict.fromkeys(MOVES, _STEP | {"process"}),
    }
)
"""Our attributes, and the BPMN elements on which they have an effect."""

LOANFLOW_ELEMENTS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {"escalation": ("userTask", ("after", "notify", "reassign")), "correlation": ("message", ("key", "value"))}
)
"""Our elements: what they belong to, and their attributes."""

VALUES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "loanflow:calendar": ("working", "natural"),
        "loanflow:recuse": ("true", "false"),
        "loanflow:function": ("investigation", "review", "approval", "disbursement", "none"),
        **{f"loanflow:{name}": ("true", "false") for name in ("withdraw", "transfer", "delegate", "pause")},
        "loanflow:returnResume": ("between", "back", "between back"),
        "loanflow:cosign": ("none", "before", "after", "before after"),
        "camunda:type": ("external",),
        "camunda:mapDecisionResult": ("singleEntry", "singleResult", "collectEntries", "resultList"),
        "camunda:formRefBinding": ("latest", "deployment"),
        "camunda:decisionRefBinding": ("latest", "deployment"),
        "camunda:calledElementBinding": ("latest", "deployment"),
    }
)

CAMUNDA_ATTRIBUTES = frozenset(
    {"assignee", "calledElementBinding", "candidateGroups", "candidateStarterGroups", "collection", "decisionRef"}
    | {"decisionRefBinding", "dueDate", "elementVariable", "errorCodeVariable", "errorMessageVariable"}
    | {"escalationCodeVariable", "followUpDate", "formRef", "formRefBinding", "mapDecisionResult", "priority"}
    | {"resultVariable", "topic", "type"}
    # What modelers keep for themselves.
    | {"diagramRelationId", "modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon", "versionTag"}
    | {"historyTimeToLive", "isStartableInTasklist"}
)

CAMUNDA_ELEMENTS = frozenset(
    {"inputOutput", "inputParameter", "outputParameter", "list", "map", "entry", "value", "in", "out"}
    # Documentation of the modeler's user.
    | {"properties", "property"}
)

CONSTANT_CAMUNDA_ATTRIBUTES = frozenset(
    {"candidateGroups", "candidateStarterGroups", "decisionRef", "elementVariable", "formRef", "mapDecisionResult"}
    | {"resultVariable", "topic", "type", "errorCodeVariable", "errorMessageVariable", "escalationCodeVariable"}
)

_OPERATION = 'Call an operation (loanflow:operation="…"), or another program (camunda:type="external").'
_FORM = 'Write camunda:formRef="NAME" and put forms/NAME.form into the package.'
_GROUPS = "Write camunda:candidateGroups, or camunda:assignee for one person."

REFUSED_CAMUNDA_ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {
        "class": _OPERATION,
        "delegateExpression": _OPERATION,
        "expression": _OPERATION,
        "formKey": _FORM,
        "formHandlerClass": _FORM,
        "formRefVersion": "The form of the deployed package is used; remove it.",
        "candidateUsers": _GROUPS,
        "candidateStarterUsers": "Write camunda:candidateStarterGroups.",
        "initiator": "Who started the case stands in its events; use loanflow:sameAs or loanflow:separateFrom.",
        "resource": "Write the script into the task.",
        "caseRef": "CMMN is not run; call a process.",
        "caseBinding": "CMMN is not run; call a process.",
        "caseVersion": "CMMN is not run; call a process.",
        "caseTenantId": "CMMN is not run; call a process.",
        "calledElementVersion": "The process of the same package is called; remove it.",
        "calledElementVersionTag": "The process of the same package is called; remove it.",
        "calledElementTenantId": "There are no tenants; remove it.",
        "decisionRefVersion": "The decision of the same package is asked; remove it.",
        "decisionRefVersionTag": "The decision of the same package is asked; remove it.",
        "decisionRefTenantId": "There are no tenants; remove it.",
        "variableMappingClass": "Write camunda:in and camunda:out.",
        "variableMappingDelegateExpression": "Write camunda:in and camunda:out.",
        "variableName": "Conditional events do not run; test the condition in a gateway.",
        "variableEvents": "Conditional events do not run; test the condition in a gateway.",
    }
)

REFUSED_CAMUNDA_ELEMENTS: Mapping[str, str] = MappingProxyType(
    {
        "executionListener": "Draw what it does as a service or script task.",
        "taskListener": "Draw what it does as a service or script task, or use loanflow:escalation.",
        "connector": _OPERATION,
        "field": _OPERATION,
        "formData": _FORM,
        "formField": _FORM,
        "formProperty": _FORM,
        "script": "Write the value as ${…} in FEEL.",
        "errorEventDefinition": "An operation's errors reach the boundary event by their code.",
        "potentialStarter": "Write camunda:candidateStarterGroups on the process.",
    }
)

_TRANSACTIONS = "every step is a transaction of its own"
IGNORED: Mapping[str, str] = MappingProxyType(
    {
        "asyncBefore": _TRANSACTIONS,
        "asyncAfter": _TRANSACTIONS,
        "async": _TRANSACTIONS,
        "exclusive": _TRANSACTIONS,
        "failedJobRetryTimeCycle": "a failure is an incident, which an administrator retries",
        "jobPriority": "jobs are done in the order of their time",
        "taskPriority": "external tasks are handed out in the order of their time",
    }
)
"""Why a known thing has no effect."""

FOREIGN: Mapping[str, str] = MappingProxyType(
    {
        "http://camunda.org/schema/zeebe/1.0": "Camunda 8 (zeebe:)",
        "http://activiti.org/bpmn": "Activiti",
        "http://flowable.org/bpmn": "Flowable",
        "http://spiffworkflow.org/bpmn/schema/1.0/core": "SpiffWorkflow",
        "http://www.jboss.org/drools": "jBPM",
    }
)
"""Namespaces of other engines whose attributes decide what a step does there."""
