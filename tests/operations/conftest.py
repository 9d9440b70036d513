"""A house with units and products, and somebody who calls operations in it as a case would."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from engine.ports import OperationCall
from lending.calendar import WorkingCalendar
from models.queries.people import add_unit
from operations import furnishing
from operations.registry import OPERATIONS
from operations.relations import RecordedRelations

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar("Asia/Shanghai")
MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)


@dataclass
class Case:
    """A case that calls operations; what a test does not care about is filled in."""

    session: Session
    unit_id: int
    now: dt.datetime = MONDAY
    business_key: str | None = "A-2026-0001"
    actor: str | None = "li"
    instance_id: uuid.UUID = field(default_factory=uuid.uuid4)
    jobs: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def call(self, operation: str, /, **inputs: Any) -> dict[str, Any]:
        """Runs an operation."""
        call = OperationCall(
            session=self.session,
            now=self.now,
            instance_id=self.instance_id,
            business_key=self.business_key,
            unit_id=self.unit_id,
            actor=self.actor,
            element="step",
            zone=SHANGHAI,
            calendar=CALENDAR,
            relations=RecordedRelations(),
            queue_job=lambda kind, payload, due_at=None: self.jobs.append((kind, payload)),
        )
        return OPERATIONS[operation].run(call, **inputs)

    def customer(self, name: str = "张三", id_number: str = "110101199003070011", kind: str = "person") -> str:
        """The number of a customer."""
        number: str = self.call("customer.identify", kind=kind, name=name, id_number=id_number)["customer_id"]
        return number

    def register(self, **changed: Any) -> str:
        """The number of an application of 100,000 for a year."""
        inputs = {
            "customer_id": None,
            "product": "personal_business",
            "amount": Decimal(100000),
            "term_months": Decimal(12),
            "purpose": "进货",
            "repayment_method": "equal_installment",
            "guarantee_kind": "mortgage",
            "guarantor_ids": [],
            **changed,
        }
        inputs["customer_id"] = inputs["customer_id"] or self.customer()
        number: str = self.call("application.register", **inputs)["application_no"]
        return number

    def resolve(self, number: str, **changed: Any) -> dict[str, Any]:
        """Approves an application as it was made."""
        inputs = {
            "application_no": number,
            "result": "approved",
            "decided_by": "committee",
            "amount": Decimal(100000),
            "term_months": Decimal(12),
            "annual_rate": Decimal("0.06"),
            "conditions": [],
            "votes": [],
            "minutes": "同意",
            **changed,
        }
        return self.call("resolution.record", **inputs)

    def draft(self, number: str, **changed: Any) -> dict[str, Any]:
        """Drafts a loan and a mortgage contract."""
        inputs = {
            "application_no": number,
            "kinds": ["loan", "mortgage"],
            "amount": Decimal(100000),
            "annual_rate": Decimal("0.06"),
            "term_months": Decimal(12),
            "repayment_method": "equal_installment",
            "start": dt.date(2026, 3, 10),
            **changed,
        }
        return self.call("contract.draft", **inputs)

    def sign(self, contract_no: str, **changed: Any) -> dict[str, Any]:
        """Finds the contracts of an application in order and signs them."""
        self.call(
            "contract.review",
            contract_no=contract_no,
            contract_check="pass",
            contract_check_reasons="条款合法",
        )
        inputs = {
            "contract_no": contract_no,
            "signed_on": dt.date(2026, 3, 9),
            "place": "营业部",
            "receiving_account": "6222020000001",
            "witnesses": ["王五", "赵六"],
            "spouse_signed": True,
            **changed,
        }
        return self.call("contract.sign", **inputs)

    def signed_contract(self) -> str:
        """The number of a signed loan contract over 100,000 at 6 % for a year."""
        number = self.register()
        self.resolve(number)
        contract_no: str = self.draft(number)["contract_no"]
        self.sign(contract_no)
        return contract_no

    def disburse(self, contract_no: str, **changed: Any) -> dict[str, Any]:
        """Pays a signed contract out."""
        inputs = {
            "contract_no": contract_no,
            "amount": Decimal(100000),
            "annual_rate": Decimal("0.06"),
            "start": dt.date(2026, 3, 10),
            "term_months": Decimal(12),
            "repayment_method": "equal_installment",
            "day_count": "30/360",
            "receiving_account": "6222020000001",
            "payment_kind": "own",
            **changed,
        }
        return self.call("loan.disburse", **inputs)


def furnish(session: Session) -> int:
    """Gives a new house a branch and what every house starts with; the branch's id."""
    furnishing.furnish(session)
    return add_unit(session, "一支行").id


@pytest.fixture
def case(session: Session) -> Case:
    """A case at its beginning."""
    return Case(session, furnish(session))
