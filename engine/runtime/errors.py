"""What stops a running workflow."""

from __future__ import annotations

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


class NotACollection(EngineError):
    """A multi-instance activity got something else than a list."""

    def __init__(self, element: str, value: object) -> None:
        super().__init__(f"{element} needs a list to go through, and got {value!r}.")
