"""The papers of a case for its reader: each desk's checklist with its stamps, and the documents under each item."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext

from models.cases import Attachment, Instance
from models.papers import OTHER, Document, PaperItem
from models.queries import papers as found
from web.context import actor, reading
from web.documents import desk_words, how_shown, printed_words, sealed_for
from web.pages.moments import now
from web.pages.vocabulary import Vocabulary

_FEW = 8
_MICRO = 1_000_000


@dataclass(frozen=True)
class Entry:
    """A file with what it is; `document` is None for one that nobody assigned."""

    file: Attachment
    document: Document | None
    title: str
    expired: bool

    @property
    def version(self) -> int | None:
        """Its version where it is of a kind that has them."""
        return self.document.version if self.document is not None and self.document.kind != OTHER else None

    @property
    def how(self) -> str:
        """How a browser may look at it."""
        return how_shown(self.file)

    @property
    def place(self) -> str:
        """Latitude and longitude in degrees; empty without."""
        if self.document is None or self.document.latitude is None or self.document.longitude is None:
            return ""
        return f"{self.document.latitude / _MICRO:.6f}, {self.document.longitude / _MICRO:.6f}"


@dataclass(frozen=True)
class Item:
    """An item of a checklist with its documents, the latest version first; `lapse` is `expired`, `soon` or empty."""

    row: PaperItem
    latest: list[Entry]
    earlier: list[Entry]
    expires_on: dt.date | None
    lapse: str

    @property
    def code(self) -> str:
        """How the form for files names it."""
        return f"{self.row.kind}|{self.row.party}"


@dataclass(frozen=True)
class Desk:
    """A desk's checklist."""

    title: str
    items: list[Item]

    @property
    def checked(self) -> int:
        """How many items are there, or need not be."""
        return sum(item.row.state in ("complete", "not_applicable") for item in self.items)

    @property
    def settled(self) -> bool:
        """Whether nothing of it asks for attention."""
        return self.checked == len(self.items) and not any(item.lapse for item in self.items)


class CasePapers:
    """What templates read of a case's papers: two queries and those of its seals, however many documents there are."""

    def __init__(self, instance: Instance, words: Vocabulary) -> None:
        self._instance = instance
        self._words = words
        self._today = now().date()

    @cached_property
    def entries(self) -> list[Entry]:
        """All files that the reader may see, the latest first."""
        sealed = sealed_for(reading(), actor(), self._instance)
        printed = printed_words()
        titles = {(row.kind, row.party): self._words.text(row.title) for row in self._rows}
        return [
            Entry(
                file,
                document,
                titles.get((document.kind, document.party), printed.get(document.kind, "")) if document else "",
                document is not None and document.expires_on is not None and document.expires_on < self._today,
            )
            for file, document in found.documents_of(reading(), self._instance.id)
            if not sealed.hides(file)
        ]

    def entry(self, attachment_id: int) -> Entry | None:
        """One of them."""
        return next((entry for entry in self.entries if entry.file.id == attachment_id), None)

    @cached_property
    def desks(self) -> list[Desk]:
        """The checklists, in the order in which desks drew them up."""
        filed = defaultdict(list)
        for entry in self.entries:
            if entry.document is not None:
                filed[entry.document.kind, entry.document.party].append(entry)
        of_desk = defaultdict(list)
        for row in self._rows:
            of_desk[row.desk].append(self._item(row, filed[row.kind, row.party]))
        titles = desk_words()
        return [
            Desk(titles.get(desk, desk), sorted(items, key=lambda item: item.row.n)) for desk, items in of_desk.items()
        ]

    @cached_property
    def others(self) -> list[tuple[str, list[Entry]]]:
        """What belongs to no item, by the step at which it came."""
        listed = {(row.kind, row.party) for row in self._rows}
        groups = defaultdict(list)
        for entry in self.entries:
            if entry.document is None or (entry.document.kind, entry.document.party) not in listed:
                groups[entry.file.element].append(entry)
        return [(self._words.element(element) or gettext("未注明步骤"), group) for element, group in groups.items()]

    @property
    def few_others(self) -> bool:
        """Whether they are so few that nothing need be folded."""
        return sum(len(group) for _, group in self.others) <= _FEW

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What a file may be taken in as."""
        items = {item.code: self._words.text(item.row.title) for desk in self.desks for item in desk.items}
        return [*items.items(), (OTHER, gettext("其他资料"))]

    @cached_property
    def missing(self) -> list[str]:
        """What the file lacks, as whoever checked it found."""
        return [self._title(item) for item in self._watched if item.row.required and item.row.state == "missing"]

    @cached_property
    def expired(self) -> list[str]:
        """What no longer holds."""
        return [self._title(item) for item in self._watched if item.lapse == "expired"]

    @cached_property
    def expiring(self) -> list[str]:
        """What will soon hold no longer."""
        return [
            gettext("%(title)s（%(day)s）", title=self._title(item), day=item.expires_on)
            for item in self._watched
            if item.lapse == "soon"
        ]

    @property
    def _watched(self) -> Iterable[Item]:
        """The items of a case that is not over yet."""
        if self._instance.ended_at is not None:
            return ()
        # Several desks may ask for one paper: it is told once, by the first.
        return {item.code: item for desk in reversed(self.desks) for item in desk.items}.values()

    @cached_property
    def _rows(self) -> list[PaperItem]:
        return list(found.of_case(reading(), self._instance.id))

    def _title(self, item: Item) -> str:
        return self._words.text(item.row.title)

    def _item(self, row: PaperItem, filed: list[Entry]) -> Item:
        newest = filed[0].version if filed else None
        latest = [entry for entry in reversed(filed) if entry.version == newest]  # sides and pages as they came
        known = [row.expires_on, *(entry.document.expires_on for entry in latest if entry.document is not None)]
        expires_on = max((day for day in known if day is not None), default=None)
        return Item(
            row, latest, [entry for entry in filed if entry.version != newest], expires_on, self._lapse(expires_on)
        )

    def _lapse(self, expires_on: dt.date | None) -> str:
        if expires_on is None:
            return ""
        if expires_on < self._today:
            return "expired"
        days: Any = self._words.definition.parameters.get("paper_warning_days")
        return "soon" if days is not None and (expires_on - self._today).days <= days else ""
