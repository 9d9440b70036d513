"""Documents as PDF: a template of ours, filled with data. See `docs/printing.md`."""

from operations.printing.rendering import CannotPrint, pdf

__all__ = ["CannotPrint", "pdf"]
