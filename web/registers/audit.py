"""Who took which register out of the house, for internal audit (GOV-6); who bears what of which loss (GOV-4)."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext

from models.cases import Instance
from models.losses import Loss, LossShare
from models.registers import RegisterExport
from web.registers import words
from web.registers.declaring import Column, Register
from web.responsibility import READERS

EXPORTS = Register(
    key="exports",
    title=lazy_gettext("导出登记簿"),
    about=lazy_gettext("谁在何时把哪一本登记簿、多少行导出"),
    duties="GOV-6",
    columns=(
        Column("number", lazy_gettext("序号"), RegisterExport.id, "number", place="c-l c-2"),
        Column("register", lazy_gettext("登记簿"), RegisterExport.register, "code", words.registers, place="c-l c-1"),
        Column("state", lazy_gettext("方式"), RegisterExport.form, "code", words.export_forms, place="c-r c-2"),
        Column("conditions", lazy_gettext("条件"), RegisterExport.conditions, place="c-w c-4"),
        Column("rows", lazy_gettext("行数"), RegisterExport.rows, "number", place="c-r c-1"),
        Column("officer", lazy_gettext("导出人"), RegisterExport.person, "person", place="c-l c-3"),
        Column("at", lazy_gettext("导出时间"), RegisterExport.exported_at, "moment", place="c-r c-3"),
        Column("unit", lazy_gettext("机构"), RegisterExport.unit_id, "unit"),
    ),
    joined=lambda query: query.select_from(RegisterExport),
    at=RegisterExport.exported_at,
    id=RegisterExport.id,
    unit=RegisterExport.unit_id,
    dated=lazy_gettext("导出日期"),
    searched=(RegisterExport.person, RegisterExport.conditions),
    officer=RegisterExport.person,
    state=RegisterExport.form,
    states=words.export_forms,
    readers=frozenset(),
)

LOSS_SHARES = Register(
    key="loss_shares",
    title=lazy_gettext("责任损失登记簿"),
    about=lazy_gettext("每笔认定的损失由谁分担多少；本人看自己的，内审和总经理看全部"),
    duties="GOV-3 GOV-4",
    columns=(
        Column(
            "number",
            lazy_gettext("案件"),
            sa.func.coalesce(Instance.business_key, ""),
            "number",
            place="c-l c-2",
            link="case",
            link_by="instance_id",
        ),
        Column("officer", lazy_gettext("责任人"), LossShare.person, "person", place="c-l c-1"),
        Column("state", lazy_gettext("责任"), LossShare.kind, "code", words.responsibilities, place="c-r c-2"),
        Column("duties", lazy_gettext("职责"), LossShare.duties, place="c-w c-4"),
        Column("amount", lazy_gettext("分担（元）"), LossShare.amount, "money", place="c-r c-1", summed=True),
        Column("loss", lazy_gettext("损失金额（元）"), Loss.amount, "money"),
        Column("grounds", lazy_gettext("事实与证据"), Loss.grounds),
        Column("confirmed_by", lazy_gettext("认定人"), Loss.confirmed_by, "person"),
        Column("at", lazy_gettext("认定时间"), LossShare.confirmed_at, "moment", place="c-r c-3"),
        Column("unit", lazy_gettext("机构"), Instance.unit_id, "unit", place="c-l c-3"),
    ),
    joined=lambda query: (
        query.select_from(LossShare)
        .join(Loss, Loss.id == LossShare.loss_id)
        .join(Instance, Instance.id == Loss.instance_id)
    ),
    at=LossShare.confirmed_at,
    id=LossShare.id,
    unit=Instance.unit_id,
    dated=lazy_gettext("认定日期"),
    searched=(Instance.business_key, LossShare.person, LossShare.duties),
    officer=LossShare.person,
    state=LossShare.kind,
    states=words.responsibilities,
    hidden=(("instance_id", Instance.id),),
    personal=LossShare.person,
    overseers=READERS,
)

REGISTERS = (LOSS_SHARES, EXPORTS)
