"""The database itself refuses states that cannot be, whatever the program does."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from models.metadata import all_tables
from models.queries.people import add_unit

NOW = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 3, 10)
TABLES = all_tables().tables

ROWS: dict[str, dict[str, Any]] = {
    "customer": {
        "id": 1,
        "number": "C-000001",
        "kind": "person",
        "name": "张三",
        "id_kind": "resident_id",
        "id_number": "1",
        "recorded_at": NOW,
    },
    "product": {
        "id": 1,
        "code": "P",
        "version": 1,
        "title_zh": "产品",
        "title_en": "Product",
        "min_amount": Decimal(1),
        "max_amount": Decimal(100),
        "min_term_months": 1,
        "max_term_months": 12,
        "annual_rate": Decimal("0.06"),
        "day_count": "30/360",
        "approval_days": 60,
        "valid_from": DAY,
    },
    "application": {
        "id": 1,
        "unit_id": None,
        "number": "A-1",
        "instance_id": uuid.UUID(int=1),
        "customer_id": 1,
        "product_id": 1,
        "amount": Decimal(100),
        "term_months": 12,
        "purpose": "进货",
        "repayment_method": "single",
        "guarantee_kind": "credit",
        "status": "registered",
        "registered_at": NOW,
    },
    "opinion": {
        "id": 1,
        "application_id": 1,
        "stage": "legal",
        "round": 1,
        "opinion": "for",
        "reasons": "合法",
        "facts": {},
        "person": "li",
        "given_at": NOW,
    },
    "resolution": {
        "id": 1,
        "number": "R-1",
        "application_id": 1,
        "round": 1,
        "result": "approved",
        "decided_by": "committee",
        "amount": Decimal(100),
        "term_months": 12,
        "annual_rate": Decimal("0.06"),
        "valid_until": DAY,
        "minutes": "",
        "recorded_at": NOW,
    },
    "committee_vote": {"resolution_id": 1, "member": "a", "vote": "for", "reasons": "", "conditions": ""},
    "contract": {
        "id": 1,
        "number": "LC-1",
        "application_id": 1,
        "kind": "loan",
        "status": "draft",
        "amount": Decimal(100),
        "annual_rate": Decimal("0.06"),
        "term_months": 12,
        "repayment_method": "single",
        "start": DAY,
        "clauses": [],
        "drafted_at": NOW,
    },
    "collateral": {
        "id": 1,
        "kind": "house",
        "description": "住房",
        "owner_id": 1,
        "own_value": Decimal(100),
        "recorded_at": NOW,
    },
    "loan": {
        "id": 1,
        "number": "L-1",
        "contract_id": 1,
        "customer_id": 1,
        "product_id": 1,
        "unit_id": None,
        "principal": Decimal(100),
        "annual_rate": Decimal("0.06"),
        "repayment_method": "single",
        "day_count": "30/360",
        "every": "P1M",
        "term_months": 12,
        "start": DAY,
        "maturity": dt.date(2027, 3, 10),
        "receiving_account": "6222",
        "payment_kind": "own",
        "schedule_version": 1,
        "status": "active",
        "disbursed_at": NOW,
    },
    "instalment": {
        "loan_id": 1,
        "version": 1,
        "n": 1,
        "due": dt.date(2027, 3, 10),
        "principal": Decimal(100),
        "interest": Decimal(6),
        "total": Decimal(106),
        "balance": Decimal(0),
        "paid_principal": Decimal(0),
        "paid_interest": Decimal(0),
    },
    "loan_transaction": {
        "id": 1,
        "loan_id": 1,
        "seq": 1,
        "kind": "disbursement",
        "value_date": DAY,
        "amount": Decimal(100),
        "principal": Decimal(100),
        "interest": Decimal(0),
        "fee": Decimal(0),
        "penalty": Decimal(0),
        "excess": Decimal(0),
        "principal_balance": Decimal(100),
        "reference": "V-1",
        "recorded_at": NOW,
    },
}


def insert(session, table, **changed):
    session.execute(TABLES[table].insert().values({**ROWS[table], **changed}))


@pytest.fixture
def filled(session):
    """A session in which every table of `ROWS` has its row."""
    unit_id = add_unit(session, "一支行").id
    for table in ROWS:
        insert(session, table, **({"unit_id": unit_id} if "unit_id" in ROWS[table] else {}))
    return session


@pytest.mark.parametrize(
    ("table", "changed", "constraint"),
    [
        ("customer", {"id_number": "2", "id_kind": "credit_code"}, "id_kind_of_kind"),
        ("customer", {"id_number": "2", "blocked_at": NOW}, "blocked_for_a_reason"),
        ("product", {"version": 2, "max_amount": Decimal("0.99")}, "amounts_in_order"),
        ("product", {"version": 2, "annual_rate": Decimal("-0.01")}, "rate_not_negative"),
        ("application", {"number": "A-2", "amount": Decimal(0)}, "amount_positive"),
        ("application", {"number": "A-2", "status": "lost"}, "status_known"),
        ("opinion", {"round": 2, "opinion": "perhaps"}, "opinion_known"),
        ("opinion", {"round": 2, "reasons": ""}, "with_reasons"),
        ("resolution", {"round": 2, "amount": None}, "approved_with_terms"),
        ("resolution", {"round": 2, "valid_until": None}, "approved_with_terms"),
        ("contract", {"kind": "pledge", "status": "signed"}, "signed_properly"),
        ("contract", {"kind": "pledge", "witness_1": "王五", "witness_2": "王五"}, "two_witnesses"),
        ("contract", {"kind": "pledge", "spouse_signed": False}, "spouse_or_why"),
        ("collateral", {"appraised_value": Decimal(90)}, "appraised_by_somebody"),
        ("collateral", {"own_value": Decimal("-0.01")}, "not_negative"),
        ("loan", {"payment_kind": "entrusted"}, "entrusted_to_a_payee"),
        ("loan", {"status": "settled"}, "settled_on_a_day"),
        ("loan", {"maturity": DAY}, "maturity_after_start"),
        ("instalment", {"n": 2, "total": Decimal("105.99")}, "total_adds_up"),
        ("instalment", {"n": 2, "balance": Decimal("-0.01")}, "not_negative"),
        ("instalment", {"n": 2, "paid_interest": Decimal("6.01")}, "interest_paid_once"),
        ("instalment", {"n": 2, "paid_principal": Decimal("-0.01")}, "principal_paid_once"),
        ("loan_transaction", {"seq": 2, "kind": "repayment", "excess": Decimal(1)}, "adds_up"),
        ("loan_transaction", {"seq": 2}, "disbursement_first"),
    ],
)
def test_a_row_that_cannot_be_is_refused(filled, table, changed, constraint):
    keys = {"id": 2, "number": "other", "reference": "other", "contract_id": 1, "due": dt.date(2027, 4, 10)}
    unit = {"unit_id": filled.scalar(sa.select(TABLES["application"].c.unit_id))}
    own = {name: value for name, value in {**keys, **unit}.items() if name in ROWS[table]}
    with pytest.raises(IntegrityError, match=f"ck_{table}_{constraint}"):
        insert(filled, table, **{**own, **changed})


@pytest.mark.parametrize(
    ("table", "changed", "columns"),
    [
        ("customer", {"id": 2, "number": "C-000002"}, ["id_kind", "id_number"]),
        ("product", {"id": 2, "valid_from": dt.date(2027, 1, 1)}, ["code", "version"]),
        ("application", {"id": 2}, ["unit_id", "number"]),
        ("opinion", {"id": 2}, ["application_id", "stage", "round"]),
        ("resolution", {"id": 2, "number": "R-2"}, ["application_id", "round"]),
        ("committee_vote", {}, ["resolution_id", "member"]),
        ("contract", {"id": 2, "number": "LC-2"}, ["application_id", "kind", "n"]),
        ("loan", {"id": 2, "number": "L-2"}, ["contract_id", "draw_no"]),
        ("instalment", {"n": 2}, ["loan_id", "version", "due"]),
        ("loan_transaction", {"id": 2, "seq": 2, "kind": "repayment"}, ["loan_id", "reference"]),
    ],
)
def test_there_is_only_one(filled, table, changed, columns):
    unit = {"unit_id": filled.scalar(sa.select(TABLES["application"].c.unit_id))} if "unit_id" in ROWS[table] else {}
    with pytest.raises(IntegrityError) as refused:
        insert(filled, table, **unit, **changed)
    message = str(refused.value.orig)
    if "Key (" in message:  # PostgreSQL
        assert re.search(r"Key \(([^)]*)\)", message)[1].split(", ") == columns
    else:
        assert message.endswith(": " + ", ".join(f"{table}.{column}" for column in columns))


def test_a_void_contract_makes_room_for_another(filled):
    filled.execute(TABLES["contract"].update().values(status="void"))
    insert(filled, "contract", id=2, number="LC-2")


def test_what_belongs_to_something_needs_it(filled):
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        insert(filled, "opinion", id=2, application_id=99)
