"""Rows as the REST interface shows them. What is sealed was left out when the rows were written."""

from __future__ import annotations

from typing import Any

from engine.service import views
from engine.service.actors import Actor
from engine.values import loads
from models.cases import CaseEvent, Incident, Instance
from models.definitions import Definition
from models.deputies import Deputy
from models.ledger import JournalEntry
from models.loans import Instalment, Loan, LoanTransaction
from models.payments import PaymentOrder
from models.tasks import ExternalTask, Task


def definition_ref(definition: Definition) -> dict[str, Any]:
    """Key and version."""
    return {"key": definition.key, "version": definition.version}


def definition_view(definition: Definition) -> dict[str, Any]:
    """A version of a process."""
    return {
        **definition_ref(definition),
        "name": definition.title,
        "package": definition.deployment.package,
        "deployment_id": definition.deployment_id,
        "deployed_at": definition.deployment.deployed_at,
    }


def task_view(task: Task | None) -> dict[str, Any]:
    """A task, with the number and the facts of its case."""
    if task is None:
        raise LookupError("the task vanished within its own step")
    return {
        "id": task.id,
        "element": task.element,
        "name": task.name,
        "role": task.role or None,
        "assignee": task.assignee,
        "owner": task.owner,
        "completed_by": task.completed_by,
        "completed_for": task.completed_for,
        "due_at": task.due_at,
        "follow_up_at": task.follow_up_at,
        "priority": task.priority,
        "instance_id": task.instance_id,
        "business_key": task.instance.business_key,
        "definition": definition_ref(task.instance.definition),
        "state": task.state,
        "kind": task.kind,
        "of_task": task.of_task,
        "paused_at": task.paused_at,
        "cosigners": task.cosigners,
        "created_at": task.created_at,
        "facts": task.instance.facts,
    }


def case_view(instance: Instance, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    """A case; without `variables` (in lists) it shows the facts in their place."""
    return {
        "id": instance.id,
        "definition": definition_ref(instance.definition),
        "state": instance.state,
        "business_key": instance.business_key,
        "outcome": instance.outcome,
        "started_by": instance.started_by,
        "created_at": instance.created_at,
        "ended_at": instance.ended_at,
        "facts": instance.facts,
        "variables": instance.facts if variables is None else variables,
    }


def event_view(event: CaseEvent, instance: Instance, who: Actor) -> dict[str, Any]:
    """Something that happened to a case, without what is sealed for `who`."""
    return {
        "seq": event.seq,
        "at": event.at,
        "actor": event.actor,
        "on_behalf_of": event.on_behalf_of,
        "kind": event.kind,
        "element": event.element,
        "task_id": event.task_id,
        "data": views.event_data(event, instance, who),
        "hash": event.hash,
    }


def deputy_view(row: Deputy) -> dict[str, Any]:
    """Who stands in for whom, from when until when."""
    names = ("id", "person", "deputy", "begins", "until", "reason", "roles", "processes")
    return {name: getattr(row, name) for name in (*names, "set_by", "set_at", "ended_by", "ended_at")}


def incident_view(incident: Incident) -> dict[str, Any]:
    """An element that could not do its work."""
    return {
        "id": incident.id,
        "instance_id": incident.instance_id,
        "element": incident.element,
        "message": incident.message,
        "opened_at": incident.opened_at,
        "resolved_at": incident.resolved_at,
        "resolved_by": incident.resolved_by,
    }


def external_view(task: ExternalTask) -> dict[str, Any]:
    """Work for another program."""
    return {
        "id": task.id,
        "topic": task.topic,
        "element": task.element,
        "instance_id": task.instance_id,
        "variables": loads(task.variables),
        "worker": task.worker,
        "locked_until": task.locked_until,
        "retries": task.retries,
    }


def loan_view(loan: Loan) -> dict[str, Any]:
    """A loan, by its number."""
    names = ("principal", "annual_rate", "repayment_method", "day_count", "every", "term_months")
    dates = ("start", "maturity", "status", "settled_on")
    return {
        "id": loan.number,
        "customer": loan.customer.number,
        "customer_name": loan.customer.name,
        "contract": loan.contract.number,
        **{name: getattr(loan, name) for name in (*names, *dates)},
    }


def instalment_view(row: Instalment) -> dict[str, Any]:
    """A row of a schedule."""
    names = ("n", "due", "principal", "interest", "total", "balance", "paid_principal", "paid_interest", "state")
    return {name: getattr(row, name) for name in names}


def transaction_view(booked: LoanTransaction) -> dict[str, Any]:
    """Money that moved."""
    parts = ("amount", "principal", "interest", "fee", "penalty", "excess", "principal_balance")
    rest = ("kind", "on", "reference", "recorded_at", "recorded_by")
    return {"n": booked.seq, **{name: getattr(booked, name) for name in (*parts, *rest)}}


def payment_view(order: PaymentOrder) -> dict[str, Any]:
    """A payment order."""
    names = ("number", "kind", "amount", "payee", "account", "evidence", "planned_on", "pay_by", "state")
    return {name: getattr(order, name) for name in (*names, "bank_reference", "message")}


def entry_view(entry: JournalEntry) -> dict[str, Any]:
    """An entry of the ledger with its lines."""
    lines = [
        {"account": row.account.code, "title": row.account.title_zh, "debit": row.debit, "credit": row.credit}
        for row in entry.postings
    ]
    return {
        **{name: getattr(entry, name) for name in ("number", "kind", "booked_on", "voucher_no")},
        "postings": lines,
    }
