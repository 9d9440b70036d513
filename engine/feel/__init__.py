"""FEEL of DMN 1.5: a small safe language for conditions, mappings, scripts, forms and decision tables.

Text is parsed once and compiled to closures. Nothing in it reaches Python, files or the network; errors are null with
a reason, and work beyond its budget is `BudgetExceeded`.
"""

from engine.feel.errors import BudgetExceeded, FeelSyntaxError
from engine.feel.expression import Expression, compile_expression, compile_unary_tests, is_wrapped, unwrap
from engine.feel.runtime import Budget, Limits
from engine.feel.script import Assignment, Script, compile_script

__all__ = [
    "Assignment",
    "Budget",
    "BudgetExceeded",
    "Expression",
    "FeelSyntaxError",
    "Limits",
    "Script",
    "compile_expression",
    "compile_script",
    "compile_unary_tests",
    "is_wrapped",
    "unwrap",
]
