"""Sheets of names that are blocked, as somebody hostile would make them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from sqlalchemy.orm import Session

from engine.errors import Invalid
from operations import blocked_lists


def test_a_sheet_that_is_huge_when_unpacked_is_not_unpacked(session: Session) -> None:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b" " * (blocked_lists.MOST_UNPACKED + 1))
    assert len(out.getvalue()) < blocked_lists.MOST_BYTES
    with pytest.raises(Invalid) as refused:
        blocked_lists.read_in(session, "名单.xlsx", out.getvalue(), dt.date(2026, 3, 2), "he")
    assert refused.value.errors == {"file": ["too_large"]}
