"""What stops a running workflow."""

from __future__ import annotations

from collections.abc import Iterable

from engine.errors import EngineError


class EndlessLoop(EngineError):
    """The case went round without ever waiting."""

    @classmethod
    def after(cls, passes: int) -> EndlessLoop:
        """For an element that was passed this often in one step."""
        return cls(f"The case came by here {passes} times without waiting: is this a loop without an end?")


class NoFlowToTake(EngineError):
    """No condition holds and there is no default flow."""

    def __init__(self, element: str) -> None:
        super().__init__(f"No condition of the flows leaving {element} holds, and none of them is the default.")


class JoinNeverComplete(EngineError):
    """A parallel join waits for a token that can no longer come."""

    def __init__(self, missing: Iterable[str]) -> None:
        sources = ", ".join(name.partition("#")[0] for name in missing)
        super().__init__(f"The join waits for {sources}, and nothing that is open leads there any more.")


class TooManyTokens(EngineError):
    """More is open at once than a case can carry."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"More than {most} tokens are open or wait to be merged here; the case does not begin another."
        )


class NotACollection(EngineError):
    """A multi-instance activity got something else than a list."""

    def __init__(self, element: str, value: object) -> None:
        super().__init__(f"{element} needs a list to go through, and got {value!r}.")
