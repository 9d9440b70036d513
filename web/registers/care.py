"""The registers of customer care: visits (CUS-3, INV-1) and complaints (CUS-4)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext

from engine.service.actors import Actor
from models.applications import Application
from models.care import Complaint, Visit
from models.customers import Customer
from models.loans import Loan
from web.registers import care_words as words
from web.registers.declaring import Column, Register

COMPLAINT_READERS = frozenset({"complaint_officer", "dept_manager", "risk_manager", "general_manager"})


def _customer(name: Any) -> Column:
    return Column("customer", lazy_gettext("客户名称"), name, place="c-l c-1", link="customer", link_by="customer_no")


def _unit(expression: Any) -> Column:
    return Column("unit", lazy_gettext("机构"), expression, "unit")


VISITS = Register(
    key="visits",
    title=lazy_gettext("走访登记簿"),
    about=lazy_gettext("双人现场调查和放款后的回访"),
    duties="REG-1 INV-1 CUS-3",
    columns=(
        Column(
            "number",
            lazy_gettext("登记号"),
            Visit.number,
            "number",
            place="c-l c-2",
            link="case",
            link_by="instance_id",
        ),
        Column("kind", lazy_gettext("种类"), Visit.kind, "code", words.visit_kinds, place="c-l c-3"),
        _customer(Visit.customer_name),
        Column("application_no", lazy_gettext("申请编号"), Application.number, "number"),
        Column("loan_no", lazy_gettext("借据号"), Loan.number, "number"),
        Column("visited_on", lazy_gettext("走访日期"), Visit.visited_on, "day", place="c-r c-3"),
        Column("officer", lazy_gettext("走访人"), Visit.visitor, "person"),
        Column("place", lazy_gettext("地点或方式"), Visit.place),
        Column("state", lazy_gettext("状态"), Visit.state, "code", words.visit_states, place="c-r c-2"),
        Column(
            "satisfaction", lazy_gettext("满意程度"), Visit.satisfaction, "code", words.satisfaction, place="c-r c-1"
        ),
        Column("use_as_agreed", lazy_gettext("按约定用途使用"), Visit.use_as_agreed, "code", words.use_as_agreed),
        Column("findings", lazy_gettext("情况"), Visit.findings, place="c-w c-4"),
        Column("needs", lazy_gettext("客户需求"), Visit.needs),
        Column("at", lazy_gettext("登记时间"), Visit.entered_at, "moment"),
        _unit(Visit.unit_id),
    ),
    joined=lambda query: (
        query.select_from(Visit)
        .outerjoin(Customer, Customer.id == Visit.customer_id)
        .outerjoin(Application, Application.id == Visit.application_id)
        .outerjoin(Loan, Loan.id == Visit.loan_id)
    ),
    at=Visit.entered_at,
    id=Visit.id,
    unit=Visit.unit_id,
    dated=lazy_gettext("登记日期"),
    searched=(Visit.number, Visit.customer_name, Application.number, Loan.number),
    officer=Visit.visitor,
    customer=Customer.number,
    state=Visit.state,
    states=words.visit_states,
    hidden=(("instance_id", Visit.instance_id), ("customer_no", Customer.number)),
)


def _about(who: Actor) -> Any:
    """Whoever a complaint is about does not read of it here."""
    return sa.func.coalesce(Complaint.about_person, "") == who.name


COMPLAINTS = Register(
    key="complaints",
    title=lazy_gettext("投诉登记簿"),
    about=lazy_gettext("每一件投诉、它的期限、结论和总结"),
    duties="REG-1 CUS-4",
    columns=(
        Column(
            "number",
            lazy_gettext("投诉号"),
            Complaint.number,
            "number",
            place="c-l c-2",
            link="case",
            link_by="instance_id",
        ),
        Column("complainant", lazy_gettext("投诉人"), sa.func.coalesce(Complaint.complainant, ""), place="c-l c-1"),
        Column("customer", lazy_gettext("客户名称"), Customer.name, link="customer", link_by="customer_no"),
        Column("channel", lazy_gettext("渠道"), Complaint.channel, "code", words.channels),
        Column("kind", lazy_gettext("类别"), Complaint.kind, "code", words.complaint_kinds, place="c-l c-3"),
        Column("about_person", lazy_gettext("被投诉人"), Complaint.about_person, "person"),
        Column("content", lazy_gettext("内容"), Complaint.content, place="c-w c-4"),
        Column("serious", lazy_gettext("重大"), Complaint.serious, "yes_no"),
        Column("at", lazy_gettext("接到时间"), Complaint.received_at, "moment"),
        Column("officer", lazy_gettext("登记人"), Complaint.received_by, "person"),
        Column("answer_due", lazy_gettext("答复期限"), Complaint.answer_due, "moment", place="c-r c-3"),
        Column("extended_because", lazy_gettext("延期理由"), Complaint.extended_because),
        Column("answered_at", lazy_gettext("答复时间"), Complaint.answered_at, "moment"),
        Column("state", lazy_gettext("状态"), Complaint.state, "code", words.complaint_states, place="c-r c-2"),
        Column("conclusion", lazy_gettext("结论"), Complaint.conclusion, "code", words.conclusions, place="c-r c-1"),
        Column("summary", lazy_gettext("总结"), Complaint.summary),
        _unit(Complaint.unit_id),
    ),
    joined=lambda query: query.select_from(Complaint).outerjoin(Customer, Customer.id == Complaint.customer_id),
    at=Complaint.received_at,
    id=Complaint.id,
    unit=Complaint.unit_id,
    dated=lazy_gettext("接到日期"),
    searched=(Complaint.number, Complaint.complainant, Complaint.content, Customer.name),
    officer=Complaint.received_by,
    customer=Customer.number,
    state=Complaint.state,
    states=words.complaint_states,
    counted=("kind", "conclusion"),
    hidden=(("instance_id", Complaint.instance_id), ("customer_no", Customer.number)),
    readers=COMPLAINT_READERS,
    unseen_by=_about,
)

REGISTERS = (VISITS, COMPLAINTS)
