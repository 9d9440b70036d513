"""Keeps signed contracts as PDF with the papers of their case, each of its kind and under its number (LEG-1)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.service import actors
from engine.service.attachments import FileStore
from engine.service.errands import Errand
from models.cases import Attachment
from models.contracts import Contract
from models.papers import CONTRACTS
from models.queries import staff
from models.queries.contracts import contracts_of_case
from operations.contracting import papers
from operations.documents import keep

if TYPE_CHECKING:
    from engine.service.actors import Actor
    from engine.service.house import House, Step


def keep_contract(step: Step, store: FileStore, contract: Contract, content: bytes, actor: Actor) -> Attachment:
    """Keeps the PDF of a contract's latest wording; again, as the next version of the document."""
    name = f"{contract.title} {contract.number} v{contract.version}.pdf"
    instance_id = contract.application.instance_id
    kind = CONTRACTS[contract.kind]
    return keep(step, store, instance_id, actor, name, content, kind=kind, party=contract.number)


def errand(store: FileStore) -> Errand:
    """How the job `contract_papers` (`operations.signing.PAPERS`) is done: contracts of a case once they are signed."""

    def do(house: House, _key: str, payload: dict[str, Any]) -> Any:
        with house.sessions.reading() as session:
            house_name = staff.institution(session)
            contracts = _signed(session, payload)
            return {each.number: papers.as_pdf(each, each.versions[-1], house_name) for each in contracts}

    def done(step: Step, payload: dict[str, Any], made: Mapping[str, bytes]) -> None:
        actor = actors.load(step.session, payload["actor"])
        for contract in _signed(step.session, payload):
            keep_contract(step, store, contract, made[contract.number], actor)

    def failed(_step: Step, _payload: dict[str, Any], _message: str) -> None:
        """A contract's page prints and keeps it at any time; the failed job stays for operators to see."""

    return Errand(do=do, done=done, failed=failed)


def _signed(session: Any, payload: Mapping[str, Any]) -> list[Contract]:
    of_case = contracts_of_case(session, uuid.UUID(payload["instance_id"]))
    return [contract for contract in of_case if contract.status == "signed" and contract.versions]
