"""What was agreed in a case and paid out on it: contracts, securities, the appointment, loans with their papers."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from models.cases import Instance
from models.queries import contracts as contract_lists
from models.queries import loans as loan_lists
from models.queries.securities import papers_of, registrations_of
from models.queries.signings import latest_appointment
from operations.loan_papers import kinds_of
from web.context import actor, reading
from web.pages import loan_figures, loan_money
from web.pages.contract_words import kind_words, paper_kind_words, status_words
from web.pages.shell import is_staff


class CaseContracts:
    """What templates read of them. Each part is made when first asked for."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    @cached_property
    def loans(self) -> list[dict[str, Any]]:
        """What was paid out in its matter: what is owed, the payments and papers; if the reader may see loans."""
        if not is_staff():
            return []
        units = None if actor().reads_everything else actor().unit_path
        found = loan_lists.loans_of_case(reading(), self.instance.id, units)
        orders = loan_money.orders_by_loan(found)
        return [
            {
                "row": loan,
                "figures": loan_figures.figures(loan, loan_lists.schedule(reading(), loan)),
                "orders": orders[loan.id],
                "papers": loan_money.paper_words(kinds_of(loan, ordered=bool(orders[loan.id]))),
            }
            for loan in found
        ]

    @cached_property
    def contract_left(self) -> dict[str, Any] | None:
        """What can still be drawn of the contract from which its loans come; None before the first."""
        return loan_money.left_of(self.loans[0]["row"].contract) if self.loans else None

    @property
    def order_words(self) -> dict[str, tuple[str, str]]:
        """How its payment orders stand, in words."""
        return loan_money.order_words()

    @cached_property
    def contracts(self) -> list[Any]:
        """The contracts of the case, void ones too; their numbers stay taken."""
        return list(contract_lists.contracts_of_case(reading(), self.instance.id)) if is_staff() else []

    @property
    def contract_words(self) -> dict[str, dict[str, str]]:
        """What contracts, their states and the papers of securities are called."""
        return {"kinds": kind_words(), "states": status_words(), "paper_kinds": paper_kind_words()}

    @cached_property
    def registrations(self) -> list[Any]:
        """What was registered as security, with its certificates."""
        return list(registrations_of(reading(), self.contracts[0].application)) if self.contracts else []

    @cached_property
    def security_papers(self) -> list[Any]:
        """What of the securities ends some day."""
        return list(papers_of(reading(), self.contracts[0].application)) if self.contracts else []

    @cached_property
    def appointment(self) -> Any:
        """When and where it shall be signed, or was."""
        return latest_appointment(reading(), self.contracts[0].application) if self.contracts else None
