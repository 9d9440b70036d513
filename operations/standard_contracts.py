"""The templates of contracts that a new house starts with: samples, for its lawyers to check and to change."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.packages import load_yaml
from models.contract_templates import ContractTemplate, TemplateVersion

_FILE = Path(__file__).parent / "contracting" / "standard_contracts.yaml"
_IN_FORCE_FROM = dt.date(2020, 1, 1)
_WRITTEN_AT = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@cache
def standard_contracts() -> tuple[dict[str, Any], ...]:
    """The samples, with every key filled in."""
    return tuple(_whole(found) for found in load_yaml(_FILE.read_text(encoding="utf-8")))


def _whole(found: dict[str, Any]) -> dict[str, Any]:
    clauses = [{"when": "", "variable": False, **clause} for clause in found["clauses"]]
    return {"products": [], "guarantee_kinds": [], "binds": "each", **found, "clauses": clauses}


def add_standard_contracts(session: Session) -> None:
    """Adds the samples whose code the house does not have yet, in force at once: nobody of the house wrote them."""
    known = set(session.scalars(sa.select(ContractTemplate.code)))
    for sample in standard_contracts():
        if sample["code"] in known:
            continue
        version = TemplateVersion(
            n=1, state="approved", clauses=sample["clauses"], in_force_from=_IN_FORCE_FROM, written_at=_WRITTEN_AT
        )
        template = {name: value for name, value in sample.items() if name != "clauses"}
        session.add(ContractTemplate(**template, versions=[version]))
    session.flush()
