"""The state of a case as bytes: what is open and the variables along the branches, without the definition.

Specs come from a cache by name, so a case holds only what is its own; each token keeps what differs from its parent.
SpiffWorkflow's serializer embeds the definition, walks every value through a registry and loses the data of a token
that is stored before its parent.
"""

from __future__ import annotations

import uuid
import zlib
from typing import Any

from SpiffWorkflow import TaskState

from engine.runtime.build import Specs
from engine.runtime.compact import compact
from engine.runtime.environment import Environment
from engine.runtime.merge import same
from engine.runtime.tree import CaseTask
from engine.runtime.workflow import CaseWorkflow, Scope
from engine.values import decode, encode

VERSION = 1
_COMPRESSION = 1
"""zlib's fastest level: half the size of the text at a tenth of a millisecond."""


class UnreadableState(ValueError):
    """The stored state is of a version that this program does not know."""


def dump(workflow: CaseWorkflow) -> bytes:
    """Compact the case and write it."""
    compact(workflow)
    document = {
        "version": VERSION,
        "arrivals": workflow.arrivals,
        "created": workflow.created,
        "result": workflow.result if workflow.completed else None,
        "scopes": [_write_scope(scope) for scope in workflow.scopes()],
    }
    return zlib.compress(encode(document).encode(), _COMPRESSION)


def load(data: bytes, process_id: str, specs: Specs, environment: Environment) -> CaseWorkflow:
    """The case as it was when it was written."""
    document = decode(zlib.decompress(data))
    if document["version"] != VERSION:
        raise UnreadableState(f"the state has version {document['version']}, and {VERSION} is known")
    workflow = CaseWorkflow(specs[process_id], specs, environment)
    workflow.arrivals, workflow.created = int(document["arrivals"]), int(document["created"])
    if document["result"] is not None:
        workflow.completed = True
        workflow.result = document["result"]
        workflow.task_tree._set_state(TaskState.COMPLETED)
        return workflow
    for written in document["scopes"]:
        if written["parent"] is None:
            _read_scope(workflow, written)
        else:
            parent = uuid.UUID(hex=written["parent"])
            scope = Scope(specs[written["spec"]], parent, workflow)
            workflow.subprocesses[parent] = scope
            _read_scope(scope, written)
    return workflow


def _write_scope(scope: Any) -> dict[str, Any]:
    parent = scope.parent_task_id
    return {
        "spec": scope.spec.name,
        "parent": None if parent is None else parent.hex,
        **({"done": scope.done} if scope.done else {}),
        "tasks": _write_tasks(scope.task_tree),
    }


def _write_tasks(root: CaseTask) -> list[list[Any]]:
    """Every task after its parent, which is named by its position."""
    written: list[list[Any]] = []
    todo: list[tuple[CaseTask, int | None]] = [(root, None)]
    for task, parent_at in todo:
        parent_data = {} if parent_at is None else task.parent.data
        changed = {
            name: value
            for name, value in task.data.items()
            if name not in parent_data or not same(value, parent_data[name])
        }
        gone = [name for name in parent_data if name not in task.data]
        todo += [(child, len(written)) for child in task.children]
        written.append([task.id.hex, parent_at, task.task_spec.name, task.state, changed, gone, task.internal_data])
    return written


def _read_scope(scope: Any, written: dict[str, Any]) -> None:
    scope.done = written.get("done", [])
    scope.tasks.clear()
    specs = scope.spec.task_specs
    read: list[CaseTask] = []
    for hex_id, parent_at, spec_name, state, changed, gone, internal in written["tasks"]:
        parent = None if parent_at is None else read[int(parent_at)]
        task = CaseTask(scope, specs[spec_name], parent, int(state), uuid.UUID(hex=hex_id))
        task.data = {**(parent.data if parent is not None else {}), **changed}
        for name in gone:
            del task.data[name]
        task.internal_data = _whole_numbers(internal)
        read.append(task)
    scope.task_tree = read[0]


def _whole_numbers(internal: dict[str, Any]) -> dict[str, Any]:
    """The engine's own counters are integers, which come back as decimals like every number."""
    for name in ("arrived", "total", "done", "index"):
        if name in internal:
            internal[name] = int(internal[name])
    return internal
