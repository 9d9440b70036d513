"""What the archive shows in the demonstration: a volume lent and late, one that came back, one on its way."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from engine.service import actors, cases, tasks
from engine.service.house import House
from models.archive import ArchiveEntry, ArchiveLoan
from models.definitions import Definition
from models.tasks import OPEN, Task
from operations.demo.play import StandingClock

LENDING = "archive_lending"
_BACK = {"returned_complete": True}
# which volume, borrower, days ago, days for which it is lent, whether it came back
_LENT = (
    (0, "wu", "贷后检查核对抵押合同原件", 9, 3, True),
    (1, "zhou", "客户申请变更还款账户，核对合同", 8, 4, False),
    (2, "auditor", "内部审计抽查", 2, 7, False),
)


def lend(house: House, clock: StandingClock, present: dt.datetime) -> None:
    """Lends volumes as the archive desk does, once."""
    with house.sessions.reading() as session:
        known = session.scalar(sa.select(Definition.id).where(Definition.key == LENDING).limit(1))
        if known is None or session.scalar(sa.select(ArchiveLoan.id).limit(1)) is not None:
            return
        volumes = session.scalars(sa.select(ArchiveEntry.number).order_by(ArchiveEntry.id)).all()
        keepers = session.execute(sa.select(ArchiveEntry.number, ArchiveEntry.registered_by)).all()
    keeper = dict(keepers)  # type: ignore[arg-type]
    for index, borrower, reason, ago, days, back in _LENT:
        if index >= len(volumes):
            return
        today = present.astimezone(house.calendar.zone).date() - dt.timedelta(days=ago)
        clock.moment = dt.datetime.combine(today, dt.time(10, 20), house.calendar.zone)
        until = (today + dt.timedelta(days=days)).isoformat()
        wanted = {"archive_no": volumes[index], "borrower": borrower, "lending_reason": reason, "lent_until": until}
        with house.step() as step:
            who = actors.load(step.session, keeper[volumes[index]])
            case = cases.start(step, LENDING, who, wanted).id
        if back:
            clock.moment += dt.timedelta(days=2)
            with house.step() as step:
                query = sa.select(Task.id).where(Task.instance_id == case, Task.state == OPEN)
                tasks.complete(step, step.session.scalars(query).one(), who, _BACK)
    clock.moment = present
