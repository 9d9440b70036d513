"""The one error of reading a package; it says which file, where and what to do."""

from __future__ import annotations


class PackageError(ValueError):
    """A defect of a package. Readers raise it for what cannot be a package; `Package.problems` holds the others."""

    def __init__(self, file: str, message: str, line: int | None = None) -> None:
        super().__init__(f"{file}: {message}" if file else message)
        self.file, self.message, self.line = file, message, line
