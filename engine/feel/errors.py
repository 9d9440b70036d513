"""What can go wrong with an expression besides giving null: text that is not FEEL, and work beyond its bounds."""


class FeelSyntaxError(ValueError):
    """The text is not FEEL; `line` and `column` count from 1; where it can, the message says what to write."""

    def __init__(self, message: str, line: int = 1, column: int = 1):
        super().__init__(f"{message} (line {line}, column {column})")
        self.message = message
        self.line = line
        self.column = column


class BudgetExceeded(RuntimeError):
    """An evaluation took more than it may; `what` names the bound. Never turned into null."""

    def __init__(self, what: str, limit: object):
        super().__init__(f"the expression exceeds its bound: {what} (at most {limit})")
        self.what = what
        self.limit = limit


class Fault(Exception):
    """Why a built-in function gives null; caught where it is called."""
