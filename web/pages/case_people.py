"""The people of a case: parties with what they owe, how they are related, circles, and who must stand back (GOV-1)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from engine.service import recusing
from models.applications import Application
from models.cases import Instance
from models.customers import Customer
from models.queries import staff
from models.queries.customers import find_customers
from models.queries.exposure import exposures
from models.queries.related_parties import customers_by_id
from operations.exposure import Exposure, all_circles, circles_between, exposure_of, over_limits
from operations.house_figures import figures_of
from web.context import reading
from web.pages import relation_graph
from web.pages.relation_words import party_kinds, why_recused
from web.viewing import look_at


@dataclass(frozen=True)
class Party:
    """A customer that the case names; `customer` is None while the number has no file. `exposure` in CNY."""

    kind: str
    number: str
    customer: Customer | None
    exposure: Any


class CasePeople:
    """What templates read of the people of a case; each part is made when first asked for, in a few queries."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    @cached_property
    def parties(self) -> list[Party]:
        """The customers the case names, by kind."""
        named = [(kind, number) for kind, numbers in self.instance.parties.items() for number in numbers]
        known = find_customers(reading(), (number for _, number in named))
        owed = exposures(reading(), [customer.id for customer in known.values()])
        words = party_kinds() | ({"customer": gettext("借款人")} if self._application is not None else {})
        return [
            Party(
                words.get(kind, kind),
                number,
                known.get(number),
                owed.get(known[number].id) if number in known else None,
            )
            for kind, number in named
        ]

    @property
    def parties_by_kind(self) -> dict[str, list[Party]]:
        """The same, those of one kind together, in the order of the kinds."""
        found: dict[str, list[Party]] = {}
        for party in self.parties:
            found.setdefault(party.kind, []).append(party)
        return found

    @cached_property
    def customers(self) -> list[Customer]:
        """Those that have a file."""
        return [party.customer for party in self.parties if party.customer is not None]

    @cached_property
    def drawn(self) -> dict[str, Any] | None:
        """How they are related, to each other and to others one step on; drawn from the borrower."""
        numbers = self.instance.parties.get("customer") or []
        begin = [customer for customer in self.customers if customer.number in numbers] or self.customers
        if not begin:
            return None
        return relation_graph.drawing(relation_graph.around(reading(), begin, steps=1, beside=self.customers))

    @cached_property
    def exposure(self) -> Exposure | None:
        """What the borrower and its group owe, against the limits."""
        numbers = self.instance.parties.get("customer") or []
        borrower = next((customer for customer in self.customers if customer.number in numbers), None)
        return None if borrower is None else exposure_of(reading(), borrower)

    @cached_property
    def _application(self) -> Any:
        """Amount and status of what the case asks for, if it is of a loan."""
        query = sa.select(Application.amount, Application.status).where(Application.instance_id == self.instance.id)
        return reading().execute(query).first()

    @cached_property
    def exceeds(self) -> list[str]:
        """The limits exceeded, what is applied for counted in until it is decided."""
        if self.exposure is None:
            return []
        asked = self._application
        adding = asked.amount if asked is not None and asked.status == "registered" else Decimal(0)
        return over_limits(self.exposure.figures, self.exposure.own + adding, self.exposure.group + adding)

    @cached_property
    def circles(self) -> list[list[Customer]]:
        """Circles of guarantors that the parties are in, each once."""
        found = circles_between(reading(), [customer.id for customer in self.customers], figures_of(reading()))
        once = {frozenset(circle): circle for circles in found.values() for circle in circles}
        known = customers_by_id(reading(), (party for circle in once.values() for party in circle))
        return [[known[party] for party in circle] for circle in once.values()]

    @property
    def circle_words(self) -> str:
        """The circles as people write them."""
        return all_circles(self.circles)

    @cached_property
    def standing_back(self) -> list[dict[str, str]]:
        """Who of the house must stand back, and why."""
        look = look_at(reading())
        found = recusing.standing_back(look, self.instance.id, self.instance.parties)  # type: ignore[arg-type]
        titles = staff.titles_of(reading(), found)
        return [{"name": titles.get(name, name), "why": why_recused(why, titles)} for name, why in found.items()]

    @property
    def blocked(self) -> list[Customer]:
        """Parties that are blocked."""
        return [customer for customer in self.customers if customer.blocked_at is not None]
