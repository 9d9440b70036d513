"""What can go wrong, each as one plain sentence with its facts as attributes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Rule = Literal[
    "not_open",
    "not_a_candidate",
    "separation_of_duties",
    "same_person",
    "recusal",
    "authority",
    "not_the_assignee",
    "awaiting_cosigner",
    "form_invalid",
    "move_not_allowed",
]

RULES: tuple[Rule, ...] = (
    "not_open",
    "not_a_candidate",
    "separation_of_duties",
    "same_person",
    "recusal",
    "authority",
    "not_the_assignee",
    "awaiting_cosigner",
    "form_invalid",
    "move_not_allowed",
)
"""The rules in the order in which they are asked; a refusal names the first that applies.

`awaiting_cosigner` and `move_not_allowed` are of moves (docs/moves.md): a step waits for others to sign it, and its
diagram forbids what was wanted.
"""


class EngineError(Exception):
    """The engine could not do what was asked."""


class Refused(EngineError):
    """A rule of the process stands against what somebody wanted to do."""

    def __init__(
        self,
        rule: Rule,
        message: str,
        *,
        actor: str | None = None,
        task_id: uuid.UUID | None = None,
        instance_id: uuid.UUID | None = None,
        element: str | None = None,
        action: str = "complete",
        errors: dict[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.actor = actor
        self.task_id = task_id
        self.instance_id = instance_id
        self.element = element
        self.action = action
        self.errors = errors or {}
        self.facts = facts or {}
        """What the rule found, for pages: of a recusal `person`, `party` and `chain`, a list of who, kind, whom."""


class NotFound(EngineError):
    """What was asked for does not exist, or not for this person."""


@dataclass(frozen=True)
class Reason:
    """Why a case as it stands does not allow something: a stable code with its facts, and a sentence for programs.

    Facts are ids of elements (`element`, `elements`), sign-in names (`person`) and texts (`words`); pages have words of
    their own for each code (`web/pages/reasons.py`).
    """

    code: str
    sentence: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence


class Conflict(EngineError):
    """What was asked no longer fits the state of things: somebody else was first, or several answers are possible."""

    def __init__(self, why: str | Reason) -> None:
        super().__init__(str(why))
        self.reason = why if isinstance(why, Reason) else None


class Invalid(EngineError):
    """What was given is wrong; `errors` names each field."""

    def __init__(self, message: str, errors: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.errors = errors or {}


class Forbidden(EngineError):
    """The person lacks the role for this."""


class CheckFailed(EngineError):
    """A package has errors and cannot be deployed; `findings` lists them."""

    def __init__(self, findings: list[Any]) -> None:
        super().__init__(f"the package has {sum(f.level == 'error' for f in findings)} errors")
        self.findings = findings


class BpmnError(EngineError):
    """An operation or another program reports a business error that the diagram may catch by its code."""

    def __init__(self, code: str, message: str = "", variables: dict[str, Any] | None = None) -> None:
        super().__init__(message or code)
        self.code = code
        self.variables = variables or {}
