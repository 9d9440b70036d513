"""Which people of the house are related to the parties of a case, as recorded (GOV-1): directly, or over close kinds.

How many steps further, and over which kinds, are figures of the house; a shareholder counts from the controlling share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from engine.ports import Link, Related
from lending.related_parties import Tie, closely, shortest_chains
from models.queries.customers import find_customers
from models.queries.related_parties import (
    customers_by_id,
    relations_around,
    staff_related_to,
    staff_relations_of,
)
from operations.exposure import ties_of
from operations.house_figures import figures_of

Parties = Mapping[str, Iterable[str]]
STAFF = "staff"
"""The kind of party that names people of the house whom the case is about (CUS-4): they are related to themselves."""


class RecordedRelations:
    """Answers from what is recorded of staff and customers; implements `engine.ports.Relations`."""

    def related(self, session: Session, person: str, parties: Parties) -> Related | None:
        """How `person` is related to a party: over the fewest links to the first kind of party, or None."""
        return self.of(session, [person]).related(session, person, parties)

    def staff_of(self, session: Session, parties: Parties) -> Mapping[str, Related]:
        """Everybody who is related to a party: read outwards from the parties."""
        numbers = {number for named in parties.values() for number in named}
        web = _web(session, numbers)
        staff = {person.name for person, _ in staff_related_to(session, numbers | set(web.numbers.values()))}
        known = self.of(session, staff) if staff else KnownRelations({})
        found = {name: known.related(session, name, parties) for name in sorted({*staff, *parties.get(STAFF, ())})}
        return {name: related for name, related in found.items() if related is not None}

    def of(self, session: Session, people: Iterable[str]) -> KnownRelations:
        """What is recorded of these people, and of all customers within reach of their relations."""
        own = staff_relations_of(session, people)
        if not own:
            return KnownRelations({})
        web = _web(session, {relation.customer for _, relation in own})
        reach: dict[str, dict[str, tuple[Link, ...]]] = {}
        for name, relation in own:
            first = Link(web.names.get(relation.customer, relation.customer), relation.kind, name)
            mine = reach.setdefault(name, {})
            for number, chain in web.from_customer(relation.customer).items():
                links = (first, *chain)
                if number not in mine or len(links) < len(mine[number]):
                    mine[number] = links
        return KnownRelations(reach)


@dataclass(frozen=True)
class KnownRelations:
    """To which customers people are related, by person and number, each with the chain of links; nothing is read."""

    reach: Mapping[str, Mapping[str, tuple[Link, ...]]]

    def related(self, session: Session, person: str, parties: Parties) -> Related | None:
        """How `person` is related to a party, or None."""
        if person in parties.get(STAFF, ()):
            return Related(STAFF)
        mine = self.reach.get(person)
        if mine is None:
            return None
        for kind, numbers in parties.items():
            chains = [mine[number] for number in numbers if number in mine]
            if chains:
                return Related(kind, min(chains, key=len))
        return None

    def staff_of(self, session: Session, parties: Parties) -> Mapping[str, Related]:
        """Those of the people who are related to a party."""
        found = {name: self.related(session, name, parties) for name in {*self.reach, *parties.get(STAFF, ())}}
        return {name: related for name, related in found.items() if related is not None}

    def of(self, session: Session, people: Iterable[str]) -> KnownRelations:
        """The same."""
        return self


@dataclass(frozen=True)
class _Web:
    """The customers around some, with their ties; ids inside, numbers and names outside."""

    steps: int
    ties: Sequence[Tie]
    ids: Mapping[str, int]
    numbers: Mapping[int, str]
    names: Mapping[str, str] = field(default_factory=dict)

    def from_customer(self, number: str) -> dict[str, tuple[Link, ...]]:
        """Who is within reach of a customer, the customer first, each with the links that lead there."""
        if number not in self.ids:
            return {number: ()}  # recorded for a customer who has no file yet
        chains = shortest_chains(self.ties, [self.ids[number]], self.steps)
        return {self.numbers[party]: tuple(map(self._link, chain)) for party, chain in chains.items()}

    def _link(self, tie: Tie) -> Link:
        name = {party: self.names[self.numbers[party]] for party in (tie.subject, tie.other)}
        return Link(name[tie.subject], tie.kind, name[tie.other])


def _web(session: Session, numbers: Iterable[str]) -> _Web:
    figures = figures_of(session)
    begun = find_customers(session, numbers)
    kinds = figures.recusal_kinds
    around = relations_around(session, [customer.id for customer in begun.values()], kinds, figures.recusal_steps)
    ties = closely(ties_of(around), kinds, figures.control_share)
    ends = {end for tie in ties for end in (tie.subject, tie.other)}
    known = {customer.id: customer for customer in begun.values()}
    known |= customers_by_id(session, ends - known.keys())
    return _Web(
        steps=figures.recusal_steps,
        ties=ties,
        ids={customer.number: key for key, customer in known.items()},
        numbers={key: customer.number for key, customer in known.items()},
        names={customer.number: customer.name for customer in known.values()},
    )
