"""The demonstration as ground for walks over every address: a house in which nearly everything exists.

An argument of an address stands for a row that is there, so that no walk passes for want of something to find.
"""

from __future__ import annotations

import io
import re
import uuid
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from engine.service import actors, attachments, comments
from engine.service.attachments import FileStore
from engine.service.house import House
from models.applications import Application
from models.archive import ArchiveEntry
from models.authority import AuthorityDelegation, LimitProposal
from models.care import Prospect
from models.cases import Attachment, Incident, Instance, Signature
from models.contract_templates import ContractTemplate
from models.contracts import Contract
from models.customer_file import CustomerContact
from models.customers import BlockedParty, Customer
from models.database import Base, Sessions
from models.deputies import Deputy
from models.desk import SavedFilter
from models.handovers import Handover
from models.loans import Loan
from models.meetings import Meeting
from models.notices import Delivery, Webhook
from models.queries.people import add_person, add_unit, root_unit
from models.register_queries import RegisterQuery
from models.resolutions import Resolution, ResolutionCondition
from models.security_papers import SecurityPaper
from models.signings import SigningAppointment
from models.tasks import OPEN, Notice, Task
from operations.contracting.word import standard_word
from tests.web.conftest import PASSWORD, signed_in
from tests.web.pages.conftest import Visitor

OTHER_BRANCH = "沙河支行"
EVERY_ROLE = (
    "account_manager", "archivist", "committee_member", "committee_secretary", "complaint_officer",
    "compliance_officer", "contract_clerk", "dept_manager", "finance_clerk", "finance_supervisor", "general_manager",
    "intake_clerk", "legal_officer", "risk_manager",
)  # fmt: skip
"""Of the trade: neither an administrator's nor an auditor's, which reach beyond a unit."""


def build(house: House, files: FileStore) -> None:
    """Adds to the demonstration what it lacks, and two people who have no part in any of it."""
    with house.step() as step:
        add_unit(step.session, OTHER_BRANCH)
        add_person(step.session, step.now, "far", PASSWORD, roles=EVERY_ROLE, unit=OTHER_BRANCH)
        add_person(step.session, step.now, "nobody", PASSWORD, roles=())
        _add_what_is_missing(step, files)


def _add_what_is_missing(step: Any, files: FileStore) -> None:
    session, now = step.session, step.now
    admin, case = actors.load(session, "admin"), session.scalars(_CASE).one()
    attachments.attach(step, files, case.id, admin, "现场.pdf", b"%PDF-1.7\n%%EOF")
    comments.add(step, case.id, admin, "请补充")
    session.add(Incident(instance_id=case.id, token=uuid.uuid4(), element="draft", message="没有", opened_at=now))
    hook = {"title": "核心系统", "url": "https://core.example/hook", "secret": "s" * 40, "templates": []}
    session.add(Webhook(**hook, unit_id=root_unit(session).id, created_by="admin", created_at=now))
    session.add(SavedFilter(person="lin", name="我的", tab="mine", conditions="state=open"))
    template = session.scalars(sa.select(ContractTemplate).order_by(ContractTemplate.id).limit(1)).one()
    template.versions[-1].word, template.versions[-1].word_name = standard_word(), "合同.docx"


_CASE = (
    sa.select(Instance)
    .join(Application, Application.number == Instance.business_key)
    .join(Resolution, Resolution.application_id == Application.id)
    .join(ResolutionCondition, ResolutionCondition.resolution_id == Resolution.id)
    .join(SigningAppointment, SigningAppointment.application_id == Application.id)
    .join(Signature, Signature.instance_id == Instance.id)
    .limit(1)
)
"""A case that has come far: decided under conditions, an appointment for its signing, signatures."""


class Addresses:
    """The addresses of an application before a built house."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app = app
        case = session.scalars(_CASE).one()
        one = lambda column, *where: session.scalars(sa.select(column).where(*where).limit(1)).one()  # noqa: E731
        signature = one(Signature, Signature.instance_id == case.id)
        self._ids: dict[str, Any] = {
            "instance_id": case.id,
            "task_id": one(Task.id, Task.state == OPEN),
            "attachment_id": one(Attachment.id),
            "signature_id": signature.id,
            "incident_id": one(Incident.id),
            "process": case.key,
            "delegation_id": one(AuthorityDelegation.id),
            "proposal_id": one(LimitProposal.id),
            "party_id": one(BlockedParty.id),
            "contact_id": one(CustomerContact.id),
            "deputy_id": one(Deputy.id),
            "delivery_id": one(Delivery.id),
            "webhook_id": one(Webhook.id),
            "filter_id": one(SavedFilter.id),
            "notice_id": one(Notice.id),
            "paper_id": one(SecurityPaper.id),
            "query_id": one(RegisterQuery.id),
            "loan_id": one(Loan.number),
            "code": session.scalars(sa.select(ContractTemplate.code).order_by(ContractTemplate.id).limit(1)).one(),
            "n": 1,
            "do": "withdraw",
            "what": "work",
            "package": "loan_origination",
            "name": "package.yaml",
            "filename": "icons.svg",
        }
        self._numbers = {
            "/archive/": one(ArchiveEntry.number),
            "/contracts/": one(Contract.number),
            "/customers/": one(Customer.number, Customer.id == one(CustomerContact.customer_id)),
            "/handovers/": one(Handover.number),
            "/loans/": one(Loan.number),
            "/meetings/": one(Meeting.number),
            "/prospects/": one(Prospect.number),
        }
        self._keys = {"/definitions/": case.key, "/registers/": "applications", "/start/": case.key}
        self._kinds = {"/loans/": "schedule"}

    def all(self) -> list[tuple[str, Rule]]:
        """Every method and rule of the map."""
        return [
            (method, rule)
            for rule in self.app.url_map.iter_rules()
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        ]

    def of(self, argument: str) -> Any:
        """What stands for an argument of that name."""
        return self._ids[argument]

    def address(self, rule: Rule) -> str:
        """The rule with what exists in it. An argument that nobody has given a row is an error of the test."""
        given = {name: self._value(name, rule.rule) for name in rule.arguments}
        with self.app.test_request_context():
            return str(self.app.url_map.bind("localhost").build(rule.endpoint, given))

    def _value(self, name: str, rule: str) -> Any:
        if name == "code" and "/products/" in rule:
            return "personal_business"
        if name == "name" and "/people/" in rule:
            return "wang"
        by_subject = {"number": self._numbers, "key": self._keys, "kind": self._kinds}.get(name)
        if by_subject is None:
            return self._ids[name]
        [value] = [value for part, value in by_subject.items() if part in rule]
        return value


class Books:
    """What stands in the tables of a house, and what somebody has changed of it since one last looked."""

    def __init__(self, sessions: Sessions) -> None:
        self._connection = sessions.engine.connect()
        self._version, self._rows = self._look(), self._read()

    def changed(self) -> set[str]:
        """The tables that others have changed; that somebody was refused is no change of a case."""
        version = self._look()
        if version == self._version:
            return set()
        before, self._rows, self._version = self._rows, self._read(), version
        return {name for name, rows in self._rows.items() if rows != before[name]}

    def close(self) -> None:
        """Looks no more."""
        self._connection.close()

    def _look(self) -> Any:
        with self._connection.begin():
            return self._connection.exec_driver_sql("PRAGMA data_version").scalar()

    def _read(self) -> dict[str, list[Any]]:
        rows = {}
        with self._connection.begin():
            for table in Base.metadata.sorted_tables:
                columns = [column for column in table.columns if column.name not in _REFUSALS.get(table.name, ())]
                query = sa.select(*columns).order_by(*table.primary_key.columns)
                if table.name == "event":
                    query = query.where(table.c.kind != "refused")
                rows[table.name] = list(self._connection.execute(query))
        return rows


_REFUSALS = {"instance": ("event_count", "event_head", "lock_version"), "event": ("seq", "hash")}
"""Columns in which a refusal leaves its mark."""


SENT: dict[str, Any] = {
    "application": "A-2026-0001", "issuer": "财险公司", "item": "房产", "number": "P-1", "valid_from": "2026-11-01",
    "valid_until": "2027-11-01", "renewed": True, "regions": ["河西村"],
    "address": "人民路 1 号", "again": "new pass word", "adds": "",
    "authorisation_no": "SQ-1", "authorised_on": "2026-11-20", "party": "C-000001",
    "register": "credit", "paper": "other", "amount": Decimal("1.00"), "application_no": "A-2026-0001",
    "binds": "each", "business_key": "A-1", "circle_length": "4", "clause": None, "clauses": {}, "code": "own",
    "comment": "同意", "conditions": "state=open", "confirmed": "1", "correlation": {"nr": "1"}, "customer": "C-000002",
    "customer_name": "张三", "deputy": "sun", "do": "withdraw", "due_on": "2026-12-01", "email": "a@hechuan.example",
    "evidence": 1, "form": {}, "from": "2026-12-01", "giver": "rui", "held_at": "2026-12-01T09:00:00+08:00",
    "id_kind": "resident_id", "id_number": "110101199003070011", "in_force_from": "2026-12-01", "kind": "family",
    "key": "own", "list_name": "公安协查", "listed_on": "2026-11-01", "locale": "zh", "lock": "PT1M",
    "message": "不通", "name": "张三", "need": "扩大养殖", "net_capital": "100000000", "new": "new pass word",
    "next_contact_on": "2026-12-01", "next_on": "2026-12-01", "note": "已办理", "old": "wrong", "on": "1",
    "opinion": "agree", "other": "C-000003", "paid_on": "2026-11-23", "payload": {}, "person": "lin",
    "phone": "13900000000", "place": "总行", "power": "approve_loan", "processes": [], "products": [],
    "prospects": 3, "quiet_from": "22:00", "quiet_to": "08:00", "reason": "稽核", "receiver": "gao",
    "receiving_account": "6222", "recusal_steps": "1", "reference": "R-1", "remark": "请改", "remarks": "请改",
    "retries": 1, "role": None, "roles": [], "share": None, "shared": "", "since": "2026-12-01", "source": "visit",
    "stamp": 1, "survey": "", "tab": "mine", "templates": [], "text": "请改", "title": "另一系统", "to": "lin",
    "token": "no such", "topics": ["valuation"], "unit": None, "until": "2026-12-05", "url": "https://other.example/",
    "value": "1", "variables": {}, "version": 1, "wanted": [], "way": "phone", "when": "before", "who": ["lin"],
    "worker": "w", "guarantee_kinds": [], "title_zh": "温室贷款", "title_en": "Greenhouse loan", "min_amount": 5000,
    "max_amount": 300000, "min_term_months": 3, "max_term_months": 36, "annual_rate": Decimal("0.05"),
    "day_count": "ACT/360", "approval_days": 45, "customer_kind": ["person"],
    "repayment_method": ["equal_installment"], "guarantee_kind": ["credit"],
}  # fmt: skip
"""What forms and calls are filled in with, so that no refusal comes from an empty field."""

SENT_TO: dict[str, dict[str, Any]] = {
    "/api/v1/contract-templates": {"kind": "loan"},
    "/api/v1/contract-templates/<code>/versions": {"clauses": [{"title": "借款", "text": "借款", "when": ""}]},
    "/api/v1/contract-templates/<code>/preview": {"clauses": [{"title": "借款", "text": "借款", "when": ""}]},
    "/api/v1/instances/<uuid:instance_id>/register-queries": {"again": False},
    "/api/v1/customers/<number>/contacts": {"kind": "phone"},
    "/api/v1/house-figures": {"net_capital": Decimal(100000000), "circle_length": 4, "recusal_steps": 1},
    "/api/v1/security-papers": {"kind": "insurance"},
    "/api/v1/product-proposals": {"code": "green_house", "valid_from": "2030-01-01"},
    "/api/v1/tasks/<uuid:task_id>/pause": {"until": "2026-12-05T09:00:00+08:00"},
    "/api/v1/instances/<uuid:instance_id>/variables": {"variables": {"amount": 1}},
    "/contract-templates": {"kind": "loan"},
}
"""Where a field of that name means something else."""


def body_of(app: Flask, rule: Rule) -> dict[str, Any]:
    """A body that the schema of a REST call finds in order, by the interface's own description."""
    [api] = app.extensions["flask-smorest"]["apis"].values()
    described = api["ext_obj"].spec.to_dict()
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
    content = described["paths"][path]["post"].get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return {}
    schema = content["schema"]
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    values = {**SENT, **SENT_TO.get(rule.rule, {})}
    missing = set(schema.get("required", ())) - values.keys()
    if missing:
        raise AssertionError(f"nothing to send as {sorted(missing)} to {rule.rule}: say it in SENT")
    return {name: values[name] for name in schema.get("properties", {}) if name in values}


_ASKED = {
    "/api/v1/search": {"q": "张"},
    "/api/v1/products/<code>/trial": {"amount": "100000", "term_months": "12", "repayment_method": "equal_installment"},
}
"""Queries that a call cannot do without."""


class Walker:
    """One person who asks at addresses, by browser or by token, whichever the address is for."""

    def __init__(self, addresses: Addresses, house: House, name: str) -> None:
        addresses.app.config["WTF_CSRF_ENABLED"] = False
        self.addresses, self.books = addresses, Books(house.sessions)
        self._browser = Visitor(addresses.app)
        self._browser.enter(house, name)
        self._caller = signed_in(house, addresses.app, name)
        self.books.changed()

    def ask(self, method: str, rule: Rule) -> int:
        """The status of the answer; what is not only read is asked with a body in good order."""
        address = self.addresses.address(rule)
        if rule.rule.startswith("/api/v1"):
            path = address.removeprefix("/api/v1")
            if method == "GET":
                answer = self._caller.get(path, **_ASKED.get(rule.rule, {}))
            else:
                answer = self._caller.post(path, body_of(self.addresses.app, rule))
        else:
            data = None if method == "GET" else self._fields(rule)
            answer = self._browser.client.open(address, method=method, data=data)
        answer.close()
        return int(answer.status_code)

    @staticmethod
    def _fields(rule: Rule) -> dict[str, Any]:
        values = {**SENT, **SENT_TO.get(rule.rule, {})}
        fields = {name: value for name, value in values.items() if isinstance(value, (str, int, Decimal))}
        return {**fields, "file": (io.BytesIO(b"%PDF-1.7 "), "a.pdf")}

    def close(self) -> None:
        """Goes home."""
        self.books.close()
