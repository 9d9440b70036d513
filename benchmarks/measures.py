"""What is measured: completions and starts in process and over HTTP, rounds of a rework loop, the inbox."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from engine.service import cases, tasks
from engine.service.actors import Actor
from engine.service.house import House
from models.cases import Instance
from models.tasks import OPEN, Task

STEPS = 5
"""Human tasks in a case of loan20."""


def start_cases(house: House, actor: Actor, number: int, key: str = "loan20") -> tuple[list[uuid.UUID], list[float]]:
    """Start cases; their ids, and seconds a start."""
    started, times = [], []
    for _ in range(number):
        begin = time.perf_counter()
        with house.step() as step:
            instance = cases.start(step, key, actor)
        times.append(time.perf_counter() - begin)
        started.append(instance.id)
    return started, times


def complete_cases(house: House, actor: Actor, instances: list[uuid.UUID]) -> list[float]:
    """Complete all steps of the cases; seconds a completion (finding the task is not part of it)."""
    times = []
    for number in range(1, STEPS + 1):
        for instance in instances:
            task_id = open_task(house, instance)
            begin = time.perf_counter()
            with house.step() as step:
                tasks.complete(step, task_id, actor, {f"note_{number}": "ok"})
            times.append(time.perf_counter() - begin)
    return times


def open_task(house: House, instance: uuid.UUID) -> uuid.UUID:
    """The open task of a case that has one."""
    with house.sessions.reading() as session:
        query = sa.select(Task.id).where(Task.instance_id == instance, Task.state == OPEN)
        return session.scalars(query).one()


def rework(house: House, actor: Actor, passes: int) -> tuple[list[float], list[int]]:
    """Go round the rework loop; seconds and bytes of state a pass."""
    (instance,), _ = start_cases(house, actor, 1, "rework")
    times, sizes = [], []
    for _ in range(passes):
        task_id = open_task(house, instance)
        begin = time.perf_counter()
        with house.step() as step:
            tasks.complete(step, task_id, actor, {"remark": "again"})
        times.append(time.perf_counter() - begin)
        with house.sessions.reading() as session:
            data = session.scalars(sa.select(Instance.state_data).where(Instance.id == instance)).one()
        sizes.append(len(data))
    return times, sizes


class Client:
    """One client of the REST interface on a connection that stays open."""

    def __init__(self, port: int, token: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer as JSON; anything but success raises."""
        text = None if body is None else json.dumps(body)
        self.connection.request(method, f"/api/v1{path}", text, self.headers)
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {data[:500]!r}")
        return json.loads(data)


def timed(do: Callable[[], Any]) -> tuple[Any, float]:
    """What `do` gives, and the seconds it took."""
    begin = time.perf_counter()
    return do(), time.perf_counter() - begin


def complete_over_http(client: Client, number: int) -> list[float]:
    """Start `number` cases and complete all their steps; seconds a completion."""
    times = []
    started = [client.call("POST", "/definitions/loan20/instances", {"variables": {}})["id"] for _ in range(number)]
    for step in range(1, STEPS + 1):
        for instance in started:
            items = client.call("GET", f"/instances/{instance}/tasks?state=open")["items"]
            path = f"/tasks/{items[0]['id']}/complete"
            times.append(
                timed(lambda path=path, step=step: client.call("POST", path, {"form": {f"note_{step}": "ok"}}))[1]
            )
    return times


def inbox_over_http(client: Client, calls: int) -> list[float]:
    """Ask for the first page of what I could claim; seconds a call."""
    return [timed(lambda: client.call("GET", "/tasks?candidate=1&limit=50"))[1] for _ in range(calls)]
