"""FEEL's built-in functions (DMN 1.5, 10.3.4). `FUNCTIONS` has them by name."""

from engine.feel.builtins import contexts, conversion, days, lists, numbers, ranges, statistics, texts
from engine.feel.builtins.registry import FUNCTIONS

__all__ = ["FUNCTIONS", "contexts", "conversion", "days", "lists", "numbers", "ranges", "statistics", "texts"]
