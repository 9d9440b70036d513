"""The people of the demonstration. All have the password `demo` and are marked, so that a real server refuses them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.service import actors, authority
from engine.service.house import Step
from models.notices import PersonContact
from models.passwords import hash_password
from models.people import Person
from models.queries.people import add_person, add_unit, relate, root_unit, set_authority, set_regions

PASSWORD = "demo"  # noqa: S105 - everybody may know it: demo people cannot sign in to a real server
INSTITUTION = "禾川村镇银行"
CITY, WILLOW = "城关支行", "柳林支行"

STAFF: tuple[tuple[str, str, str | None, tuple[str, ...]], ...] = (
    ("admin", "系统管理员", None, ("admin",)),
    ("designer", "流程设计师", None, ("designer",)),
    ("auditor", "内审员 严正", None, ("auditor",)),
    ("integration", "接口账号", None, ("integration",)),
    ("lin", "林晓", CITY, ("intake_clerk",)),
    ("wang", "王军", CITY, ("account_manager",)),
    ("zhao", "赵敏", CITY, ("account_manager",)),
    ("tian", "田野", CITY, ("account_manager",)),
    ("qian", "钱伟", CITY, ("dept_manager",)),
    ("yu", "于洁", WILLOW, ("intake_clerk",)),
    ("zhou", "周强", WILLOW, ("account_manager",)),
    ("wu", "吴迪", WILLOW, ("account_manager",)),
    ("zheng", "郑红", WILLOW, ("dept_manager",)),
    ("sun", "孙立", None, ("compliance_officer",)),
    ("he", "何静", None, ("compliance_officer",)),
    ("rui", "芮安", None, ("risk_manager",)),
    ("gao", "高远", None, ("general_manager",)),
    ("mi", "米兰", None, ("committee_secretary",)),
    ("bai", "白涛", None, ("committee_member",)),
    ("cao", "曹宁", None, ("committee_member",)),
    ("ding", "丁岩", None, ("committee_member",)),
    ("feng", "冯坤", None, ("committee_member",)),
    ("jiang", "江月", None, ("committee_member",)),
    ("fa", "法正", None, ("legal_officer",)),
    ("ling", "凌云", None, ("legal_officer",)),
    ("hong", "洪岚", None, ("contract_clerk",)),
    ("ke", "柯明", None, ("contract_clerk",)),
    ("cai", "蔡敏", None, ("finance_clerk",)),
    ("kuai", "蒯平", None, ("finance_supervisor",)),
    ("dang", "党建国", None, ("archivist",)),
    ("ning", "宁静", None, ("complaint_officer",)),
    ("pin", "品宁", None, ("product_manager",)),
    ("shu", "舒产", None, ("product_manager",)),
)

AUTHORITY = {"rui": Decimal(500_000), "gao": Decimal(2_000_000)}
"""Up to which amount each may use the power `approve_loan`, in yuan."""


REGIONS = {
    "wang": ("建设路", "人民路", "解放街"),
    "zhao": ("清河街", "柳林大道"),
    "zhou": ("河西村", "龙湾村"),
    "wu": ("建设路", "人民路", "解放街", "柳林大道"),
}
"""The parts of Willow town that each account manager looks after."""


def is_there(session: Session) -> bool:
    """Whether the demonstration's people exist."""
    return session.scalar(sa.select(Person.id).where(Person.demo).limit(1)) is not None


def add_staff(session: Session, now: dt.datetime) -> None:
    """Units, people, limits, regions, and relations that recusal finds."""
    root_unit(session).name = INSTITUTION
    session.flush()
    for unit in (CITY, WILLOW):
        add_unit(session, unit)
    known = hash_password(PASSWORD)  # once: everybody may know it
    for number, (name, title, unit, roles) in enumerate(STAFF):
        person = add_person(
            session, now, name, PASSWORD, title=title, roles=roles, unit=unit, demo=True, password_hash=known
        )
        session.add(PersonContact(person_id=person.id, email=f"{name}@hechuan.example", phone=f"139 0000 {number:04}"))
    for name, amount in AUTHORITY.items():
        set_authority(session, name, "approve_loan", amount, None)
    for name, regions in REGIONS.items():
        set_regions(session, name, regions)
    relate(session, now, "zhao", "C-000003", "family", "表姐", "zhao")
    relate(session, now, "ding", "C-000015", "friend", "大学同学", "ding")
    relate(session, now, "feng", "C-000030", "family", "表兄", "feng")


def lend_powers(step: Step) -> None:
    """The general manager is away for some days: a power lent that holds, and one that was taken back; and a limit that
    the administrator has proposed for themselves and that waits for a second person."""
    gao, day = actors.load(step.session, "gao"), step.now.astimezone(step.house.calendar.zone).date()
    week, year = dt.timedelta(days=7), dt.timedelta(days=365)
    authority.set_limit(step, gao, "rui", "approve_loan", AUTHORITY["rui"], day - year, None, "年度授权书")
    back = authority.lend(step, gao, "gao", "rui", "approve_loan", Decimal(1_000_000), day, day + week, "外出培训")
    authority.withdraw(step, gao, back.id, "培训改期")
    authority.lend(step, gao, "gao", "rui", "approve_loan", Decimal(800_000), day, day + week, "赴省行开会")
    admin = actors.load(step.session, "admin")
    authority.propose_limit(
        step, admin, "approve_loan", Decimal(50_000), day, day + week, "节假日应急值守，请总经理确认"
    )
