"""Signing face to face: the appointment, the people and their papers, the seals, the second witness (LEG-2, LEG-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.ports import OperationCall
from models.applications import Application
from models.contracts import Contract
from models.numbering import next_number
from models.people import Person
from models.queries.applications import live_contracts
from models.queries.case_file import has_attachment
from models.queries.signings import latest_appointment
from models.signings import CAPACITIES, ContractSigner, SealUse, SigningAppointment
from operations.contracting import gathering
from operations.contracting.appointments import told
from operations.contracting.filling import fill
from operations.contracts import CONTRACT_NO, add_version, contract_of, facts_of, own_clauses
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import choice, contexts, day, duration, flag, instant, optional, text, texts, whole

PAPERS = "contract_papers"
"""The kind of job that prints and keeps signed contracts (`operations.contracting.keeping`)."""
SEAL_NUMBERS = "SU-{year}-{unit}-{seq:4}"
RESULTS = ("signed", "postponed", "abandoned")


@operation(
    "signing.arrange",
    "约定面签 Agree when to sign",
    inputs={
        "contract_no": CONTRACT_NO,
        "signing_at": instant("When"),
        "signing_place": text("Where"),
        "receiving_account": text("Account to which the money shall be paid", 64),
        "things_to_bring": text("What to bring", 1000),
        "notice": duration("Working time that must lie between now and then"),
        "witness_1": optional(text("Sign-in name of the first witness", 64)),
        "witness_2": optional(text("Sign-in name of the second witness", 64)),
    },
    outputs={
        "recipients": "Whom to tell: a list of contexts with to, template and facts for notice.send",
        "signers": "Who has to sign: a list of contexts with signer_name, signer_capacity, signer_paper_kind",
    },
)
def arrange(
    call: OperationCall,
    *,
    contract_no: str,
    signing_at: dt.datetime,
    signing_place: str,
    receiving_account: str,
    things_to_bring: str,
    notice: str,
    **witnesses: str | None,
) -> Outputs:
    """Agrees on a signing at least `notice` of working time ahead (LEG-2); agreed again, the one before is moved.

    The account is written into the contracts: that fills a blank and leaves a review as it stands.
    """
    contract = contract_of(call, contract_no)
    application = contract.application
    earliest = call.calendar.add(call.now, notice, "working").astimezone(call.zone)
    if signing_at < earliest:
        raise refuse("signing_at", f"must be {earliest:%Y-%m-%d %H:%M} or later: the customer is told half a day ahead")
    _require_witnesses(call, witnesses)
    before = latest_appointment(call.session, application)
    if before is not None and before.status == "arranged":
        before.status = "moved"
    appointment = SigningAppointment(
        application_id=application.id,
        sequence=before.sequence + 1 if before else 0,
        status="arranged",
        signing_at=signing_at,
        place=signing_place,
        receiving_account=receiving_account,
        bring=things_to_bring,
        arranged_at=call.now,
        arranged_by=call.actor,
        **witnesses,
    )
    call.session.add(appointment)
    contracts = live_contracts(call.session, application)
    for each in contracts:
        _write_account(call, each, contract_no, receiving_account)
    call.session.flush()
    return {"recipients": told(call, application, appointment, contract_no), "signers": _expected(call, contracts)}


def _require_witnesses(call: OperationCall, witnesses: dict[str, str | None]) -> None:
    for name, person in witnesses.items():
        known = sa.select(Person.id).where(Person.name == person, Person.disabled.is_(False))
        if person is not None and call.session.scalar(known) is None:
            raise refuse(name, f"there is nobody of the name {person}")
    if witnesses["witness_1"] is not None and witnesses["witness_1"] == witnesses["witness_2"]:
        raise refuse("witness_2", "must be somebody else than the first witness")


def _write_account(call: OperationCall, contract: Contract, loan_no: str, account: str) -> None:
    contract.receiving_account = account
    if not contract.versions:
        return
    last = contract.versions[-1]
    facts = {**facts_of(last), **gathering.of_contract(contract, loan_no)}
    clauses = fill(last.template_version.clauses, facts, own_clauses(last))
    was_reviewed = contract.reviewed_version == contract.version
    if add_version(contract, last.template_version, clauses, facts, call.now, call.actor) and was_reviewed:
        contract.reviewed_version = contract.version


def _expected(call: OperationCall, contracts: Sequence[Contract]) -> list[dict[str, Any]]:
    """Everybody whom the contracts bind, and the spouse on record, who may sign too."""
    found = {(party.name, party.capacity): party for contract in contracts for party in contract.parties}
    spouse = gathering.spouse_of(call.session, contracts[0].application.customer)
    bound = [
        {
            "signer_name": party.name,
            "signer_capacity": party.capacity,
            "signer_paper_kind": party.customer.id_kind if party.customer else "resident_id",
        }
        for party in found.values()
    ]
    if spouse is None:
        return bound
    return [*bound, {"signer_name": spouse, "signer_capacity": "spouse", "signer_paper_kind": "resident_id"}]


@operation(
    "signing.record",
    "登记面签 Record what happened at the signing",
    inputs={
        "contract_no": CONTRACT_NO,
        "signing_result": choice("What came of it", RESULTS),
        "signers": optional(
            contexts(
                "Who signed, or did not",
                {
                    "signer_name": text("Name"),
                    "signer_capacity": choice("As what", CAPACITIES),
                    "signer_paper_kind": text("Kind of the identity paper", 64),
                    "signer_paper_no": optional(text("Number of the identity paper, as seen", 64), ""),
                    "signer_original": optional(flag("Whether the original was seen"), False),
                    "signer_marriage_paper": optional(text("Marriage paper that was seen", 100)),
                    "signer_signed": optional(flag("Whether the person signed"), False),
                    "signer_reason": optional(text("Why not", 1000)),
                },
            ),
            (),
        ),
        "seals": optional(
            contexts(
                "Seals of the house that were used",
                {
                    "seal": text("Which seal", 100),
                    "seal_contract": optional(text("Number of the contract; all of them without it", 40)),
                    "seal_by": text("Who used it", 100),
                    "seal_copies": whole("On how many copies", 100),
                },
            ),
            (),
        ),
        "signed_on": optional(day("Day of signing")),
        "by_video": optional(flag("Whether it was signed by video"), False),
        "video_reason": optional(text("Why by video", 1000)),
        "spouse_signed": optional(flag("Whether the spouse signed too"), False),
        "spouse_reason": optional(text("Why the spouse did not sign", 1000)),
        "scan_required": optional(flag("Whether a scan or photograph must be attached to the step"), False),
    },
    outputs={
        "seal_nos": "Numbers in the seal register",
        "scan_missing": "Whether the step has neither a scan nor a photograph of the signing",
    },
)
def record(
    call: OperationCall,
    *,
    contract_no: str,
    signing_result: str,
    signers: Sequence[dict[str, Any]],
    seals: Sequence[dict[str, Any]],
    signed_on: dt.date | None,
    by_video: bool,
    video_reason: str | None,
    spouse_signed: bool,
    spouse_reason: str | None,
    scan_required: bool,
) -> Outputs:
    """Records who was there and how they were known, and enters the seals in the register (LEG-3).

    Everybody whom a contract binds has to be there with the original of the paper that is on record; a spouse who
    signed stands among the signers.
    """
    contract = contract_of(call, contract_no)
    appointment = latest_appointment(call.session, contract.application)
    if signing_result != "signed":
        return {"seal_nos": [], "scan_missing": False}
    if signed_on is None:
        raise refuse("signed_on", "is missing")
    if by_video and video_reason is None:
        raise refuse("video_reason", "is missing: say why it was signed by video")
    if not seals:
        raise refuse("seals", "is missing: say which seal was put on the contracts")
    scanned = has_attachment(call.session, call.instance_id, call.element)
    if scan_required and not scanned:
        raise refuse("signing_result", "attach a scan of the signed pages or a photograph of the signing to this step")
    contracts = live_contracts(call.session, contract.application)
    signers = [_with_reason(signer, spouse_reason) for signer in signers]
    _require_signers(contracts, signers)
    if spouse_signed and not any(s["signer_capacity"] == "spouse" and s["signer_signed"] for s in signers):
        raise refuse("signers", "the spouse signed, but does not stand among the signers with a paper")
    _keep_signers(call, contract.application, signers, by_video)
    if appointment is not None:
        appointment.status = "held"
    numbers = [_sealed(call, each, seal, signed_on) for seal in seals for each in _meant(contracts, seal)]
    call.session.flush()
    return {"seal_nos": numbers, "scan_missing": not scanned}


def _with_reason(signer: dict[str, Any], spouse_reason: str | None) -> dict[str, Any]:
    """The reason why the spouse did not sign is asked for once."""
    if signer["signer_capacity"] != "spouse":
        return signer
    return {**signer, "signer_reason": signer["signer_reason"] or spouse_reason}


def _require_signers(contracts: Sequence[Contract], signers: Sequence[dict[str, Any]]) -> None:
    for n, signer in enumerate(signers, start=1):
        if not signer["signer_signed"] and signer["signer_reason"] is None:
            raise refuse("signers", f"item {n}: say why {signer['signer_name']} did not sign")
        if signer["signer_signed"] and not signer["signer_original"]:
            raise refuse("signers", f"item {n}: the original paper of {signer['signer_name']} was not seen")
    signed = {
        (signer["signer_name"], signer["signer_capacity"]): signer for signer in signers if signer["signer_signed"]
    }
    for contract in contracts:
        for party in contract.parties:
            signer = signed.get((party.name, party.capacity))
            if signer is None:
                raise refuse("signers", f"{party.name} has to sign {contract.number} as {party.capacity}")
            if party.customer is not None and signer["signer_paper_no"].upper() != party.customer.id_number.upper():
                raise refuse("signers", f"the paper of {party.name} has another number than the one on record")


def _keep_signers(
    call: OperationCall, application: Application, signers: Sequence[dict[str, Any]], by_video: bool
) -> None:
    call.session.execute(sa.delete(ContractSigner).filter_by(application_id=application.id))
    call.session.add_all(
        ContractSigner(
            application_id=application.id,
            n=n,
            capacity=signer["signer_capacity"],
            name=signer["signer_name"],
            paper_kind=signer["signer_paper_kind"],
            paper_no=signer["signer_paper_no"],
            original_seen=signer["signer_original"],
            marriage_paper=signer["signer_marriage_paper"],
            signed=signer["signer_signed"],
            by_video=by_video,
            reason=signer["signer_reason"],
            seen_at=call.now,
            seen_by=call.actor,
        )
        for n, signer in enumerate(signers, start=1)
    )


def _meant(contracts: Sequence[Contract], seal: dict[str, Any]) -> list[Contract]:
    wanted = seal["seal_contract"]
    meant = [contract for contract in contracts if wanted in (None, contract.number)]
    if not meant:
        raise refuse("seals", f"there is no contract {wanted} in this case")
    return meant


def _sealed(call: OperationCall, contract: Contract, seal: dict[str, Any], used_on: dt.date) -> str:
    use = SealUse(
        number=next_number(call.session, SEAL_NUMBERS, call.unit_id, business_day(call).year),
        contract_id=contract.id,
        seal=seal["seal"],
        used_by=seal["seal_by"],
        used_on=used_on,
        copies=seal["seal_copies"],
        recorded_at=call.now,
        recorded_by=call.actor,
    )
    call.session.add(use)
    return use.number


@operation(
    "signing.witness",
    "见证面签 Record the second witness",
    inputs={
        "witness_1": text("The first witness", 100),
        "witness_2": text("The second witness", 100),
    },
    outputs={"witness_2": "The second witness"},
)
def witness(call: OperationCall, *, witness_1: str, witness_2: str) -> Outputs:
    """Takes the second witness, who is somebody else than the first."""
    if witness_1 == witness_2:
        raise refuse("witness_2", f"must be somebody else than {witness_1}")
    return {"witness_2": witness_2}


@operation(
    "contract.sign",
    "签订合同 Record the signing",
    inputs={
        "contract_no": CONTRACT_NO,
        "signed_on": day("Day of signing"),
        "place": text("Where it was signed"),
        "receiving_account": text("Account to which the money shall be paid", 64),
        "witnesses": texts("The two witnesses", 100),
        "spouse_signed": flag("Whether the spouse signed too"),
        "spouse_reason": optional(text("Why the spouse did not sign", 1000)),
    },
    outputs={"signed": "Whether the contracts are signed: true"},
)
def sign(
    call: OperationCall,
    *,
    contract_no: str,
    witnesses: list[str],
    spouse_signed: bool,
    spouse_reason: str | None,
    **signing: Any,
) -> Outputs:
    """Signs the loan contract and those that secure it, face to face and before two witnesses (LEG-3).

    From then on the wording that the legal desk found in order is pinned by its hash; the contracts are printed and
    kept with the case after the step.
    """
    contract = contract_of(call, contract_no)
    if contract.status != "draft":
        raise refuse("contract_no", f"the contract is {contract.status}, not a draft")
    if len(witnesses) != 2:
        raise refuse("witnesses", f"must name two people, not {len(witnesses)}")
    if not spouse_signed and spouse_reason is None:
        raise refuse("spouse_reason", "is missing: say why the spouse did not sign")
    for signed in live_contracts(call.session, contract.application):
        if signed.reviewed_version != signed.version:
            raise refuse("contract_no", f"the legal desk has not found {signed.number} in order as it is now")
        signed.text_hash = signed.versions[-1].hash if signed.versions else None
        signed.witness_1, signed.witness_2 = witnesses
        signed.spouse_signed, signed.spouse_reason = spouse_signed, spouse_reason
        for name, value in signing.items():
            setattr(signed, name, value)
        signed.status = "signed"
    call.session.flush()
    call.queue_job(PAPERS, {"instance_id": str(contract.application.instance_id), "actor": call.actor})
    return {"signed": True}
