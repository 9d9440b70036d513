"""Random processes under random moves: written and read at every step they go as without, and none ever stands still.

`HYPOTHESIS_PROFILE=long` plays many more.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.runtime.moves import Impossible
from tests.engine.builder import chain, end, package, process, start
from tests.engine.machine import Machine
from tests.engine.runtime.test_random_processes import _block, _trees

_EXAMPLES = 3_000 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 60
_choice = st.integers(0, 1_000)
_step = st.tuples(st.sampled_from(["do", "do", "do", "move", "back", "skip", "cancel", "withdraw"]), _choice, _choice)


class _Player:
    """Plays one schedule on one machine; what was done is named by position: ids differ between machines."""

    def __init__(self, machine: Machine, elements: list[str]) -> None:
        self.machine, self.elements = machine, elements
        self.done: list[Any] = []

    def play(self, kind: str, first: int, second: int) -> str:
        machine = self.machine
        here = sorted(set(machine.names()))
        try:
            if kind == "withdraw":
                if self.done:
                    machine.withdraw(self.done[-1 - first % min(3, len(self.done))])
            elif kind == "do" or not here:
                self._do(sorted(set(here)) + [timer.task_spec.element_id for timer in machine.timers()], first)
            elif kind == "skip":
                machine.skip(here[first % len(here)])
            elif kind == "cancel":
                machine.cancel_branch(here[first % len(here)])
            else:
                target = self.elements[second % len(self.elements)]
                machine.move(here[first % len(here)], target, others=second % 2 == 1, back=kind == "back")
        except Impossible:
            return "impossible"
        return kind

    def _do(self, actions: list[str], choice: int) -> None:
        action = actions[choice % len(actions)]
        if action in self.machine.names():
            form: dict[str, Any] = {"log": lambda data: [*data["log"], action]}
            self.done.append(self.machine.complete(action, **form))
        else:
            self.machine.fire(action)


@settings(max_examples=_EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=_EXAMPLES < 1_000)
@given(tree=_trees, schedule=st.lists(_step, min_size=30, max_size=30))
def test_reloading_changes_nothing_and_nothing_stands_still(tree: Any, schedule: list[tuple[str, int, int]]):
    drawn = _block(tree).named(iter(range(1_000))).draw()
    read = package(process(start(), *drawn.nodes, end(), chain("start", drawn.entry), chain(drawn.exit, "end")))
    machines = [Machine(read, {"log": [], "late": []}, reloading=reloading) for reloading in (False, True)]
    elements = sorted(key for key, item in machines[0].definition.process.elements.items() if item.kind == "userTask")
    players = [_Player(machine, elements) for machine in machines]
    for step in schedule:
        if machines[0].workflow.completed:
            break
        told = [player.play(*step) for player in players]
        assert told[0] == told[1]
        assert machines[0].names() == machines[1].names()
        assert machines[0].variables() == machines[1].variables()
        assert machines[0].incidents() == machines[1].incidents() == []
        assert machines[0].workflow.completed == machines[1].workflow.completed
        for machine in machines:
            assert machine.workflow.completed or machine.names(), f"nothing is open after {step}"
