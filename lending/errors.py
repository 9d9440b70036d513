"""What the trade's functions raise when they are given something that cannot be; knows nothing of how it is shown."""


class InvalidField(ValueError):
    """A value cannot be used; `field` says which (`due_dates[2]`, `events[0].amount`), `problem` why."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class InvalidDuration(ValueError):
    """A text is no duration that can be counted with; the message says what to write instead."""
