"""Reads a DMN file, and those it imports, into a `Model`."""

from __future__ import annotations

from typing import Final

from engine.dmn.boxed import BoxedCompiler
from engine.dmn.elements import Decision, InputData, Key, Knowledge, Node, Service
from engine.dmn.errors import DmnError
from engine.dmn.imports import LoadImport
from engine.dmn.item_types import check_type_references, read_types, type_of
from engine.dmn.model import Model
from engine.dmn.problems import Problems
from engine.dmn.xml import Element, child, children, id_of, local, name_of, parse
from engine.feel.types import Type

MAX_IMPORTS: Final = 50
MAX_NODES: Final = 10_000

_REQUIREMENTS: Final = ("informationRequirement", "knowledgeRequirement")
_NAMED: Final = frozenset({"variable", "itemComponent", "column", "output", "inputData", "itemDefinition"})


def read_model(source: bytes | str, load_import: LoadImport | None = None) -> Model:
    """Reads a model of DMN 1.1 to 1.5.

    `load_import(namespace, location)` gives the content of an imported model, or None when there is none. Raises
    `DmnError` for what is no model at all; what is wrong within a model is among `Model.problems()`.
    """
    try:
        return _ModelReader(source, load_import, {}).model
    except RecursionError:
        raise DmnError("nested too deeply") from None


class _ModelReader:
    def __init__(self, source: bytes | str, load_import: LoadImport | None, known: dict[str, Model]):
        self.root = parse(source)
        self.namespace = self.root.get("namespace") or ""
        self.load_import = load_import
        self.known = known
        self.problems = Problems()
        self.model = Model(self.namespace, name_of(self.root), self.problems)
        known[self.namespace] = self.model
        self._read_imports()
        self.model.types.update(read_types(self.root, self.problems))
        check_type_references(self.root, self.model.types, self.problems)
        self.members = self._member_names()
        graph = self._graph()
        if len(graph) > MAX_NODES:
            raise DmnError(f"more than {MAX_NODES} decisions and inputs")
        self.names = {(self.namespace, element.get("id")): name_of(element) for element in graph if element.get("id")}
        for element in graph:
            self._add(element)

    def _graph(self) -> list[Element]:
        """The elements of the requirements graph; DMN 1.1 may wrap them in `drgElement`s of their own."""
        return list(children(self.root, "inputData", "decision", "businessKnowledgeModel", "decisionService"))

    def _read_imports(self) -> None:
        for element in children(self.root, "import"):
            if "DMN" not in (element.get("importType") or "") and "MODEL" not in (element.get("importType") or ""):
                continue
            model = self._imported(element)
            if model is not None:
                self.model.add_import(name_of(element), model)

    def _imported(self, element: Element) -> Model | None:
        namespace = element.get("namespace") or ""
        if namespace in self.known:
            return self.known[namespace]
        if len(self.known) >= MAX_IMPORTS:
            raise DmnError(f"more than {MAX_IMPORTS} imported models")
        content = self.load_import(namespace, element.get("locationURI")) if self.load_import is not None else None
        if content is None:
            self.problems.add(id_of(element), f"the imported model {namespace} is not there")
            return None
        return _ModelReader(content, self.load_import, self.known).model

    def _member_names(self) -> frozenset[str]:
        """Names that may follow a dot or stand in a filter anywhere in the model, the imported ones' too."""
        names = {name_of(element) for element in self.root.iter() if local(element) in _NAMED}
        for model in self.model.imports.values():
            names |= model.member_names | {node.name for node in model.nodes.values()}
        names |= self.model.imports.keys()
        self.model.member_names = frozenset(names - {""})
        return self.model.member_names

    def _add(self, element: Element) -> None:
        key = (self.namespace, element.get("id") or name_of(element))
        variable = child(element, "variable")
        declared = type_of(variable.get("typeRef") if variable is not None else element.get("typeRef"))
        name = name_of(element)
        node: Node
        if local(element) == "inputData":
            node = InputData(key, name, declared)
        elif local(element) == "decisionService":
            node = self._service(element, key, declared)
        else:
            requires = self._requirements(element)
            compiler = BoxedCompiler(self._known_names(element), self.problems)
            if local(element) == "decision":
                node = Decision(key, name, declared, requires, compiler.logic_of(element))
                if node.logic is None:
                    self.problems.add(key[1], f"the decision {name!r} has no logic")
            else:
                node = Knowledge(key, name, declared, requires, compiler.knowledge(element))
        if key in self.model.nodes:
            self.problems.add(key[1], f"the id {key[1]!r} is used twice")
        self.model.add(node)

    def _service(self, element: Element, key: Key, declared: Type | None) -> Service:
        def references(tag: str) -> tuple[Key, ...]:
            return tuple(self._target(part) for part in children(element, tag))

        return Service(
            key, name_of(element), declared,
            references("outputDecision"), references("inputData"), references("inputDecision"),
        )  # fmt: skip

    def _requirements(self, element: Element) -> tuple[Key, ...]:
        return tuple(
            self._target(target)
            for requirement in children(element, *_REQUIREMENTS)
            for target in children(requirement, "requiredInput", "requiredDecision", "requiredKnowledge")
        )

    def _target(self, element: Element) -> Key:
        namespace, _, identifier = (element.get("href") or "").rpartition("#")
        return (namespace or self.namespace, identifier)

    def _known_names(self, element: Element) -> frozenset[str]:
        """Those of the whole model, one set for all elements, unless the element requires something of another name."""
        required = {self.names[key] for key in self._requirements(element) if key in self.names}
        return self.members if required <= self.members else self.members | required
