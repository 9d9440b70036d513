"""A contract on paper: as PDF by typst and as Word by docxtpl, from the wording on record (LEG-1).

The same version gives the same text each time; a version that the legal desk has not found in order says draft.
"""

from __future__ import annotations

from typing import Any

from models.contracts import Contract, ContractVersion
from operations.contracting.filling import article
from operations.contracting.word import fill_word
from operations.contracts import facts_of
from operations.printing import pdf

DRAFT = "草稿"
VOID = "作废"
_HOUSE_SIGNS = {"loan": "贷款人", "guarantee": "债权人", "mortgage": "抵押权人", "pledge": "质权人"}
_PARTY_SIGNS = {"borrower": "借款人", "guarantor": "保证人", "mortgagor": "抵押人", "pledgor": "出质人"}


def as_pdf(contract: Contract, version: ContractVersion, institution: str) -> bytes:
    """The contract as PDF: number and hash of the wording below each page, places to sign and to seal at its end."""
    parts: list[dict[str, Any]] = []
    for clause in version.clauses:
        parts.append({"kind": "section", "text": f"{article(int(clause['n']))}　{clause['title']}"})
        parts.append({"kind": "text", "paragraphs": paragraphs(clause["text"])})
    parts.append({"kind": "signatures", "labels": signature_labels(contract)})
    return pdf(
        "document",
        {
            "title": contract.title or "",
            "number": contract.number,
            "institution": institution,
            "foot": f"{contract.number} 第 {version.n} 版　{version.hash}",
            "watermark": watermark(contract, version),
            "parts": parts,
        },
    )


def as_word(contract: Contract, version: ContractVersion, institution: str) -> bytes:
    """The contract as a Word file: by the template's own file where it has one, else by the one of the program.

    Raises `word.BadWordTemplate` when the template's file cannot be filled.
    """
    return fill_word(
        version.template_version.word,
        {
            "title": contract.title or "",
            "number": contract.number,
            "institution": institution,
            "version": version.n,
            "hash": version.hash,
            "mark": watermark(contract, version) or "",
            "clauses": [
                {
                    "article": article(int(clause["n"])),
                    "title": clause["title"],
                    "text": clause["text"],
                    "paragraphs": paragraphs(clause["text"]),
                }
                for clause in version.clauses
            ],
            "signatures": signature_labels(contract),
        },
        facts_of(version),
    )


def watermark(contract: Contract, version: ContractVersion) -> str | None:
    """What stands across the pages: void, draft until this very version was found in order, then nothing."""
    if contract.status == "void":
        return VOID
    return None if contract.reviewed_version == version.n else DRAFT


def signature_labels(contract: Contract) -> list[str]:
    """Who signs where: the house first, then everybody whom the contract binds."""
    parties = [f"{_PARTY_SIGNS.get(party.capacity, party.capacity)} {party.name}" for party in contract.parties]
    return [f"{_HOUSE_SIGNS[contract.kind]}", *(parties or ["保证人"])]


def paragraphs(text: str) -> list[str]:
    """The lines of a clause, without empty ones."""
    return [line for line in text.splitlines() if line.strip()]
