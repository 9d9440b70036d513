"""The registers of lending: applications, refusals, loans not disbursed, titles, notices, the loan ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext

from models.applications import Application
from models.contracts import GuaranteeRegistration
from models.customers import Customer
from models.loans import Instalment, Loan
from models.notices import Delivery
from models.products import Product
from models.registers import OutgoingNotice, RegisterEntry
from web.registers import words
from web.registers.declaring import Column, Register


def _with_application(query: sa.Select[Any], application_id: Any) -> sa.Select[Any]:
    return (
        query.join(Application, Application.id == application_id)
        .join(Customer, Customer.id == Application.customer_id)
        .join(Product, Product.id == Application.product_id)
    )


_CUSTOMER = Column(
    "customer", lazy_gettext("客户名称"), Customer.name, "text", place="c-l c-1", link="customer", link_by="customer_no"
)
_APPLICATION = Column(
    "application_no", lazy_gettext("申请编号"), Application.number, "number", link="case", link_by="instance_id"
)
_PRODUCT = Column("product", lazy_gettext("产品"), Product.code, "code", words.products, place="c-l c-3")
_AMOUNT = Column("amount", lazy_gettext("申请金额（元）"), Application.amount, "money", place="c-r c-1", summed=True)
_OF_THE_CASE = (("instance_id", Application.instance_id), ("customer_no", Customer.number))


def _unit(expression: Any) -> Column:
    return Column("unit", lazy_gettext("机构"), expression, "unit")


APPLICATIONS = Register(
    key="applications",
    title=lazy_gettext("申请登记簿"),
    about=lazy_gettext("每一笔受理的贷款申请和它的结果"),
    duties="REG-1 INT-2",
    columns=(
        Column(
            "number",
            lazy_gettext("申请编号"),
            Application.number,
            "number",
            place="c-l c-2",
            link="case",
            link_by="instance_id",
        ),
        _CUSTOMER,
        _PRODUCT,
        _AMOUNT,
        Column("term_months", lazy_gettext("期限（月）"), Application.term_months, "number"),
        Column(
            "guarantee_kind",
            lazy_gettext("担保方式"),
            Application.guarantee_kind,
            "code",
            words.guarantees,
        ),
        Column("purpose", lazy_gettext("用途"), Application.purpose),
        Column("state", lazy_gettext("结果"), Application.status, "code", words.application_states, place="c-r c-2"),
        Column("officer", lazy_gettext("受理人"), Application.registered_by, "person"),
        Column("at", lazy_gettext("受理时间"), Application.registered_at, "moment", place="c-r c-3"),
        _unit(Application.unit_id),
    ),
    joined=lambda query: (
        query.select_from(Application)
        .join(Customer, Customer.id == Application.customer_id)
        .join(Product, Product.id == Application.product_id)
    ),
    at=Application.registered_at,
    id=Application.id,
    unit=Application.unit_id,
    dated=lazy_gettext("受理日期"),
    searched=(Application.number, Customer.name, Customer.number),
    officer=Application.registered_by,
    product=Product.code,
    customer=Customer.number,
    state=Application.status,
    states=words.application_states,
    hidden=_OF_THE_CASE,
)

_ENTRY = (
    Column("number", lazy_gettext("登记号"), RegisterEntry.number, "number", place="c-l c-2"),
    _APPLICATION,
    _CUSTOMER,
    _PRODUCT,
    _AMOUNT,
)
_ENDED = (
    Column("reason_code", lazy_gettext("原因"), RegisterEntry.reason_code, "code", words.reasons, place="c-r c-2"),
    Column("reason", lazy_gettext("对客户的说明"), RegisterEntry.reason, place="c-w c-4"),
    Column("officer", lazy_gettext("登记人"), RegisterEntry.entered_by, "person"),
    Column("at", lazy_gettext("登记时间"), RegisterEntry.entered_at, "moment", place="c-r c-3"),
    _unit(Application.unit_id),
)


def _ended(key: str, title: Any, about: Any, duties: str, columns: tuple[Column, ...]) -> Register:
    return Register(
        key=key,
        title=title,
        about=about,
        duties=duties,
        columns=columns,
        joined=lambda query: _with_application(query.select_from(RegisterEntry), RegisterEntry.application_id),
        where=lambda: RegisterEntry.register == key,
        at=RegisterEntry.entered_at,
        id=RegisterEntry.id,
        unit=Application.unit_id,
        dated=lazy_gettext("登记日期"),
        searched=(RegisterEntry.number, Application.number, Customer.name, Customer.number),
        officer=RegisterEntry.entered_by,
        product=Product.code,
        customer=Customer.number,
        state=RegisterEntry.reason_code,
        states=words.reasons,
        hidden=_OF_THE_CASE,
    )


REFUSALS = _ended(
    "refusals",
    lazy_gettext("回绝贷款户登记簿"),
    lazy_gettext("不符合准入条件而回绝的申请，和告知客户的原因"),
    "REG-1 INT-5",
    (*_ENTRY, *_ENDED),
)
NOT_DISBURSED = _ended(
    "not_disbursed",
    lazy_gettext("未放款登记簿"),
    lazy_gettext("进入审查审批而没有放款的申请，止于哪一环节、为什么"),
    "REG-1 REV-7",
    (*_ENTRY, Column("stage", lazy_gettext("止于环节"), RegisterEntry.stage, "code", words.stages), *_ENDED),
)

_TITLE_STATE = sa.case((GuaranteeRegistration.released_on.is_(None), "held"), else_="released")
TITLES = Register(
    key="titles",
    title=lazy_gettext("权证登记簿"),
    about=lazy_gettext("抵押、质押和其他担保的登记证明"),
    duties="REG-1 LEG-4 DIS-1",
    columns=(
        Column("number", lazy_gettext("登记号"), GuaranteeRegistration.number, "number", place="c-l c-2"),
        Column("kind", lazy_gettext("担保方式"), GuaranteeRegistration.kind, "code", words.guarantees, place="c-l c-3"),
        Column("certificate_no", lazy_gettext("权证号"), GuaranteeRegistration.certificate_no, place="c-w c-4"),
        Column("authority", lazy_gettext("登记机关"), GuaranteeRegistration.authority_name),
        _APPLICATION,
        _CUSTOMER,
        _AMOUNT,
        Column("registered_on", lazy_gettext("登记日"), GuaranteeRegistration.registered_on, "day", place="c-r c-3"),
        Column("notarised", lazy_gettext("公证"), GuaranteeRegistration.notarised, "yes_no"),
        Column("released_on", lazy_gettext("注销日"), GuaranteeRegistration.released_on, "day"),
        Column("state", lazy_gettext("状态"), _TITLE_STATE, "code", words.title_states, place="c-r c-2"),
        Column("officer", lazy_gettext("经办人"), GuaranteeRegistration.recorded_by, "person"),
        _unit(Application.unit_id),
    ),
    joined=lambda query: _with_application(
        query.select_from(GuaranteeRegistration), GuaranteeRegistration.application_id
    ),
    at=GuaranteeRegistration.recorded_at,
    id=GuaranteeRegistration.id,
    unit=Application.unit_id,
    dated=lazy_gettext("登记日期"),
    searched=(
        GuaranteeRegistration.number,
        GuaranteeRegistration.certificate_no,
        GuaranteeRegistration.authority_name,
        Application.number,
        Customer.name,
    ),
    officer=GuaranteeRegistration.recorded_by,
    product=Product.code,
    customer=Customer.number,
    state=_TITLE_STATE,
    states=words.title_states,
    hidden=_OF_THE_CASE,
)


def _deliveries(state: str) -> Any:
    """How many texts of a notice have come to this state: by mail, message or webhook."""
    counted = sa.select(sa.func.count(Delivery.id)).where(
        Delivery.outgoing_notice_id == OutgoingNotice.id, Delivery.state == state
    )
    return counted.correlate(OutgoingNotice).scalar_subquery()


_NOTICE_STATE = sa.case((OutgoingNotice.sent_at.is_(None), "waiting"), else_="sent")
NOTICES = Register(
    key="notices",
    title=lazy_gettext("通知与回执登记簿"),
    about=lazy_gettext("告知客户和本机构人员的每一件通知，何时发出"),
    duties="REG-1",
    columns=(
        Column("number", lazy_gettext("通知号"), OutgoingNotice.id, "number", place="c-l c-2"),
        Column("template", lazy_gettext("通知内容"), OutgoingNotice.template, "code", words.notices, place="c-l c-1"),
        Column(
            "recipient", lazy_gettext("收件人"), OutgoingNotice.recipient, "code", words.recipients, place="c-l c-3"
        ),
        Column("customer", lazy_gettext("客户名称"), Customer.name, "text", link="customer", link_by="customer_no"),
        Column(
            "application_no", lazy_gettext("申请编号"), Application.number, "number", link="case", link_by="instance_id"
        ),
        Column("at", lazy_gettext("生成时间"), OutgoingNotice.queued_at, "moment", place="c-r c-3"),
        Column("sent_at", lazy_gettext("发出时间"), OutgoingNotice.sent_at, "moment"),
        Column("delivered", lazy_gettext("送达（件）"), _deliveries("sent"), "number"),
        Column("failed", lazy_gettext("未送达（件）"), _deliveries("failed"), "number"),
        Column("state", lazy_gettext("状态"), _NOTICE_STATE, "code", words.notice_states, place="c-r c-2"),
        Column("officer", lazy_gettext("经办人"), OutgoingNotice.queued_by, "person"),
        _unit(OutgoingNotice.unit_id),
    ),
    joined=lambda query: (
        query.select_from(OutgoingNotice)
        .outerjoin(Application, Application.instance_id == OutgoingNotice.instance_id)
        .outerjoin(Customer, Customer.id == Application.customer_id)
    ),
    at=OutgoingNotice.queued_at,
    id=OutgoingNotice.id,
    unit=OutgoingNotice.unit_id,
    dated=lazy_gettext("生成日期"),
    searched=(Application.number, Customer.name, OutgoingNotice.recipient, OutgoingNotice.template),
    officer=OutgoingNotice.queued_by,
    customer=Customer.number,
    state=_NOTICE_STATE,
    states=words.notice_states,
    hidden=(("instance_id", OutgoingNotice.instance_id), ("customer_no", Customer.number)),
)

_OWED = (
    sa.select(sa.func.coalesce(sa.func.sum(Instalment.principal - Instalment.paid_principal), Decimal(0)))
    .where(Instalment.loan_id == Loan.id, Instalment.version == Loan.schedule_version)
    .correlate(Loan)
    .scalar_subquery()
)
LOANS = Register(
    key="loans",
    title=lazy_gettext("贷款台账"),
    about=lazy_gettext("已放款的每一笔贷款和它的余额"),
    duties="REG-1 DIS-3",
    columns=(
        Column("number", lazy_gettext("借据号"), Loan.number, "number", place="c-l c-2", link="loan", link_by="number"),
        _CUSTOMER,
        _PRODUCT,
        Column("principal", lazy_gettext("放款金额（元）"), Loan.principal, "money", place="c-r c-1", summed=True),
        Column("owed", lazy_gettext("本金余额（元）"), _OWED, "money", place="c-r c-2", summed=True),
        Column("annual_rate", lazy_gettext("年利率"), Loan.annual_rate, "rate"),
        Column(
            "repayment_method", lazy_gettext("还款方式"), Loan.repayment_method, "code", words.methods, place="c-off"
        ),
        Column("start", lazy_gettext("起息日"), Loan.start, "day"),
        Column("maturity", lazy_gettext("到期日"), Loan.maturity, "day", place="c-r c-3"),
        Column("state", lazy_gettext("状态"), Loan.status, "code", words.loan_states),
        Column("officer", lazy_gettext("放款人"), Loan.disbursed_by, "person"),
        Column("at", lazy_gettext("放款时间"), Loan.disbursed_at, "moment"),
        _unit(Loan.unit_id),
    ),
    joined=lambda query: (
        query.select_from(Loan)
        .join(Customer, Customer.id == Loan.customer_id)
        .join(Product, Product.id == Loan.product_id)
    ),
    at=Loan.disbursed_at,
    id=Loan.id,
    unit=Loan.unit_id,
    dated=lazy_gettext("放款日期"),
    searched=(Loan.number, Customer.name, Customer.number),
    officer=Loan.disbursed_by,
    product=Product.code,
    customer=Customer.number,
    state=Loan.status,
    states=words.loan_states,
    hidden=(("customer_no", Customer.number),),
)

REGISTERS = (APPLICATIONS, REFUSALS, NOT_DISBURSED, TITLES, NOTICES, LOANS)
