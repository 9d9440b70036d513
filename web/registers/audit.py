"""Who took which register out of the house, for internal audit (GOV-6)."""

from __future__ import annotations

from flask_babel import lazy_gettext

from models.registers import RegisterExport
from web.registers import words
from web.registers.declaring import Column, Register

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

REGISTERS = (EXPORTS,)
