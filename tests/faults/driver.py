"""Works on a real database in processes that are killed at their n-th statement, for n = 1, 2, 3, … until one survives.

`python -m tests.faults.driver URL complete|sweep|pay` prints one line of JSON for each process. It never cleans up
after one: that is what the program under test has to be good for.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import sys
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from engine.scenario.stage import DeclaredRelations, StandingClock
from engine.service import actors, errands, tasks, worker
from engine.service.house import House
from models.database import Sessions, make_engine
from models.tasks import OPEN, Task
from operations.payments.errand import payment_errand
from operations.payments.orders import JOB
from operations.payments.recorded import RecordedBank
from tests.engine.builder import CALENDAR, MONDAY

MOST = 200


def main(url: str, work: str) -> None:
    """Kill one process after another; the last is left alone."""
    for statement in range(1, MOST):
        child = os.fork()
        if child == 0:
            _work(url, work, statement)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        if not killed and os.WEXITSTATUS(status) != 0:
            sys.exit(f"the process broke by itself at statement {statement}")
        print(json.dumps({"statement": statement, "killed": killed}), flush=True)
        if not killed:
            return


def _work(url: str, work: str, last: int) -> None:
    try:
        engine = make_engine(url)
        sessions = Sessions(engine)
        house = House(sessions, StandingClock(_moment(work, last)), CALENDAR, {}, DeclaredRelations({}))
        if work == "pay":
            house.errands[JOB] = payment_errand(RecordedBank(sessions))
        _kill_at(engine, last)
        if work == "sweep":
            worker.sweep(house)
        elif work == "pay":
            errands.run(house)
        else:
            _complete(house)
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)


def _moment(work: str, statement: int) -> dt.datetime:
    """When a process works: of payments each after the lease of the one before, who died with it."""
    later = errands.LEASE * 2 * statement if work == "pay" else dt.timedelta(0)
    return MONDAY + dt.timedelta(hours=2) + later


def _complete(house: House) -> None:
    """The oldest open step, with what it logs appended to the log."""
    with house.sessions.reading() as session:
        task_id = session.scalar(
            sa.select(Task.id).where(Task.state == OPEN, Task.element == "a").order_by(Task.instance_id).limit(1)
        )
        who = actors.load(session, "bo")
    if task_id is not None:
        with house.step() as step:
            tasks.complete(step, task_id, who, {"log": ["done"]})


def _kill_at(engine: sa.Engine, last: int) -> None:
    count = 0

    def tick(*_: Any) -> None:
        nonlocal count
        count += 1
        if count >= last:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", tick)
    event.listen(engine, "after_cursor_execute", tick)
    event.listen(engine, "commit", tick)


if __name__ == "__main__":
    main(*sys.argv[1:])
