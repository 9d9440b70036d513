"""Deployed definitions, compiled once and shared by all cases: specs, forms, decisions, rules of each step."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.bpmn.model import Element, Process
from engine.bpmn.reading import read_diagrams
from engine.dmn import Model, gives_list, read_model
from engine.dmn.xml import child, children, id_of, name_of, parse
from engine.errors import NotFound
from engine.forms import Form, compile_form
from engine.packages import Package
from engine.packages.package import build_package
from engine.runtime.build import Specs, build
from engine.runtime.environment import Decided
from models.definitions import Definition, DeployedFile, Deployment

_KEPT = 200
"""Compiled definitions kept in memory; the least used goes first."""


class Compiled:
    """One version of a process with everything its cases need. Immutable but for what it compiles on first use."""

    def __init__(self, package: Package, key: str, definition_id: int = 0, version: int = 0) -> None:
        self.id = definition_id
        self.key = key
        self.version = version
        self.package = package
        self.diagrams = read_diagrams(package)
        self.process: Process = self.diagrams.processes[key]
        self._forms: dict[str, Form] = {}
        self._models: dict[str, Model] = {}

    @cached_property
    def specs(self) -> Specs:
        """What SpiffWorkflow runs."""
        return build(self.diagrams, self.key)

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """The package's parameters as expressions read them."""
        return {name: parameter.value for name, parameter in self.package.manifest.parameters.items()}

    @cached_property
    def elements(self) -> Mapping[str, Element]:
        """Every node of every process of the package, by id; of two with one id, that of the case's own process."""
        found = {element.id: element for element in self.diagrams.elements()}
        return {**found, **self.process.elements}

    @cached_property
    def separated(self) -> Mapping[str, frozenset[str]]:
        """For each step, the steps that must not be done by the same person, whichever of them names the other."""
        pairs: dict[str, set[str]] = {}
        for element in self.diagrams.elements():
            for other in element.human.separate_from:
                pairs.setdefault(element.id, set()).add(other)
                pairs.setdefault(other, set()).add(element.id)
        return {element: frozenset(others) for element, others in pairs.items()}

    @cached_property
    def opens(self) -> Mapping[str, frozenset[str]]:
        """For each step, the other steps whose sealed opinions are shown once it is completed."""
        sealed: dict[str, set[str]] = {}
        for element in self.diagrams.elements():
            for until in element.human.sealed_until:
                if until != element.id:
                    sealed.setdefault(until, set()).add(element.id)
        return {element: frozenset(others) for element, others in sealed.items()}

    @cached_property
    def starter_roles(self) -> frozenset[str]:
        """Who may start a case: the candidate starters, else every role of the package."""
        named = self.process.starter_groups
        return frozenset(self.package.manifest.roles if named is None else named)

    @cached_property
    def has_steps_of_people(self) -> bool:
        """Whether cases of this process bring people work: it has steps for them, itself or in what it calls.

        A process that another one of the package calls is part of that one's cases.
        """
        elements = self.diagrams.elements()
        calls = {(item.process_id, item.call.called) for item in elements if item.call is not None}
        if any(called == self.key and caller != self.key for caller, called in calls):
            return False
        within = {self.key}
        while more := {called for caller, called in calls if caller in within and called} - within:
            within |= more
        return any(item.kind == "userTask" and item.process_id in within for item in elements)

    @property
    def start_form(self) -> str | None:
        """The form of the start event, if it has one."""
        starts = [
            item for item in self.process.children(None) if item.kind == "startEvent" and not item.starts_by_itself
        ]
        return next((item.human.form_ref for item in starts if item.human.form_ref), None)

    def element(self, process_id: str, element_id: str) -> Element:
        """The node with this id in this process of the package."""
        return self.diagrams.processes[process_id].elements[element_id]

    def form(self, name: str) -> Form:
        """The form of this name, compiled."""
        if name not in self._forms:
            self._forms[name] = compile_form(self.package.forms[name])
        return self._forms[name]

    def decision_model(self, ref: str) -> Model:
        """The model in which the decision of this name or id stands."""
        file = self.package.decisions.get(ref)
        if file is None:
            raise LookupError(f"there is no decision {ref} in the package")
        if file not in self._models:
            self._models[file] = read_model(self.package.files[file], self._import)
        return self._models[file]

    def decided(self, ref: str, value: Any, trace: list[dict[str, Any]]) -> Decided:
        """What the decision of this name or id gave, with what its shape depends on."""
        root = parse(self.package.files[self.package.decisions[ref]])
        decision = next((node for node in children(root, "decision") if ref in (id_of(node), name_of(node))), None)
        name = ref if decision is None else name_of(decision) or ref
        table = None if decision is None else child(decision, "decisionTable")
        if table is None:
            return Decided(value, name, (), False, trace)
        columns = tuple(name_of(column) or name for column in children(table, "output"))
        return Decided(value, name, columns, gives_list(table.get("hitPolicy"), table.get("aggregation")), trace)

    def _import(self, namespace: str, location: str | None) -> bytes | None:
        files = self.package.dmn_files
        if location is not None and location in files:
            return files[location]
        return next((data for data in files.values() if parse(data).get("namespace") == namespace), None)


class Definitions:
    """The compiled definitions of this process, by the id of their row. Rows never change, so nothing goes stale."""

    def __init__(self) -> None:
        self._compiled: OrderedDict[int, Compiled] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, session: Session, definition_id: int) -> Compiled:
        """The definition, compiled at most once."""
        with self._lock:
            found = self._compiled.get(definition_id)
            if found is not None:
                self._compiled.move_to_end(definition_id)
                return found
        compiled = _compile(session, definition_id)
        with self._lock:
            compiled = self._compiled.setdefault(definition_id, compiled)
            while len(self._compiled) > _KEPT:
                self._compiled.popitem(last=False)
        return compiled

    def find(self, session: Session, key: str, version: int | None = None) -> Compiled:
        """The version asked for, or the latest. Raises `NotFound`."""
        query = sa.select(Definition.id).where(Definition.key == key).order_by(Definition.version.desc()).limit(1)
        if version is not None:
            query = query.where(Definition.version == version)
        definition_id = session.scalar(query)
        if definition_id is None:
            which = key if version is None else f"{key} in version {version}"
            raise NotFound(f"there is no process {which}")
        return self.get(session, definition_id)


def load_package(session: Session, deployment_id: int) -> Package:
    """The package as it was deployed."""
    deployment = session.get_one(Deployment, deployment_id)
    rows = session.execute(
        sa.select(DeployedFile.name, DeployedFile.content).where(DeployedFile.deployment_id == deployment_id)
    )
    return build_package(deployment.package, {row.name: row.content for row in rows})


def _compile(session: Session, definition_id: int) -> Compiled:
    row = session.execute(
        sa.select(Definition.key, Definition.version, Definition.deployment_id).where(Definition.id == definition_id)
    ).one()
    return Compiled(load_package(session, row.deployment_id), row.key, definition_id, row.version)
