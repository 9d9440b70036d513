"""One evaluation of a model: every decision at most once, each in a scope of exactly what it requires."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from engine.dmn.boxed import fitted
from engine.dmn.elements import Decision, InputData, Key, Knowledge, Node, Service
from engine.dmn.errors import DmnError
from engine.dmn.trace import DecisionRuntime, DecisionTrace, TableTrace
from engine.feel.functions import arguments_by_parameter
from engine.feel.model import Function
from engine.feel.runtime import Budget, Runtime, Scope

if TYPE_CHECKING:
    from engine.dmn.model import Model


class Evaluation:
    """Values found so far. `given` are values from outside by name, `replaced` values by key within a service call."""

    def __init__(
        self,
        model: Model,
        given: Mapping[str, Any],
        now: datetime | None,
        zone: tzinfo | None,
        budget: Budget,
        replace_decisions: bool,
    ):
        self.model = model
        self.given = given
        self.replace_decisions = replace_decisions
        self.reasons: list[str] = []
        self.trace: list[DecisionTrace] = []
        self.violations: list[str] = []
        self._tables: list[list[TableTrace]] = []
        self.runtime = DecisionRuntime(now, zone, self.reasons, budget, model.types, self._tables, self.violations)
        self._runtimes: dict[str, DecisionRuntime] = {}
        self._values: dict[Key, Any] = {}
        self._under_way: set[Key] = set()

    def result(self, node: Node) -> Any:
        """The value of what was asked for; a service gets its parameters from the given values."""
        if isinstance(node, Service):
            return self._service_result(node, {})
        return self.value(node.key)

    def value(self, key: Key) -> Any:
        """The value of an element; a given one is taken as it is."""
        if key in self._values:
            return self._values[key]
        node = self._node(key)
        if key in self._under_way:
            raise DmnError(f"{node.name!r} depends on itself")
        self._under_way.add(key)
        self._values[key] = value = self._find(node)
        self._under_way.discard(key)
        return value

    def _node(self, key: Key) -> Node:
        node = self.model.nodes.get(key)
        if node is None:
            raise DmnError(f"there is no element {key[1]!r}")
        return node

    def _find(self, node: Node) -> Any:
        if isinstance(node, Knowledge):
            return self._function(node)
        if isinstance(node, Service):
            return self._service_function(node)
        found, value = self._given(node)
        if found and (isinstance(node, InputData) or self.replace_decisions):
            return fitted(value, node.type, f"the input {node.name!r}", self._runtime_of(node.key))
        if isinstance(node, Decision):
            return self._decide(node)
        return self.runtime.null(f"the input {node.name!r} is not given")

    def _given(self, node: Node) -> tuple[bool, Any]:
        if node.name in self.given:
            return True, self.given[node.name]
        prefixed = self.given.get(self.model.prefix_of(node.key[0]))
        if isinstance(prefixed, dict) and node.name in prefixed:
            return True, prefixed[node.name]
        return False, None

    def _decide(self, node: Decision) -> Any:
        if node.logic is None:
            return self.runtime.null(f"the decision {node.name!r} has no logic")
        required = self._required(node)
        entry = DecisionTrace(node.name, node.key[1], required)
        runtime = self._runtime_of(node.key)
        self._tables.append(entry.tables)
        result = node.logic(Scope(required, Scope(self.given, None, runtime), runtime))
        entry.outputs = fitted(result, node.type, f"the decision {node.name!r}", runtime)
        self._tables.pop()
        self.trace.append(entry)
        return entry.outputs

    def _runtime_of(self, key: Key) -> DecisionRuntime:
        """The runtime with the types of the model that the element belongs to."""
        namespace = key[0]
        if namespace not in self._runtimes:
            self._runtimes[namespace] = self.runtime.with_types(self._home(key).types)
        return self._runtimes[namespace]

    def _home(self, key: Key) -> Model:
        return next((model for model in self.model.all_models() if model.namespace == key[0]), self.model)

    def _required(self, node: Decision | Knowledge) -> dict[str, Any]:
        """What the element requires, by the names it knows it under: those of an imported model within a context."""
        home = self._home(node.key)
        required: dict[str, Any] = {}
        for key in node.requires:
            prefix = "" if key[0] == node.key[0] else home.prefix_of(key[0])
            target = required.setdefault(prefix, {}) if prefix else required
            target[self._node(key).name] = self.value(key)
        return required

    def _function(self, node: Knowledge) -> Any:
        if node.logic is None:
            return self.runtime.null(f"{node.name!r} has no logic")
        names: dict[str, Any] = {}
        function = node.logic(Scope(names, None, self._runtime_of(node.key)))
        self._values[node.key] = function
        names.update(self._required(node), **{node.name: function})
        return function

    def _service_function(self, service: Service) -> Function:
        parameters = tuple(self._node(key).name for key in service.input_data + service.input_decisions)

        def call(arguments: list[Any], names: tuple[str, ...] | None, runtime: Runtime) -> Any:
            values = arguments_by_parameter(service.name, parameters, arguments, names, runtime)
            if values is None:
                return None
            keys = service.input_data + service.input_decisions
            given = dict(zip(keys, values, strict=True))
            for key, value in given.items():
                node = self._node(key)
                if value is not None and fitted(value, node.type, f"{node.name!r}", self._runtime_of(key)) is None:
                    return None
            return self._service_result(service, given)

        return Function(service.name, parameters, call)

    def _service_result(self, service: Service, arguments: Mapping[Key, Any]) -> Any:
        """Evaluates the service with these values, or the given ones, for its inputs, and nothing else."""
        inner = Evaluation(self.model, {}, self.runtime.now, self.runtime.zone, self.runtime.budget, False)
        inner.reasons = inner.runtime.reasons = self.reasons
        inner.trace = self.trace
        inner.violations = inner.runtime.violations = self.violations
        for key in service.input_data + service.input_decisions:
            node = self._node(key)
            value = arguments[key] if key in arguments else self._given(node)[1]
            inner._values[key] = fitted(value, node.type, f"the input {node.name!r}", inner._runtime_of(key))
        results = {self._node(key).name: inner.value(key) for key in service.outputs}
        result = next(iter(results.values())) if len(results) == 1 else results
        return fitted(result, service.type, f"the service {service.name!r}", inner._runtime_of(service.key))
