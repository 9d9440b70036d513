"""What a new house starts with; from then on it is data of the house's own."""

from __future__ import annotations

from sqlalchemy.orm import Session

from operations.standard_contracts import add_standard_contracts
from operations.standard_products import add_standard_products
from operations.standard_targets import add_standard_targets


def furnish(session: Session) -> None:
    """Adds the standard products, sample contracts and weekly targets that are not there yet."""
    add_standard_products(session)
    add_standard_contracts(session)
    add_standard_targets(session)
