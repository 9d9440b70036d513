"""What a new house starts with; from then on it is data of the house's own."""

from __future__ import annotations

from sqlalchemy.orm import Session

from operations.payments.recorded import add_standard_answers
from operations.standard_contracts import add_standard_contracts
from operations.standard_products import add_standard_products
from operations.standard_targets import add_standard_targets


def furnish(session: Session) -> None:
    """Adds what is not there yet: products, sample contracts, targets, accounts by which the recorded bank is tried."""
    add_standard_products(session)
    add_standard_contracts(session)
    add_standard_targets(session)
    add_standard_answers(session)
