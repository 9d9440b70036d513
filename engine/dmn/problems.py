"""What is wrong with a model, gathered while it is read, so that the checker can report all of it at once."""

from __future__ import annotations


class Problems:
    """Pairs of the id of an element and a message."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def add(self, element_id: str, message: str) -> None:
        """Remembers a problem."""
        self.found.append((element_id, message))
