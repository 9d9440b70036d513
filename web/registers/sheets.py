"""A register as an xlsx file, written row by row so that a long one needs no memory.

No cell can start a formula or a link: text is written as text whatever it begins with. Amounts are numbers with their
format, days and moments are dates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter
from flask_babel import gettext

from web.registers.cells import Cells
from web.registers.declaring import Column, Totals

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 200_000
_LONGEST_TEXT = 32_767
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDTHS = {"money": 16, "moment": 17, "day": 12, "rate": 10, "person": 10, "unit": 12, "yes_no": 6}
_HEAD_ROWS = 3


def write_sheet(
    target: BinaryIO, cells: Cells, rows: Iterable[Mapping[str, Any]], totals: Totals, head: tuple[str, str]
) -> int:
    """Write the register to `target`; `head` are the lines above the columns. Returns the number of rows."""
    book = xlsxwriter.Workbook(target, {"constant_memory": True, **_PLAIN})
    register = cells.register
    formats = {
        "money": book.add_format({"num_format": "#,##0.00"}),
        "rate": book.add_format({"num_format": "0.00%"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"})
    sheet = book.add_worksheet(str(register.title)[:31])
    for index, column in enumerate(register.columns):
        sheet.set_column(index, index, _WIDTHS.get(column.kind, 20))
    sheet.freeze_panes(_HEAD_ROWS, 0)
    sheet.write_string(0, 0, head[0], book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, head[1])
    for index, column in enumerate(register.columns):
        sheet.write_string(_HEAD_ROWS - 1, index, str(column.title), bold)
    line = _HEAD_ROWS
    for row in rows:
        for index, column in enumerate(register.columns):
            _write(sheet, line, index, column, cells.value(column, row), formats)
        line += 1
    written = line - _HEAD_ROWS
    sheet.autofilter(_HEAD_ROWS - 1, 0, max(line - 1, _HEAD_ROWS), len(register.columns) - 1)
    sheet.write_string(line, 0, gettext("合计 %(n)s 行", n=totals.rows), bold)
    money = book.add_format({"bold": True, "num_format": "#,##0.00"})
    for index, column in enumerate(register.columns):
        if column.summed:
            sheet.write_number(line, index, totals.sums[column.key], money)
    book.close()
    return written


def _write(sheet: Any, line: int, index: int, column: Column, value: Any, formats: Mapping[str, Any]) -> None:
    if value is None:
        return
    if isinstance(value, Decimal):
        sheet.write_number(line, index, value, formats.get(column.kind))
    elif isinstance(value, dt.datetime):
        sheet.write_datetime(line, index, value.replace(tzinfo=None), formats["moment"])
    elif isinstance(value, dt.date):
        sheet.write_datetime(line, index, value, formats["day"])
    else:
        sheet.write_string(line, index, str(value)[:_LONGEST_TEXT])
