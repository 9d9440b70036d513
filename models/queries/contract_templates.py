"""Finding templates of contracts and their versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from models.contract_templates import ContractTemplate, TemplateVersion

MOST = 500
"""More templates than this no house has."""


def all_templates(session: Session) -> Sequence[ContractTemplate]:
    """The templates with their versions, by kind and code."""
    query = sa.select(ContractTemplate).options(selectinload(ContractTemplate.versions))
    return session.scalars(query.order_by(ContractTemplate.kind, ContractTemplate.code).limit(MOST)).all()


def find_template(session: Session, code: str) -> ContractTemplate | None:
    """The template with this code."""
    return session.scalar(sa.select(ContractTemplate).where(ContractTemplate.code == code))


def find_version(session: Session, code: str, n: int) -> TemplateVersion | None:
    """A version of a template."""
    query = sa.select(TemplateVersion).join(TemplateVersion.template)
    return session.scalar(query.where(ContractTemplate.code == code, TemplateVersion.n == n))


def in_force(template: ContractTemplate, on: dt.date) -> TemplateVersion | None:
    """The version of a template that is in force on a day: of those approved the one with the latest beginning."""
    held = [v for v in template.versions if v.state == "approved" and v.in_force_from and v.in_force_from <= on]
    return max(held, key=lambda version: (version.in_force_from, version.n), default=None)


def template_for(session: Session, kind: str, product: str, guarantee_kind: str, on: dt.date) -> TemplateVersion | None:
    """The version to use on a day; a template that names the product or kind of guarantee goes before general ones."""
    candidates: list[tuple[int, str, TemplateVersion]] = []
    for template in all_templates(session):
        version = in_force(template, on) if template.kind == kind else None
        named = [(template.products, product), (template.guarantee_kinds, guarantee_kind)]
        if version is not None and all(not wanted or value in wanted for wanted, value in named):
            candidates.append((-sum(bool(wanted) for wanted, _ in named), template.code, version))
    return min(candidates, key=lambda found: found[:2])[2] if candidates else None
