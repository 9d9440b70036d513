"""What the engine needs from the house, as protocols: the clock, working time, operations, relations.

Wired in `loanflow/wiring.py`; scenarios put fakes in their place.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from sqlalchemy.orm import Session

CountedIn = Literal["working", "natural"]


class Clock(Protocol):
    """Tells the time; the only place where it comes from."""

    def now(self) -> dt.datetime:
        """The present instant, aware."""
        ...


class Calendar(Protocol):
    """Counts durations in natural or working time of the institution."""

    @property
    def zone(self) -> dt.tzinfo:
        """The institution's time zone."""
        ...

    def add(self, start: dt.datetime, duration: str, counted_in: CountedIn, /) -> dt.datetime:
        """`start` plus the ISO 8601 `duration`; raises ValueError for a duration that is none."""
        ...

    def is_working_day(self, day: dt.date, /) -> bool:
        """Whether people work on `day`."""
        ...

    def moved_on(
        self, due: dt.datetime, paused: dt.datetime, resumed: dt.datetime, counted_in: CountedIn, /
    ) -> dt.datetime:
        """When something is due that was due at `due`, after a clock that stood from `paused` to `resumed`."""
        ...

    def recurring(self, start: dt.datetime, every: str, n: int, counted_in: CountedIn, /) -> dt.datetime:
        """The instant of the `n`-th tick of a cycle, counted from its start (31 January, 28 February, 31 March)."""
        ...


@dataclass(frozen=True)
class OperationCall:
    """Where an operation runs: inside the transaction of the step that called it."""

    session: Session
    now: dt.datetime
    instance_id: uuid.UUID
    business_key: str | None
    unit_id: int
    actor: str | None
    element: str
    queue_job: Callable[..., None]
    """`queue_job(kind, payload, due_at=None)`: an effect outside the database, done after the commit (and not before
    `due_at`), at least once."""
    zone: dt.tzinfo
    """The institution's time zone: business days are counted in it."""
    calendar: Calendar
    """The house's working time."""
    relations: Relations
    """Who is related to which parties, by which the engine judges recusal."""


@dataclass(frozen=True)
class Operation:
    """What a service task may call. Inputs, outputs and errors map a name to one line of explanation."""

    name: str
    title: str
    run: Callable[..., dict[str, Any]]
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    text_input: str | None = None
    """The input that names a text of the package's `notices.yaml`."""


@dataclass(frozen=True)
class Link:
    """`who` is the `kind` of `whom`: names of customers, or the sign-in name of somebody of the house."""

    who: str
    kind: str
    whom: str

    def __str__(self) -> str:
        return f"{self.who} is {self.kind.replace('_', ' ')} of {self.whom}"


@dataclass(frozen=True)
class Related:
    """Somebody of the house is related to a party of a case: of which kind, and how, from one link to the next."""

    party: str
    chain: tuple[Link, ...] = ()


class Relations(Protocol):
    """Knows which people of the house are related to which parties of a case (GOV-1).

    `parties` maps kinds (`customer`, `guarantors`) to customers' numbers; `staff` names people of the house.
    """

    def related(self, session: Session, person: str, parties: Mapping[str, Iterable[str]]) -> Related | None:
        """How `person` is related to a party, or None."""
        ...

    def staff_of(self, session: Session, parties: Mapping[str, Iterable[str]]) -> Mapping[str, Related]:
        """Everybody of the house who is related to a party, by sign-in name."""
        ...

    def of(self, session: Session, people: Iterable[str]) -> Relations:
        """The same of these people, read once: for a list that asks of many cases or of many people."""
        ...


Operations = Mapping[str, Operation]

Choice = dict[str, str]
"""What a form offers: `value` and `label`."""


class Choices(Protocol):
    """Knows the lists of the house from which forms let people choose, as they are now."""

    def __call__(
        self, session: Session, name: str, unit_path: str, now: dt.datetime, language: str, /
    ) -> list[Choice] | None:
        """The list called `name` for a case of this unit, or None where there is none of that name.

        Labels are in the `language` (`zh`, `en`) as far as the house has them in it.
        """
        ...

    def label(self, session: Session, name: str, value: str, language: str, /) -> str | None:
        """What a value of the list is called, also when it is offered no more; None where nobody knows it."""
        ...


class NothingToChoose:
    """A house without lists."""

    def __call__(
        self, _session: Session, _name: str, _unit_path: str, _now: dt.datetime, _language: str, /
    ) -> list[Choice] | None:
        """None, whatever the name."""
        return None

    def label(self, _session: Session, _name: str, _value: str, _language: str, /) -> str | None:
        """None, whatever the value."""
        return None


NOTHING_TO_CHOOSE = NothingToChoose()
