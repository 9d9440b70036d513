"""Taking a register out of the house: as a sheet or on paper, each time with a line in the register of exports."""

from __future__ import annotations

from io import BytesIO

from flask_babel import gettext

from engine.service.actors import Actor
from models.registers import RegisterExport
from web.context import house, person, reading, step
from web.registers.cells import Cells, condition_words
from web.registers.declaring import NAMES, Conditions, Register
from web.registers.sheets import MOST_ROWS, write_sheet
from web.registers.words import institution


def condition_names() -> dict[str, str]:
    """What the conditions are called."""
    labels = (
        gettext("自"),
        gettext("至"),
        gettext("机构"),
        gettext("人员"),
        gettext("产品"),
        gettext("状态"),
        gettext("关键词"),
        gettext("客户名称"),
    )
    return dict(zip(NAMES, labels, strict=True))


def head_of(register: Register, asked: Conditions) -> tuple[str, str]:
    """Two lines: the house and the register; the period and other conditions, the person, the time."""
    names = condition_names()
    conditions = condition_words((names[name], value) for name, value in asked.as_query().items())
    now = house().clock.now().astimezone(house().calendar.zone)
    made = gettext("%(who)s 于 %(when)s 制表", who=person().title or person().name, when=f"{now:%Y-%m-%d %H:%M}")
    return f"{institution()} · {register.title}", "　".join(part for part in (conditions, made) if part)


def sheet_of(register: Register, who: Actor, asked: Conditions) -> BytesIO:
    """The register as an xlsx file at its beginning; that it was taken is recorded."""
    zone = house().calendar.zone
    cells = Cells(reading(), register, zone)
    totals = register.totals(reading(), who, asked, zone)
    target = BytesIO()
    rows = register.rows(reading(), who, asked, zone, MOST_ROWS)
    written = write_sheet(target, cells, rows, totals, head_of(register, asked))
    record(register, who, asked, "xlsx", written)
    target.seek(0)
    return target


def record(register: Register, who: Actor, asked: Conditions, form: str, rows: int) -> None:
    """Keeps who took what."""
    names = condition_names()
    conditions = condition_words((names[name], value) for name, value in asked.as_query().items())
    with step() as s:
        s.session.add(
            RegisterExport(
                register=register.key,
                form=form,
                conditions=conditions[:1000],
                rows=rows,
                person=who.name,
                unit_id=who.unit_id,
                exported_at=s.now,
            )
        )
