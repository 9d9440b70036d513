"""Figures of relations and limits that differ between houses: the usual ones, and what the house has set instead.

Net capital is nobody's default: until the house has set it, limits of exposure are not reckoned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.customer_file import HouseFigure, HouseFigureChange
from models.customers import RELATION_KINDS
from models.people import Person, PersonRole, Unit

CLOSE_KINDS = ("family", "spouse", "shareholder", "beneficial_owner", "legal_representative")
CONTROL_KINDS = ("family", "spouse", "shareholder", "legal_representative", "affiliate")


@dataclass(frozen=True)
class Figures:
    """What holds in the house. Shares and limits are fractions, `net_capital` is CNY or None.

    `file_roles` change the files of customers, `block_roles` block them and keep the lists, `identity_roles` read
    identity numbers in full.
    """

    control_share: Decimal
    control_kinds: tuple[str, ...]
    beneficial_share: Decimal
    net_capital: Decimal | None
    single_limit: Decimal
    group_limit: Decimal
    circle_length: int
    recusal_steps: int
    recusal_kinds: tuple[str, ...]
    file_roles: tuple[str, ...]
    block_roles: tuple[str, ...]
    identity_roles: tuple[str, ...]

    @property
    def single_most(self) -> Decimal | None:
        """What one borrower may owe, in CNY."""
        return None if self.net_capital is None else self.net_capital * self.single_limit

    @property
    def group_most(self) -> Decimal | None:
        """What a group of related customers may owe, in CNY."""
        return None if self.net_capital is None else self.net_capital * self.group_limit


USUAL: Mapping[str, Any] = MappingProxyType(
    {
        "control_share": Decimal("0.25"),
        "control_kinds": CONTROL_KINDS,
        "beneficial_share": Decimal("0.25"),
        "net_capital": None,
        "single_limit": Decimal("0.10"),
        "group_limit": Decimal("0.15"),
        "circle_length": 6,
        "recusal_steps": 1,
        "recusal_kinds": CLOSE_KINDS,
        "file_roles": ("intake_clerk", "account_manager", "admin"),
        "block_roles": ("compliance_officer",),
        "identity_roles": (
            "intake_clerk",
            "account_manager",
            "compliance_officer",
            "legal_officer",
            "contract_clerk",
            "auditor",
            "admin",
        ),
    }
)
"""商业银行法 39 for the limits, 反洗钱 rules for the owner of more than 25 %, 商业银行法 40 for relatives."""


ROLE_FIGURES = frozenset({"file_roles", "block_roles", "identity_roles"})
_LISTS = ROLE_FIGURES | {"control_kinds", "recusal_kinds"}


class WrongFigure(ValueError):
    """A figure cannot be this."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} cannot be this.")
        self.name = name


def figures_of(session: Session) -> Figures:
    """The figures that hold in the house, read once in a session."""
    kept: Figures | None = session.info.get(Figures)
    if kept is None:
        kept = session.info[Figures] = _read(session)
    return kept


def _read(session: Session) -> Figures:
    own = {row.name: row.value for row in session.scalars(sa.select(HouseFigure))}
    known = {name: own.get(name, usual) for name, usual in USUAL.items()}
    for name in _LISTS:
        known[name] = tuple(known[name])
    for name in ("control_share", "beneficial_share", "single_limit", "group_limit"):
        known[name] = Decimal(known[name])
    known["net_capital"] = None if known["net_capital"] is None else Decimal(known["net_capital"])
    return Figures(**known)


def set_figures(session: Session, given: Mapping[str, Any], now: Any, actor: str | None) -> None:
    """Sets some of the figures and keeps what held before. Raises `WrongFigure` for one that cannot be.

    Somebody must be left who can set them again.
    """
    for name, value in given.items():
        if not _possible(name, value):
            raise WrongFigure(name)
    if "block_roles" in given and not _held(session, given["block_roles"]):
        raise WrongFigure("block_roles")
    before = figures_of(session)
    session.info.pop(Figures, None)
    for name, value in given.items():
        held = getattr(before, name)
        if value == held:
            continue
        session.merge(HouseFigure(name=name, value=_kept(value), changed_at=now, changed_by=actor))
        change = {"name": name, "before": _kept(held), "after": _kept(value)}
        session.add(HouseFigureChange(**change, changed_at=now, changed_by=actor))


def _kept(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _held(session: Session, roles: tuple[str, ...]) -> bool:
    """Whether somebody who can sign in holds one of the roles at the root unit."""
    query = sa.select(Person.id).join(PersonRole, PersonRole.person_id == Person.id).join(Person.unit)
    at_root = query.where(Unit.parent_id.is_(None))
    found = at_root.where(PersonRole.role.in_(roles), Person.disabled.is_(False)).limit(1)
    return session.scalar(found) is not None


def _possible(name: str, value: Any) -> bool:
    match name:
        case "control_share" | "beneficial_share" | "single_limit" | "group_limit":
            return isinstance(value, Decimal) and value.is_finite() and 0 < value <= 1
        case "net_capital":
            return value is None or (isinstance(value, Decimal) and value.is_finite() and 0 < value < Decimal(10) ** 16)
        case "control_kinds" | "recusal_kinds":
            return isinstance(value, tuple) and set(value) <= set(RELATION_KINDS)
        case "file_roles" | "block_roles" | "identity_roles":
            return isinstance(value, tuple) and 0 < len(value) <= 50 and all(0 < len(role) <= 64 for role in value)
        case "recusal_steps":
            return isinstance(value, int) and 0 <= value <= 3
        case "circle_length":
            return isinstance(value, int) and 2 <= value <= 12
    return False
