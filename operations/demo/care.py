"""Customer care of the demonstration: prospects with their talks, return visits, complaints at every stage.

Nothing is made where the packages `customer_care` and `complaint` are not deployed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa

from engine.service import actors, cases, tasks, worker
from engine.service.house import House
from models.care import Prospect
from models.definitions import Definition
from models.people import Person
from models.tasks import OPEN, Task
from operations import prospects
from operations.demo.play import StandingClock

# account manager, days ago, name, phone, source, need, survey, talks (way, note), days until the next, lost because
_PROSPECTS: tuple[tuple[Any, ...], ...] = (
    (
        "wang",
        23,
        "周氏面馆",
        "13700010001",
        "visit",
        "扩店装修，约 15 万元",
        "早点街二十余家，同业利率 7.2% 左右",
        [("visit", "看过店面，流水稳定，月入三万余元"), ("phone", "愿意提供流水，等房东续租")],
        1,
        None,
    ),
    (
        "wang",
        16,
        "高明",
        "13700010002",
        "referral",
        "购置收割机",
        "本镇农机户六家，作业季在五月",
        [("phone", "机具价格已谈定")],
        0,
        None,
    ),
    (
        "wang",
        9,
        "翠屏农资店",
        "13700010003",
        "market",
        "备肥周转 20 万元",
        "农资店五家，赊销普遍",
        [("visit", "已在他行办理")],
        None,
        "同业利率更低，已在他行办理",
    ),
    ("wang", 2, "宋记豆腐坊", "13700010004", "counter", "换锅炉，8 万元", None, [], 4, None),
    (
        "zhao",
        19,
        "新兴汽修",
        "13700010005",
        "phone",
        "举升机两台",
        "汽修店十二家，设备款账期三十天",
        [("phone", "下月初再谈")],
        -1,
        None,
    ),
    ("zhao", 12, "李春燕", "13700010006", "visit", "服装店进货", None, [("message", "已发产品说明")], 3, None),
    (
        "zhou",
        15,
        "柳林果业专业社",
        "13700010007",
        "market",
        "建冷库，60 万元",
        "果农八十户，冷库不足，租价每吨每月 60 元",
        [("visit", "社员大会已同意"), ("visit", "用地手续在办")],
        2,
        None,
    ),
    ("zhou", 1, "韩永贵", "13700010008", "visit", "买母牛十头", "牛价每斤 13 元", [], 5, None),
    (
        "wu",
        8,
        "田大妈",
        "13700010009",
        "referral",
        "大棚换膜",
        None,
        [("phone", "等秋收回款再说")],
        None,
        "自有资金已够",
    ),
)

_VISITS: tuple[dict[str, Any], ...] = (
    {
        "visit_place": "上门",
        "satisfaction": "5",
        "use_as_agreed": "yes",
        "findings": "温室已建成，种苗长势好，按期还款无压力",
        "needs": "明年想再增两座大棚",
    },
    {
        "visit_place": "到店",
        "satisfaction": "4",
        "use_as_agreed": "yes",
        "findings": "原粮已入库，周转正常",
        "new_phone": "13911112222",
    },
    {
        "visit_place": "电话",
        "satisfaction": "2",
        "use_as_agreed": "yes",
        "findings": "资金已用于装修，对放款等候时间不满",
        "complaint": "从签约到放款等了六天，中途没有人告知进度",
        "complaint_kind": "service",
    },
)

_COMPLAINTS: tuple[tuple[int, str, dict[str, Any], int], ...] = (
    (
        26,
        "lin",
        {
            "channel": "counter",
            "complaint_kind": "service",
            "complainant": "胡伟",
            "complainant_phone": "13800020001",
            "content": "中午只开一个窗口，等候四十分钟无人引导",
        },
        7,
    ),
    (
        12,
        "yu",
        {
            "channel": "letter",
            "complaint_kind": "conduct",
            "anonymous": True,
            "about_person": "wu",
            "content": "信贷人员上门时语气生硬，要求当场答复",
        },
        2,
    ),
    (
        5,
        "lin",
        {
            "channel": "phone",
            "complaint_kind": "fee",
            "complainant": "马超",
            "complainant_phone": "13800020002",
            "content": "提前还款时多收了一笔手续费，请说明依据",
        },
        1,
    ),
    (
        1,
        "lin",
        {
            "channel": "regulator",
            "complaint_kind": "privacy",
            "complainant": "郑大勇",
            "content": "未办理业务却接到多次营销电话，怀疑信息外泄",
        },
        0,
    ),
)

_ANSWERS: dict[str, dict[str, Any]] = {
    "investigate_complaint": {"findings": "调阅录像、叫号与通话记录，并与当事人核对", "justified": "partly"},
    "propose_handling": {"conclusion": "partly", "proposed_measures": "当面致歉，高峰时段增开窗口，列入月度讲评"},
    "decide_handling": {"handling_decision": "agree", "decision_reasons": "同意，限一周内落实"},
    "carry_out": {"carried_out": "已致歉并增开窗口，排班表已改"},
    "answer_complaint": {
        "answered_how": "phone",
        "answer_text": "已核实并整改，感谢监督",
        "complainant_view": "accepted",
    },
    "sum_up": {"summary": "高峰时段须有人引导，已写入网点服务规范"},
}
_DESK = "ning"
_INVESTIGATES = {"lin": "wang", "yu": "zhou"}
_DECIDES = {"lin": "qian", "yu": "zheng"}
"""Who investigates and decides on complaints that a clerk has taken, in the clerk's branch."""


class Carer:
    """Lets people care for customers on a house whose clock goes through the past weeks up to `present`."""

    def __init__(self, house: House, clock: StandingClock, present: dt.datetime) -> None:
        self.house, self.clock, self.present = house, clock, present

    def play(self) -> None:
        """Everything, unless it is there or its packages are not."""
        with self.house.sessions.reading() as session:
            known = set(session.scalars(sa.select(Definition.key)))
            there = session.scalar(sa.select(Prospect.id).limit(1)) is not None
        if there:
            return
        for planned in _PROSPECTS:
            self._prospect(*planned)
        if {"daily_care", "return_visit", "complaint"} <= known:
            for days, made in ((20, len(_VISITS)), (6, 1)):
                self._return_visits(days, made)
            for planned in _COMPLAINTS:
                self._complaint(*planned)
        self.clock.moment = self.present

    def _at(self, days_ago: int, hour: int = 10) -> None:
        """Moves the clock to a morning in working time, never beyond the present."""
        local = self.present.astimezone(self.house.calendar.zone)
        day = dt.datetime.combine(local.date() - dt.timedelta(days=days_ago), dt.time(hour), self.house.calendar.zone)
        self.clock.moment = min(self.house.calendar.add(day, "PT1M", "working"), self.present)

    def _prospect(
        self,
        owner: str,
        days: int,
        name: str,
        phone: str,
        source: str,
        need: str,
        survey: str | None,
        talks: list[tuple[str, str]],
        following: int | None,
        lost: str | None,
    ) -> None:
        self._at(days)
        today = self.present.astimezone(self.house.calendar.zone).date()
        next_on = None if following is None else (today + dt.timedelta(days=following)).isoformat()
        facts = {"name": name, "phone": phone, "source": source, "need": need, "survey": survey}
        with self.house.step() as step:
            who = actors.load(step.session, owner)
            found_on = step.now.astimezone(self.house.calendar.zone).date()
            number = prospects.add(step.session, who, {**facts, "next_contact_on": next_on}, step.now, found_on).number
        for index, (way, note) in enumerate(talks, 1):
            self._at(max(days - 3 * index, 0), 15)
            with self.house.step() as step:
                who = actors.load(step.session, owner)
                prospects.talk(step.session, who, number, {"way": way, "note": note, "next_on": next_on}, step.now)
        if lost is not None:
            with self.house.step() as step:
                prospects.lose(step.session, actors.load(step.session, owner), number, lost)

    def _return_visits(self, days_ago: int, made: int) -> None:
        """A day's care as the timer would begin it, and some of the visits made in the days after."""
        self._at(days_ago, 9)
        with self.house.step() as step:
            cases.start(step, "daily_care", actors.load(step.session, "admin"))
        self._sweep()
        for index, task in enumerate(self._open("visit_customer")[:made]):
            self._at(max(days_ago - 1 - index, 0), 14)
            visited_on = self.clock.moment.astimezone(self.house.calendar.zone).date().isoformat()
            form = {"reached": "yes", "visited_on": visited_on, "contact_checked": True, **_VISITS[index]}
            self._complete(task, task.assignee or self._officer(task), form)
            self._sweep()

    def _complaint(self, days_ago: int, by: str, facts: dict[str, Any], steps: int) -> None:
        self._at(days_ago)
        with self.house.step() as step:
            case = cases.start(step, "complaint", actors.load(step.session, by), facts).id
        for number in range(steps):
            self._at(max(days_ago - 1 - number, 0), 11)
            [task] = self._open(None, case)[:1]
            doing = {"decide_handling": _DECIDES[by]}.get(task.element, task.assignee or _DESK)
            self._complete(task, doing, self._answer(task.element, facts["complaint_kind"], _INVESTIGATES[by]))

    def _answer(self, element: str, kind: str, investigator: str) -> dict[str, Any]:
        if element == "judge_complaint":
            judged = {"complaint_kind": kind, "admissible": "yes", "serious": False}
            return {**judged, "investigator": investigator, "judge_reasons": "事项明确，予以受理"}
        today = self.clock.moment.astimezone(self.house.calendar.zone).date().isoformat()
        return {**_ANSWERS[element], **({"carried_on": today} if element == "carry_out" else {})}

    def _open(self, element: str | None, case: uuid.UUID | None = None) -> list[Task]:
        query = sa.select(Task).where(Task.state == OPEN)
        query = query if element is None else query.where(Task.element == element)
        query = query if case is None else query.where(Task.instance_id == case)
        with self.house.sessions.reading() as session:
            return list(session.scalars(query.order_by(Task.created_at, Task.id)))

    def _officer(self, task: Task) -> str:
        """An account manager of the task's unit."""
        with self.house.sessions.reading() as session:
            query = sa.select(Person.name).where(Person.demo, Person.unit_id == task.unit_id)
            return (
                session.scalars(query.where(Person.roles.any(role="account_manager")).order_by(Person.name)).first()
                or "wang"
            )

    def _complete(self, task: Task, name: str, form: dict[str, Any]) -> None:
        with self.house.step() as step:
            tasks.complete(step, task.id, actors.load(step.session, name), form)

    def _sweep(self) -> None:
        while worker.sweep(self.house):
            pass
