"""What desks do with contracts and templates apart from the steps of a case (LEG-1).

The contract desk writes variable clauses of drafts, the legal desk remarks on them; templates are written by one person
of the legal desk and approved by another. Callers have judged roles and who may see the case.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import Conflict, Invalid
from engine.service.events import append
from engine.service.house import Step
from engine.service.opened import lock
from models.contract_templates import BINDS, TEMPLATE_KINDS, ContractTemplate, TemplateVersion
from models.contracts import Contract, ContractRemark
from models.queries.contract_templates import find_template
from operations.contracting.filling import LONGEST_TEXT, Problem, fill, labelled, problems
from operations.contracting.word import check_word
from operations.contracts import add_version, facts_of, own_clauses

_CODE = re.compile(r"[a-z][a-z0-9_]{1,63}")
_LONGEST_REMARK = 2000


def write_clauses(step: Step, contract: Contract, written: Mapping[str, str], expected: int, person: str) -> bool:
    """Writes variable clauses of a draft, by their titles, with its event; False when nothing changed.

    `expected` is the version that the writer has seen. Raises `Conflict` for what is signed, void, found in order or
    changed by somebody else meanwhile, `Invalid` for a clause that is not to be written.
    """
    case = _taken(step, contract)
    if contract.status != "draft":
        raise Conflict(f"the contract {contract.number} is {contract.status}, not a draft")
    if contract.reviewed_version == contract.version:
        raise Conflict(f"the contract {contract.number} was found in order: it has to be returned before it changes")
    if contract.version != expected:
        raise Conflict(f"somebody has changed {contract.number} meanwhile: it is at version {contract.version}")
    last = contract.versions[-1]
    own = own_clauses(last)
    for title, text in written.items():
        if title not in own:
            raise Invalid(f"{title} is not a variable clause of this contract", {"clauses": ["unknown"]})
        if not text.strip() or len(text) > LONGEST_TEXT:
            raise Invalid(f"{title} must have 1 to {LONGEST_TEXT} characters", {"clauses": ["length"]})
    clauses = fill(
        last.template_version.clauses, facts_of(last), own | {t: text.strip() for t, text in written.items()}
    )
    if not add_version(contract, last.template_version, clauses, facts_of(last), step.now, person):
        return False
    append(
        step,
        case,
        "contract.clauses_written",
        participants=[person],
        actor=person,
        contract=contract.number,
        version=contract.version,
        clauses=sorted(written),
    )
    return True


def _taken(step: Step, contract: Contract) -> Any:
    """Locks the case and then the contract, in the order of the steps of a case; the row of the case."""
    row = lock(step, contract.application.instance_id)
    step.session.refresh(contract, with_for_update=True)
    return row


def remark(step: Step, contract: Contract, clause: str | None, text: str, person: str) -> ContractRemark:
    """Keeps a mark of the legal desk at a clause of the latest version, or at the whole of it, with its event.

    Raises `Invalid`.
    """
    case = _taken(step, contract)
    if not text.strip() or len(text) > _LONGEST_REMARK:
        raise Invalid(f"a remark has 1 to {_LONGEST_REMARK} characters", {"text": ["length"]})
    if clause is not None and clause not in {item["title"] for item in contract.versions[-1].clauses}:
        raise Invalid(f"the contract has no clause {clause}", {"clause": ["unknown"]})
    made = ContractRemark(
        contract_id=contract.id,
        version=contract.version,
        clause=clause,
        text=text.strip(),
        person=person,
        written_at=step.now,
    )
    step.session.add(made)
    step.session.flush()
    append(
        step,
        case,
        "contract.remarked",
        participants=[person],
        actor=person,
        contract=contract.number,
        version=contract.version,
        clause=clause,
        text=made.text,
    )
    return made


class BadTemplate(Invalid):
    """The clauses of a template cannot be filled; `problems` says each reason."""

    def __init__(self, found: Sequence[Problem]) -> None:
        told = [f"{problem.clause}: {problem.code} {problem.name}".strip() for problem in found]
        super().__init__("; ".join(told[:10]), {"clauses": told})
        self.problems = list(found)


def create_template(
    session: Session,
    code: str,
    *,
    kind: str,
    title: str,
    products: Sequence[str],
    guarantee_kinds: Sequence[str],
    binds: str,
) -> ContractTemplate:
    """A new template, without a version yet. Raises `Invalid`, or `Conflict` when there is one of this code."""
    wrong = {
        "code": not _CODE.fullmatch(code),
        "kind": kind not in TEMPLATE_KINDS,
        "title": not 1 <= len(title.strip()) <= 200,
        "binds": binds not in BINDS,
    }
    if any(wrong.values()):
        names = [name for name, is_wrong in wrong.items() if is_wrong]
        raise Invalid(f"cannot be as they are: {', '.join(names)}", {name: ["value"] for name in names})
    if find_template(session, code) is not None:
        raise Conflict(f"there is a template {code} already")
    template = ContractTemplate(
        code=code,
        kind=kind,
        title=title.strip(),
        products=sorted(set(products)),
        guarantee_kinds=sorted(set(guarantee_kinds)),
        binds=binds,
    )
    session.add(template)
    session.flush()
    return template


@dataclass(frozen=True)
class Preview:
    """How clauses would read: those that would stand, as in a contract, and the titles of those left out."""

    clauses: list[dict[str, Any]]
    left_out: list[str]


def preview(
    template: ContractTemplate, clauses: Sequence[Mapping[str, Any]], contract: Contract | None = None
) -> Preview:
    """Fills clauses with the facts of a contract's latest wording; without one the labels of facts stand for them.

    Raises `BadTemplate`, or `Invalid` for a contract that is of another kind or not worded yet.
    """
    wanted = [_clause(clause) for clause in clauses]
    found = problems(wanted)
    if found:
        raise BadTemplate(found)
    if contract is None:
        named = [{**clause, "n": n, "text": labelled(clause["text"])} for n, clause in enumerate(wanted, start=1)]
        return Preview(named, [])
    if contract.kind != template.kind or not contract.versions:
        raise Invalid(f"{contract.number} is no {template.kind} contract that was worded", {"contract": ["kind"]})
    stand = fill(wanted, facts_of(contract.versions[-1]))
    standing = {clause["title"] for clause in stand}
    return Preview(stand, [clause["title"] for clause in wanted if clause["title"] not in standing])


def write_version(
    session: Session,
    template: ContractTemplate,
    clauses: Sequence[Mapping[str, Any]],
    seen: int,
    person: str,
    now: dt.datetime,
) -> TemplateVersion:
    """Writes the draft of a template: the open one anew, else a version that follows the last.

    `seen` is the number of the latest version that the writer has seen with its count of changes (`stamp`). Raises
    `BadTemplate`, or `Conflict` when somebody else has written meanwhile.
    """
    wanted = [_clause(clause) for clause in clauses]
    found = problems(wanted)
    if found:
        raise BadTemplate(found)
    session.refresh(template, with_for_update=True)
    last = template.versions[-1] if template.versions else None
    if stamp(last) != seen:
        raise Conflict(f"somebody has changed the template {template.code} meanwhile")
    if last is not None and last.state == "draft":
        last.clauses, last.written_by, last.written_at = wanted, person, now
        session.flush()
        return last
    if last is not None and last.state == "submitted":
        raise Conflict(f"version {last.n} of {template.code} waits for approval")
    version = TemplateVersion(
        n=last.n + 1 if last else 1, state="draft", clauses=wanted, written_by=person, written_at=now
    )
    if last is not None:
        version.word_name, version.word = last.word_name, last.word
    template.versions.append(version)
    session.flush()
    return version


def stamp(version: TemplateVersion | None) -> int:
    """What tells whether a template was changed: it grows with every version and every change of one."""
    return version.n * 1_000_000 + version.lock_version if version is not None else 0


def _clause(clause: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": str(clause.get("title", "")).strip(),
        "text": str(clause.get("text", "")).replace("\r\n", "\n").strip(),
        "when": str(clause.get("when", "")).strip(),
        "variable": bool(clause.get("variable")),
    }


def put_word(session: Session, version: TemplateVersion, name: str, content: bytes | None) -> None:
    """Gives a draft a Word file of the house's own, or takes it off. Raises `word.BadWordTemplate`, `Conflict`."""
    _require_state(session, version, "draft")
    if content is not None:
        check_word(content)
    version.word_name, version.word = (name[:255], content) if content is not None else (None, None)
    session.flush()


def submit(session: Session, version: TemplateVersion) -> None:
    """Hands a draft to whoever shall approve it."""
    _require_state(session, version, "draft")
    version.state = "submitted"
    session.flush()


def approve(
    session: Session, version: TemplateVersion, since: dt.date, person: str, now: dt.datetime, today: dt.date
) -> None:
    """Puts a version in force from a day on, by somebody else than its author. Raises `Conflict`, `Invalid`."""
    _require_state(session, version, "submitted")
    if version.written_by == person:
        raise Conflict("whoever has written a version cannot approve it: somebody else of the legal desk does")
    if since < today:
        raise Invalid(f"in force from {since}: that day is past", {"in_force_from": ["past"]})
    version.state, version.in_force_from = "approved", since
    version.decided_by, version.decided_at = person, now
    session.flush()


def give_back(session: Session, version: TemplateVersion, remarks: str, person: str, now: dt.datetime) -> None:
    """Returns a version to its author, with remarks."""
    _require_state(session, version, "submitted")
    version.state, version.remarks = "draft", _reason(remarks)
    version.decided_by, version.decided_at = person, now
    session.flush()


def withdraw(session: Session, version: TemplateVersion, remarks: str, person: str, now: dt.datetime) -> None:
    """Takes a version out of use; contracts that were worded by it stay as they are."""
    session.refresh(version, with_for_update=True)
    if version.state == "withdrawn":
        raise Conflict(f"version {version.n} is withdrawn already")
    version.state, version.remarks = "withdrawn", _reason(remarks)
    version.decided_by, version.decided_at = person, now
    session.flush()


def _reason(text: str) -> str:
    if not text.strip() or len(text) > _LONGEST_REMARK:
        raise Invalid(f"a reason has 1 to {_LONGEST_REMARK} characters", {"remarks": ["length"]})
    return text.strip()


def _require_state(session: Session, version: TemplateVersion, state: str) -> None:
    session.refresh(version, with_for_update=True)
    if version.state != state:
        raise Conflict(f"version {version.n} is {version.state}, not {state}")
