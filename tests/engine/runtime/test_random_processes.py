"""Random structured processes under random schedules: written and read at every step they run as without.

`HYPOTHESIS_PROFILE=long` plays many more. An independent model says which steps must be open.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.builder import (
    both,
    boundary,
    chain,
    end,
    flow,
    node,
    on_event,
    package,
    process,
    script,
    several,
    some,
    start,
    sub,
    throw,
    timer,
    undo,
    undoing,
    user,
    xor,
)
from tests.engine.machine import Machine

_EXAMPLES = 2_000 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 40


@dataclass
class Drawn:
    """XML of a block with one way in and one way out."""

    nodes: list[str] = field(default_factory=list)
    entry: str = ""
    exit: str = ""


class Block:
    """A block of a process, drawn as BPMN and modelled: `begin`, `complete` and `fire` tell whether it is done."""

    def __init__(self, kind: str, parts: list[Block], number: int) -> None:
        self.kind, self.parts, self.number = kind, parts, number
        self.key = ""
        self.at = 0
        self.left = 0
        self.done: list[bool] = []
        self.fired = False
        self.undone: list[str] = []

    def named(self, numbers: Any, undone: list[str] | None = None) -> Block:
        self.key = f"{self.kind}{next(numbers)}"
        self.undone = [] if undone is None else undone
        """What has been undone so far, in the whole process."""
        for part in self.parts:
            part.named(numbers, self.undone)
        return self

    # ---- drawing

    def draw(self) -> Drawn:
        return getattr(self, f"_draw_{self.kind}")(self.key)

    def _draw_user(self, key: str) -> Drawn:
        return Drawn([user(key)], key, key)

    def _draw_script(self, key: str) -> Drawn:
        return Drawn([script(key, f'log = append(log, "{key}")')], key, key)

    def _draw_seq(self, key: str) -> Drawn:
        drawn = [part.draw() for part in self.parts]
        nodes = [node for part in drawn for node in part.nodes]
        nodes += [flow(one.exit, two.entry) for one, two in pairwise(drawn)]
        return Drawn(nodes, drawn[0].entry, drawn[-1].exit)

    def _split(self, key: str, split: str, join: str, conditions: list[str | None]) -> Drawn:
        drawn = [part.draw() for part in self.parts]
        nodes = [split, join, *(node for part in drawn for node in part.nodes)]
        for part, condition in zip(drawn, conditions, strict=True):
            nodes += [flow(key, part.entry, condition), flow(part.exit, f"{key}j")]
        return Drawn(nodes, key, f"{key}j")

    def _draw_and(self, key: str) -> Drawn:
        return self._split(key, both(key), both(f"{key}j"), [None for _ in self.parts])

    def _draw_xor(self, key: str) -> Drawn:
        conditions = [f"{self.number % len(self.parts)} = {at}" for at in range(len(self.parts))]
        return self._split(key, xor(key), xor(f"{key}j"), conditions)

    def _draw_or(self, key: str) -> Drawn:
        return self._split(key, some(key), some(f"{key}j"), [str(chosen).lower() for chosen in self._chosen()])

    def _chosen(self) -> list[bool]:
        mask = self.number % (2 ** len(self.parts) - 1) + 1
        return [bool(mask >> at & 1) for at in range(len(self.parts))]

    def _draw_loop(self, key: str) -> Drawn:
        inner = self.parts[0].draw()
        nodes = [
            script(f"{key}z", f"{key}n = 0"),
            xor(f"{key}m"),
            script(f"{key}c", f"{key}n = {key}n + 1"),
            xor(key, default=f"{key}x"),
            xor(f"{key}x"),
            chain(f"{key}z", f"{key}m", inner.entry),
            chain(inner.exit, f"{key}c", key, f"{key}x"),
            flow(key, f"{key}m", f"{key}n < {self._rounds()}"),
        ]
        return Drawn([*inner.nodes, *nodes], f"{key}z", f"{key}x")

    def _rounds(self) -> int:
        return self.number % 3 + 1

    def _draw_sub(self, key: str) -> Drawn:
        return Drawn([self._inner(key)], key, key)

    def _draw_handled(self, key: str) -> Drawn:
        handler = on_event(f"{key}h", timer("P1D"), script(f"{key}l", f'late = append(late, "{key}")'))
        return Drawn([self._inner(key, more=handler.replace(f"{key}h_on", f"{key}t"))], key, key)

    def _draw_reminded(self, key: str) -> Drawn:
        inner = self.parts[1].draw()
        handler = node(
            "subProcess",
            f"{key}h",
            'triggeredByEvent="true"',
            node("startEvent", f"{key}t", 'isInterrupting="false"', timer("P1D"))
            + "".join([*inner.nodes, end(f"{key}q"), chain(f"{key}t", inner.entry), chain(inner.exit, f"{key}q")]),
        )
        return Drawn([self._inner(key, more=handler)], key, key)

    def _draw_undo(self, key: str) -> Drawn:
        steps = [part.draw() for part in self.parts]
        undo_each = [
            undoing(part.key, script(f"{part.key}u", f'undone = append(undone, "{part.key}")')) for part in self.parts
        ]
        inside = [
            start(f"{key}s"),
            *(text for step in steps for text in step.nodes),
            *undo_each,
            throw(f"{key}c", undo()),
            end(f"{key}e"),
            chain(f"{key}s", *(part.key for part in self.parts), f"{key}c", f"{key}e"),
        ]
        return Drawn([sub(key, *inside)], key, key)

    def _inner(self, key: str, loop: str = "", more: str = "") -> str:
        inner = self.parts[0].draw()
        return sub(
            key,
            start(f"{key}s"),
            end(f"{key}e"),
            chain(f"{key}s", inner.entry),
            *inner.nodes,
            chain(inner.exit, f"{key}e"),
            more,
            loop=loop,
        )

    def _draw_timed(self, key: str) -> Drawn:
        nodes = [
            self._inner(key),
            boundary(f"{key}t", key, timer("P1D")),
            script(f"{key}l", f'late = append(late, "{key}")'),
            xor(f"{key}x"),
            chain(key, f"{key}x"),
            chain(f"{key}t", f"{key}l", f"{key}x"),
        ]
        return Drawn(nodes, key, f"{key}x")

    def _draw_several(self, key: str) -> Drawn:
        loop = several(
            f"${{[{', '.join(map(str, range(self._rounds())))}]}}",
            "item_no",
            sequential=self.number % 2 == 1,
            out=(f"{key}out", "given"),
        )
        return Drawn([user(key, "officer", "", loop)], key, key)

    # ---- the model

    def begin(self) -> bool:
        self.at, self.left, self.done = 0, self._rounds(), [False for _ in self.parts]
        if self.kind == "script":
            return True
        if self.kind in ("user", "several"):
            return False
        if self.kind in ("and", "or"):
            chosen = self._chosen() if self.kind == "or" else [True for _ in self.parts]
            self.done = [not take or part.begin() for part, take in zip(self.parts, chosen, strict=True)]
            return all(self.done)
        if self.kind == "reminded":
            self.done = [self.parts[0].begin(), True]
            self.fired = False
            return self.done[0]
        if self.kind == "xor":
            self.at = self.number % len(self.parts)
        return self._on(self.parts[self.at].begin())

    def _on(self, done: bool) -> bool:
        """Go on from the part at which the block stands."""
        while done:
            if self.kind in ("seq", "undo"):
                self.at += 1
                more = self.at < len(self.parts)
                if self.kind == "undo" and not more:
                    self.undone += [part.key for part in reversed(self.parts)]
            elif self.kind == "loop":
                self.left -= 1
                more = self.left > 0
            else:
                more = False
            if not more:
                return True
            done = self.parts[self.at].begin()
        return False

    def open(self) -> Counter[str]:
        if self.kind == "user":
            return Counter([self.key])
        if self.kind == "several":
            return Counter({self.key: 1 if self.number % 2 else self.left})
        return sum((part.open() for part in self._running()), Counter())

    def timers(self) -> list[str]:
        waits = self.kind in ("timed", "handled") or (self.kind == "reminded" and not self.fired)
        own = [f"{self.key}t"] if waits else []
        return [*own, *(name for part in self._running() for name in part.timers())]

    def _running(self) -> list[Block]:
        if self.kind in ("and", "or", "reminded"):
            return [part for part, done in zip(self.parts, self.done, strict=True) if not done]
        return [self.parts[self.at]] if self.parts else []

    def act(self, name: str) -> bool | None:
        """Complete a step or fire a timer; None when it is not here."""
        if self.kind in ("timed", "handled") and name == f"{self.key}t":
            return True
        if self.kind == "reminded" and name == f"{self.key}t":
            self.fired = True
            self.done[1] = self.parts[1].begin()
            return all(self.done)
        if self.kind == "user":
            return True if name == self.key else None
        if self.kind == "several":
            if name != self.key:
                return None
            self.left -= 1
            return self.left == 0
        for at, part in enumerate(self.parts):
            if part not in self._running():
                continue
            done = part.act(name)
            if done is None:
                continue
            if self.kind in ("and", "or", "reminded"):
                self.done[at] = done
                return all(self.done)
            return self._on(done)
        return None


_numbers = st.integers(0, 11)
_leaf = st.builds(lambda kind, n: (kind, [], n), st.sampled_from(["user", "user", "script", "several"]), _numbers)


def _grow(inner: Any) -> Any:
    many = st.lists(inner, min_size=2, max_size=3)
    one = st.lists(inner, min_size=1, max_size=1)
    return st.one_of(
        st.tuples(st.sampled_from(["seq", "seq", "and", "and", "or", "xor"]), many, _numbers),
        st.tuples(st.sampled_from(["loop", "sub", "timed", "handled"]), one, _numbers),
        st.tuples(st.just("reminded"), st.lists(inner, min_size=2, max_size=2), _numbers),
        st.tuples(st.just("undo"), st.lists(st.just(("user", [], 0)), min_size=1, max_size=3), _numbers),
    )


_trees = st.recursive(_leaf, _grow, max_leaves=9)


def _block(tree: Any) -> Block:
    kind, parts, number = tree
    return Block(kind, [_block(part) for part in parts], number)


@settings(max_examples=_EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=_EXAMPLES < 1_000)
@given(tree=_trees, schedule=st.lists(st.integers(0, 1_000), min_size=40, max_size=40))
def test_reloading_at_every_step_changes_nothing_and_the_model_agrees(tree: Any, schedule: list[int]):
    """Trap: what is finished is compacted away, and what is loaded is not what was written."""
    model = _block(tree).named(iter(range(1_000)))
    drawn = model.draw()
    read = package(process(start(), *drawn.nodes, end(), chain("start", drawn.entry), chain(drawn.exit, "end")))
    variables: dict[str, Any] = {"log": [], "late": [], "undone": []}
    machines = [Machine(read, variables, reloading=reloading) for reloading in (False, True)]
    done = model.begin()
    expected: list[str] = []
    for choice in schedule:
        for machine in machines:
            assert machine.incidents() == []
            assert machine.workflow.completed is done
            assert Counter(machine.names()) == (Counter() if done else model.open())
        assert machines[0].variables() == machines[1].variables()
        assert machines[0].outcome == machines[1].outcome
        if done:
            break
        actions = sorted(model.open()) + sorted(model.timers())
        action = actions[choice % len(actions)]
        for machine in machines:
            if action.endswith("t"):
                machine.fire(action)
            elif action.startswith("several"):
                machine.complete(action, given=Decimal(choice))
            else:
                machine.complete(action, log=lambda data, action=action: [*data["log"], action])
        if action.startswith("user"):
            expected.append(action)
        result = model.act(action)
        assert result is not None
        done = result
    found = [name for name in machines[1].variables()["log"] if name.startswith("user")]
    assert Counter(found) == Counter(expected)
    if done:
        assert Counter(machines[1].variables()["undone"]) == Counter(model.undone)
