"""The paths a token may take through one process, for rules about order, reach and loops."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.bpmn.model import SCOPES, Element, Process

Node = tuple[str, str]
"""An element's id with `in` or `out`; both are linked, through its content for a sub-process."""


class Graph:
    """Built once for a process; events of an activity and links are edges too."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.next: dict[Node, list[Node]] = {}
        self._before: dict[Node, list[Node]] = {}
        self._boundary: dict[str, list[str]] = {}
        self._entries: dict[str | None, list[str]] = {}
        for element in process.elements.values():
            if element.event and element.event.attached_to:
                self._boundary.setdefault(element.event.attached_to, []).append(element.id)
        self._add_entries()
        for element in process.elements.values():
            self._add_element(element)
        for flow in process.flows.values():
            if flow.source in process.elements and flow.target in process.elements:
                self._edge((flow.source, "out"), (flow.target, "in"))
        self._add_links()

    def entries(self, scope: str | None = None) -> list[Node]:
        """Where a scope begins: its start events, or without any, the nodes that no flow leads to."""
        return [(key, "in") for key in self._entries.get(scope, ())]

    def events_of(self, activity: str) -> list[str]:
        """The ids of the boundary events of an activity."""
        return self._boundary.get(activity, [])

    def origins(self, target: Node) -> set[Node]:
        """Everything from which this node can be reached, itself included."""
        seen, waiting = {target}, [target]
        while waiting:
            for node in self._before.get(waiting.pop(), ()):
                if node not in seen:
                    seen.add(node)
                    waiting.append(node)
        return seen

    def reach(self, start: Iterable[Node]) -> set[Node]:
        """Everything that can be reached from these nodes, they themselves included."""
        seen, waiting = set(start), list(start)
        while waiting:
            for node in self.next.get(waiting.pop(), ()):
                if node not in seen:
                    seen.add(node)
                    waiting.append(node)
        return seen

    def may_precede(self, earlier: str, later: str) -> bool:
        """Whether `later` can begin after `earlier` was done."""
        return (later, "in") in self.reach([(earlier, "out")])

    def loops(self, passes: Callable[[Element], bool]) -> list[list[str]]:
        """The ids of each group of nodes that lead back to one another, through nodes for which `passes` holds."""
        allowed = {key for key, element in self.process.elements.items() if passes(element)}
        graph = {
            node: [follower for follower in followers if follower[0] in allowed]
            for node, followers in self.next.items()
            if node[0] in allowed
        }
        return [
            list(dict.fromkeys(key for key, _ in group))
            for group in _strong_components(graph)
            if len(group) > 1 and any(node[1] == "out" for node in group)
        ]

    def leaves(self, group: list[str]) -> bool:
        """Whether any path leads out of these nodes, or ends among them."""
        inside = set(group)
        for key in group:
            for side in ("in", "out"):
                followers = self.next.get((key, side), [])
                if any(follower[0] not in inside for follower in followers):
                    return True
            if not self.next.get((key, "out")):
                return True
        return False

    def _add_entries(self) -> None:
        by_scope: dict[str | None, list[Element]] = {}
        for element in self.process.elements.values():
            by_scope.setdefault(element.scope, []).append(element)
        for scope, elements in by_scope.items():
            starts = [element.id for element in elements if element.kind == "startEvent" or element.starts_by_itself]
            self._entries[scope] = starts or [element.id for element in elements if _may_begin(element)]

    def _add_element(self, element: Element) -> None:
        key = element.id
        if element.kind in SCOPES:
            for entry in self._entries.get(key, ()):
                self._edge((key, "in"), (entry, "in"))
            if key not in self._entries:
                self._edge((key, "in"), (key, "out"))
        else:
            self._edge((key, "in"), (key, "out"))
        for event in self._boundary.get(key, ()):
            self._edge((key, "in"), (event, "in"))
        undone_by = element.event.undone_by if element.event is not None else None
        if undone_by is not None:
            self._edge((key, "out"), (undone_by, "in"))
        if element.scope is not None:
            if not element.outgoing:
                self._edge((key, "out"), (element.scope, "out"))
            for event in self._boundary.get(element.scope, ()):
                self._edge((key, "out"), (event, "in"))
        if element.kind == "subProcess" and element.by_event:
            for entry in self._entries.get(element.scope, ()):
                self._edge((entry, "in"), (key, "in"))

    def _add_links(self) -> None:
        catching: dict[tuple[str | None, str | None], str] = {}
        for element in self.process.elements.values():
            if element.kind == "intermediateCatchEvent" and element.event and element.event.kind == "link":
                catching[element.scope, element.event.name] = element.id
        for element in self.process.elements.values():
            if element.kind == "intermediateThrowEvent" and element.event and element.event.kind == "link":
                target = catching.get((element.scope, element.event.name))
                if target is not None:
                    self._edge((element.id, "out"), (target, "in"))

    def _edge(self, source: Node, target: Node) -> None:
        self.next.setdefault(source, []).append(target)
        self._before.setdefault(target, []).append(source)


def _may_begin(element: Element) -> bool:
    return (
        not element.incoming
        and element.kind != "boundaryEvent"
        and not element.by_event
        and not element.for_compensation
        and not (
            element.kind == "intermediateCatchEvent" and element.event is not None and element.event.kind == "link"
        )
    )


def _strong_components(graph: dict[Node, list[Node]]) -> list[list[Node]]:
    """Tarjan's algorithm, without recursion: a diagram may be as long as its author likes."""
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    on_stack: set[Node] = set()
    stack: list[Node] = []
    components: list[list[Node]] = []
    for root in graph:
        if root in index:
            continue
        work = [(root, iter(graph.get(root, ())))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, followers = work[-1]
            for follower in followers:
                if follower not in index:
                    index[follower] = low[follower] = len(index)
                    stack.append(follower)
                    on_stack.add(follower)
                    work.append((follower, iter(graph.get(follower, ()))))
                    break
                if follower in on_stack:
                    low[node] = min(low[node], index[follower])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = [stack.pop()]
                    while component[-1] != node:
                        component.append(stack.pop())
                    on_stack.difference_update(component)
                    components.append(component[::-1])
    return components
