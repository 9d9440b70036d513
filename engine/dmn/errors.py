"""What a decision model cannot be."""


class DmnError(ValueError):
    """The file is no decision model that can be read, or what is asked for is not in it."""
