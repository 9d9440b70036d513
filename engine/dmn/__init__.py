"""DMN 1.1 to 1.5: reads decision models and evaluates their decisions, saying which rules matched.

Knows nothing of processes, files or the database; imported models come through a callback.
"""

from engine.dmn.errors import DmnError
from engine.dmn.hit_policies import gives_list
from engine.dmn.model import Model, Outcome
from engine.dmn.reader import read_model
from engine.dmn.trace import DecisionTrace, TableTrace, readable

__all__ = ["DecisionTrace", "DmnError", "Model", "Outcome", "TableTrace", "gives_list", "read_model", "readable"]
