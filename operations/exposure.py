"""What a customer owes alone and with its group, what it guarantees, and the circles of guarantors it is in (CUS-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from engine.ports import OperationCall
from lending.related_parties import Tie, circles_of, closely, group_of
from models.customers import Customer, CustomerRelation
from models.queries import exposure as amounts
from models.queries.customers import find_customer
from models.queries.related_parties import customers_by_id, guarantees_around, relations_around
from operations.declaring import Outputs, operation, refuse
from operations.house_figures import Figures, figures_of
from operations.inputs import money, optional, text

_MOST_CIRCLES = 20


@dataclass(frozen=True)
class Member:
    """A customer of a group with what it owes or may still draw, in CNY."""

    customer: Customer
    exposure: Decimal


@dataclass(frozen=True)
class Exposure:
    """What the house has lent to a customer and its group. Amounts in CNY; the group includes the customer."""

    own: Decimal
    group: Decimal
    members: list[Member]
    guaranteed: Decimal
    circles: list[list[Customer]]
    figures: Figures

    @property
    def exceeds(self) -> list[str]:
        """The limits that are exceeded: `single`, `group`; none while the net capital is not set."""
        return over_limits(self.figures, self.own, self.group)


def over_limits(figures: Figures, own: Decimal, group: Decimal) -> list[str]:
    """Which of the limits `single` and `group` these amounts exceed (商业银行法 39)."""
    limits = {"single": (own, figures.single_most), "group": (group, figures.group_most)}
    return [name for name, (amount, most) in limits.items() if most is not None and amount > most]


def ties_of(relations: Iterable[CustomerRelation]) -> list[Tie]:
    """Relations as ties between ids."""
    return [Tie(row.customer_id, row.kind, row.other_id, row.share) for row in relations]


def exposure_of(session: Session, customer: Customer) -> Exposure:
    """Everything at once, in a few queries however many belong to the group."""
    figures = figures_of(session)
    related = ties_of(relations_around(session, [customer.id], figures.control_kinds))
    group = group_of(closely(related, figures.control_kinds, figures.control_share), customer.id)
    owed = amounts.exposures(session, group)
    circles = circles_between(session, [customer.id], figures)[customer.id]
    known = customers_by_id(session, group | {party for circle in circles for party in circle})
    members = [Member(known[party], owed.get(party, Decimal(0))) for party in group]
    return Exposure(
        own=owed.get(customer.id, Decimal(0)),
        group=sum(owed.values(), Decimal(0)),
        members=sorted(members, key=lambda member: (-member.exposure, member.customer.number)),
        guaranteed=amounts.guaranteed(session, [customer.id]).get(customer.id, Decimal(0)),
        circles=[[known[party] for party in circle] for circle in circles],
        figures=figures,
    )


def circles_between(session: Session, ids: Iterable[int], figures: Figures) -> Mapping[int, list[list[int]]]:
    """The circles of guarantors that each of these customers is in."""
    asked = set(ids)
    guarantees = guarantees_around(session, asked, figures.circle_length)
    return {party: circles_of(guarantees, party, figures.circle_length, _MOST_CIRCLES) for party in asked}


def circle_words(circle: list[Customer]) -> str:
    """A circle as people write it: 甲 → 乙 → 甲."""
    return " → ".join(customer.name for customer in [*circle, circle[0]])


def all_circles(circles: Iterable[list[Customer]]) -> str:
    """Several circles as people write them."""
    return "；".join(map(circle_words, circles))


@operation(
    "customer.exposure",
    "测算客户及关联方授信余额 Reckon what a customer and its group owe",
    inputs={
        "customer_id": text("Number of the customer", 16),
        "adding": optional(money("What is applied for, counted with the limits only"), Decimal(0)),
    },
    outputs={
        "own_exposure": "What the customer owes, with what is approved and not paid out yet, in CNY",
        "group_exposure": "The same of the whole group of related customers, the customer included",
        "group_members": "The numbers of the group's customers, the customer's among them",
        "guaranteed": "What the customer guarantees of others' loans and approvals, in CNY",
        "circles": "The circles of guarantors the customer is in, as texts: 甲 → 乙 → 甲",
        "over_limits": "The limits that are exceeded: single, group; none while the house's net capital is not set",
    },
)
def reckon(call: OperationCall, *, customer_id: str, adding: Decimal) -> Outputs:
    """What the authority of a decision is measured by, besides the amount (trade.md section 9)."""
    customer = find_customer(call.session, customer_id)
    if customer is None:
        raise refuse("customer_id", f"there is no customer {customer_id}")
    found = exposure_of(call.session, customer)
    return {
        "own_exposure": found.own,
        "group_exposure": found.group,
        "group_members": sorted(member.customer.number for member in found.members),
        "guaranteed": found.guaranteed,
        "circles": [circle_words(circle) for circle in found.circles],
        "over_limits": over_limits(found.figures, found.own + adding, found.group + adding),
    }
