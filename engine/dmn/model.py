"""A decision model: its graph, and the evaluation of a decision or service with all that it requires."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from engine.dmn.elements import Decision, InputData, Key, Node, Service
from engine.dmn.errors import DmnError
from engine.dmn.evaluation import Evaluation
from engine.dmn.problems import Problems
from engine.dmn.trace import DecisionTrace
from engine.feel.errors import BudgetExceeded
from engine.feel.expression import settle
from engine.feel.runtime import Budget
from engine.feel.types import NUMBER, Type

# Types of numbers that modelers write besides FEEL's own; a model may define types of these names itself.
XML_SCHEMA_NUMBERS: Final = ("integer", "int", "long", "short", "double", "float", "decimal")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an evaluation gave: the result, the trace of all decisions in the order they were made, and why of nulls.

    `violations` names tables with more matching rules than their hit policy allows: null for DMN, and no result to a
    case.
    """

    result: Any
    trace: list[DecisionTrace]
    reasons: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


class Model:
    """A decision model and those it imports. Made by `read_model`; evaluating does not change it."""

    def __init__(self, namespace: str, name: str, problems: Problems):
        self.namespace = namespace
        self.name = name
        self.nodes: dict[Key, Node] = {}
        self.imports: dict[str, Model] = {}
        self.imported: list[Model] = []
        self.types: dict[str, Type] = dict.fromkeys(XML_SCHEMA_NUMBERS, NUMBER)
        self.member_names: frozenset[str] = frozenset()
        self._problems = problems

    def add(self, node: Node) -> None:
        """Puts an element into the graph."""
        self.nodes[node.key] = node

    def add_import(self, name: str, model: Model) -> None:
        """Makes another model's elements and types known under the import's name or, without one, as they are."""
        self.imported.append(model)
        if name:
            self.imports[name] = model
        self.nodes |= model.nodes
        prefix = f"{name}." if name else ""
        self.types.update({prefix + type_name: target for type_name, target in model.types.items()})

    def prefix_of(self, namespace: str) -> str:
        """The name under which elements of a namespace are in scope; empty for the model's own."""
        return next((name for name, model in self.imports.items() if model.namespace == namespace), "")

    def all_models(self) -> list[Model]:
        """The model and all that it imports, directly or not."""
        models: list[Model] = []
        waiting = [self]
        while waiting:
            model = waiting.pop(0)
            if model not in models:
                models.append(model)
                waiting.extend(model.imported)
        return models

    def decisions(self) -> list[Decision]:
        """The model's own decisions."""
        return [node for node in self._own() if isinstance(node, Decision)]

    def inputs(self) -> list[InputData]:
        """The model's own input data."""
        return [node for node in self._own() if isinstance(node, InputData)]

    def problems(self) -> list[tuple[str, str]]:
        """What is wrong with the model: the id of an element, and a message."""
        dangling = [
            (node.key[1], f"{node.name!r} requires {reference[1]!r}, which is not there")
            for node in self._own()
            for reference in _references(node)
            if reference not in self.nodes
        ]
        return [*self._problems.found, *dangling, *self._circle()]

    def _circle(self) -> list[tuple[str, str]]:
        """The first decision found that requires itself, directly or through others."""
        graph = TopologicalSorter({decision.key: decision.requires for decision in self.decisions()})
        try:
            graph.prepare()
        except CycleError as error:
            keys = set(error.args[1])
            circle = [decision for decision in self.decisions() if decision.key in keys]
            names = ", ".join(decision.name for decision in circle[1:] or circle)
            return [(circle[0].key[1], f"{circle[0].name!r} depends on itself, through {names}")]
        return []

    def find(self, name_or_id: str) -> Decision | Service:
        """The decision or decision service by name or id. Raises `DmnError` when there is none."""
        invocable = [node for node in [*self._own(), *self.nodes.values()] if isinstance(node, (Decision, Service))]
        for node in invocable:
            if node.name == name_or_id:
                return node
        for node in invocable:
            if node.key[1] == name_or_id:
                return node
        raise DmnError(f"there is no decision {name_or_id!r}")

    def evaluate(
        self,
        decision: str,
        inputs: Mapping[str, Any],
        *,
        now: datetime | None = None,
        zone: tzinfo | None = None,
        budget: Budget | None = None,
        replace_decisions: bool = False,
    ) -> Outcome:
        """Evaluates a decision or decision service, given by name or id.

        `inputs` are the values of input data by name, and expressions may read them all. With `replace_decisions` one
        that names a decision is taken instead of making it; a case would mistake what an earlier decision left in its
        variables for that. Date-times without zone are of `zone`, where one is given. Raises `DmnError` for a decision
        that is not there or depends on itself, and `BudgetExceeded`.
        """
        budget = budget if budget is not None else Budget()
        evaluation = Evaluation(self, inputs, now, zone, budget, replace_decisions)
        node = self.find(decision)
        try:
            result = evaluation.result(node)
            if zone is not None:
                result = settle(result, zone, budget)
        except RecursionError:
            raise BudgetExceeded("depth", "the stack") from None
        return Outcome(result, evaluation.trace, evaluation.reasons, evaluation.violations)

    def _own(self) -> list[Node]:
        return [node for node in self.nodes.values() if node.key[0] == self.namespace]


def _references(node: Node) -> tuple[Key, ...]:
    if isinstance(node, InputData):
        return ()
    if isinstance(node, Service):
        return node.outputs + node.input_data + node.input_decisions
    return node.requires
