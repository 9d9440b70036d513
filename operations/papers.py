"""Checklists of papers: drawn up for a desk from a decision table, stamped paper by paper (INT-2, INT-3, FND-2)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from engine.errors import Invalid
from engine.ports import OperationCall
from models.papers import WHOSE, PaperItem
from models.queries import papers as found
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import choice, contexts, day, flag, optional, text, whole
from operations.paper_file import at_a_desk

DESK = text("Desk whose checklist it is: intake, compliance, …", 64)

_OF_A_RULE = {
    "kind": text("Code of the kind of paper", 64),
    "title": text("What it is called", 200),
    "whose": choice("Whose paper it is", WHOSE),
    "required": flag("Whether the file is incomplete without it"),
    "original": flag("Whether the original must be compared with the copy"),
    "valid_days": optional(whole("Days for which it is valid from its issue; null: for ever", 36500)),
    "party": optional(text("Number of the customer where each of several has one", 32), ""),
    "scan": optional(flag("Whether a document must have been taken in before it is found complete"), False),
}
_CHECKED = {
    **_OF_A_RULE,
    "requirement": text("What is asked of the paper, in words", 60),
    "state": choice("Found to be", ("complete", "missing", "not_applicable")),
    "original_compared": optional(flag("Whether original and copy agree"), False),
    "number": optional(text("Number of the paper", 60)),
    "issued_on": optional(day("When it was issued")),
    "reason": optional(text("Why it does not apply", 500)),
    "note": optional(text("Remark", 500)),
}


@operation(
    "papers.draw_up",
    "列出资料清单 Draw up a desk's checklist",
    inputs={
        "desk": DESK,
        "items": contexts("Papers as the decision table gives them", _OF_A_RULE),
        "scans": optional(flag("Whether the house asks for the scans that the table names"), False),
    },
    outputs={"papers": "The papers to check, with what was found before"},
)
def draw_up(call: OperationCall, *, desk: str, items: list[dict[str, Any]], scans: bool) -> Outputs:
    """Keeps the papers that a desk of this case has to check.

    Drawn up again, papers that stay keep what was found of them, those no longer wanted go unless they were checked.
    """
    wanted = _merged(items)
    known = {(row.kind, row.party): row for row in found.of_desk(call.session, call.instance_id, desk)}
    for n, key in enumerate([key for key in known if key not in wanted], start=len(wanted) + 1):
        if known[key].checked_by is None:
            call.session.delete(known[key])
        else:
            known[key].n = n
    for n, (key, item) in enumerate(wanted.items(), start=1):
        row = known.get(key) or PaperItem(instance_id=call.instance_id, desk=desk, kind=key[0], party=key[1])
        row.n, row.title, row.whose, row.required = n, item["title"], item["whose"], item["required"]
        row.needs_original, row.valid_days = item["original"], item["valid_days"]
        row.needs_scan = scans and item["scan"]
        call.session.add(row)
    call.session.flush()
    return {"papers": [_to_check(row) for row in found.of_desk(call.session, call.instance_id, desk)]}


@operation(
    "papers.check",
    "登记资料核验 Record what was found of each paper",
    inputs={
        "desk": DESK,
        "papers": contexts("Every paper of the checklist, with what was found", _CHECKED),
        "passing": optional(flag("Whether the desk passes the file on: then no required paper may be missing"), False),
        "paper_file_held": optional(flag("Whether the desk confirms that it holds the paper file"), False),
        "paper_file_needed": optional(flag("Whether the house wants that of who passes the file on"), False),
    },
    outputs={
        "papers": "The papers with what was found",
        "complete": "Whether no required paper is missing",
        "missing": "The titles of what is missing",
    },
)
def check(
    call: OperationCall,
    *,
    desk: str,
    papers: list[dict[str, Any]],
    passing: bool,
    paper_file_held: bool,
    paper_file_needed: bool,
) -> Outputs:
    """Stamps each paper with who checked it and when, on what was found (INT-3).

    Refused is what cannot be passed on: an original that was not compared, a paper whose scan is asked for and was not
    taken in, a paper waived without a reason, a checklist with an item left out; and when the file is passed on, a
    required paper that is missing (FND-2), and the paper file that nobody at the desk confirms to hold (FND-3).
    """
    rows = found.of_desk(call.session, call.instance_id, desk)
    given = {(item["kind"], item["party"]): (index, item) for index, item in enumerate(papers)}
    if given.keys() != {(row.kind, row.party) for row in rows}:
        raise refuse("papers", f"are not those of the checklist of {desk}")
    errors: dict[str, Any] = {}
    scanned = found.taken_in(call.session, call.instance_id)
    for row in rows:
        index, item = given[row.kind, row.party]
        problem = _problem(row, item, (row.kind, row.party) in scanned, passing)
        if problem is not None:
            errors[f"papers[{index}].{problem[0]}"] = [{"code": problem[1], "message": problem[2]}]
        else:
            _stamp(call, row, item)
    lacking = at_a_desk(call, held=paper_file_held, needed=paper_file_needed and passing)
    if lacking is not None:
        errors[lacking[0]] = [{"code": lacking[1], "message": lacking[2]}]
    if errors:
        raise Invalid(" ".join(told[0]["message"] for told in errors.values()), errors)
    call.session.flush()
    missing = [row.title for row in rows if row.state == "missing"]
    return {
        "papers": [_to_check(row) for row in rows],
        "complete": not any(row.required and row.state == "missing" for row in rows),
        "missing": "、".join(missing),
    }


def _merged(items: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """The papers by kind and party; of one that several rules ask for, whatever any of them asks."""
    wanted: dict[tuple[str, str], dict[str, Any]] = {}
    for item in items:
        key = (item["kind"], item["party"])
        also = wanted.get(key, item)
        asked = {name: item[name] or also[name] for name in ("required", "original", "scan")}
        valid = [days for days in (item["valid_days"], also["valid_days"]) if days is not None]
        wanted[key] = also | asked | {"valid_days": min(valid, default=None)}
    return wanted


def _problem(row: PaperItem, item: dict[str, Any], scanned: bool, passing: bool) -> tuple[str, str, str] | None:
    """What stands against passing a paper on: the field, a code, and words in both languages."""
    if item["state"] == "not_applicable" and not item["reason"]:
        return "reason", "reason_required", f"“{row.title}”不适用，须写明原因。 Say why it does not apply."
    if item["state"] == "complete" and row.needs_original and not item["original_compared"]:
        return "original_compared", "original_required", f"“{row.title}”须核对原件。 Compare it with its original."
    if item["state"] == "complete" and row.needs_scan and not scanned:
        return "state", "scan_required", f"“{row.title}”须先上传扫描件。 Upload a scan of it first."
    if item["state"] == "missing" and row.required and passing:
        return "state", "missing", f"缺“{row.title}”，不能移交。 The file cannot be passed on without it."
    return None


def _stamp(call: OperationCall, row: PaperItem, item: dict[str, Any]) -> None:
    row.state = item["state"]
    there = row.state == "complete"
    row.original_compared = there and item["original_compared"]
    row.number, row.issued_on = (item["number"], item["issued_on"]) if there else (None, None)
    if row.issued_on is not None and row.issued_on > business_day(call):
        raise refuse("papers", f"{row.title} cannot be issued in the future")
    row.expires_on = row.issued_on + dt.timedelta(days=row.valid_days) if row.issued_on and row.valid_days else None
    row.reason = item["reason"] if row.state == "not_applicable" else None
    row.note = item["note"]
    row.checked_by, row.checked_at = call.actor, call.now


def _to_check(row: PaperItem) -> dict[str, Any]:
    """A paper as the form shows and gives it back."""
    shown: dict[str, Any] = {
        "kind": row.kind,
        "party": row.party,
        "title": row.title,
        "requirement": _requirement(row),
        "whose": row.whose,
        "required": row.required,
        "original": row.needs_original,
        "scan": row.needs_scan,
        "valid_days": None if row.valid_days is None else Decimal(row.valid_days),
    }
    if row.state == "open":
        return shown
    found_of_it = {
        "state": row.state,
        "original_compared": row.original_compared,
        "number": row.number,
        "issued_on": row.issued_on,
        "reason": row.reason,
        "note": row.note,
    }
    return shown | {name: value for name, value in found_of_it.items() if value is not None}


def _requirement(row: PaperItem) -> str:
    """What is asked of a paper, as the form shows it and asks for the comparison by it."""
    return "、".join(
        words
        for words, asked in (
            ("必备" if row.required else "可选", True),
            ("核原件", row.needs_original),
            ("须上传扫描件", row.needs_scan),
        )
        if asked
    )
