"""Which people of the house are related to the parties of a case, as recorded (GOV-1). Knows direct relations only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from models.queries.people import customers_related_to


class RecordedRelations:
    """Answers from the relations between staff and customers; implements `engine.ports.Relations`."""

    def related(self, session: Session, person: str, parties: Mapping[str, Iterable[str]]) -> str | None:
        """The kind of party (`customer`, `guarantors`) that `person` is related to, or None.

        `parties` maps each kind to customers' numbers.
        """
        related = customers_related_to(session, person)
        return next((kind for kind, numbers in parties.items() if not related.isdisjoint(numbers)), None)
