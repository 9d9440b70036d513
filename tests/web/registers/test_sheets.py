"""Registers as sheets and on paper: cells that begin like formulas stay text, amounts are numbers, each is recorded."""

import datetime as dt
import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest

HOSTILE = [
    *("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "http://example.com", "'=1", "<b>&"),
    *("x" * 4000, "\x07bell", "\t=1"),
]


def sheet(answer):
    assert answer.status_code == 200, answer.text
    return openpyxl.load_workbook(io.BytesIO(answer.data)).active


def test_a_sheet_has_head_columns_rows_and_totals(filled, as_):
    found = sheet(as_("sun").get("/registers/applications/sheet"))
    rows = list(found.iter_rows(values_only=True))
    assert "申请登记簿" in rows[0][0]
    assert rows[2][:4] == ("申请编号", "客户名称", "产品", "申请金额（元）")
    assert [row[0] for row in rows[3:6]] == ["A-2026-0003", "A-2026-0002", "A-2026-0001"]
    assert rows[3][3] == 100000
    assert isinstance(rows[3][9], dt.datetime)
    assert (rows[6][0], rows[6][3]) == ("合计 3 行", 300000)
    assert found["D4"].number_format == "#,##0.00"


def test_no_cell_starts_a_formula(filled, as_):
    answer = as_("sun").get("/registers/refusals/sheet")
    found = sheet(answer)
    assert found["C4"].value == "=cmd|' /C calc'!A0"
    assert {cell.data_type for row in found.iter_rows() for cell in row} <= {"s", "n", "d", "inlineStr"}
    xml = zipfile.ZipFile(io.BytesIO(answer.data)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert b"<hyperlink" not in xml


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_texts(filled, as_, branch_case, text):
    with branch_case() as case:
        case.business_key = "A-2026-0009"
        number = case.register(customer_id="C-000001")
        reason = text.strip()
        case.call("application.refuse", application_no=number, reason_code="other", reason=reason)
    found = sheet(as_("sun").get("/registers/refusals/sheet", q="A-2026-0009"))
    value = found["G4"].value
    assert found["G4"].data_type == "s"
    assert value == reason or "x0007" in str(value)


def test_who_took_what_is_recorded_for_auditors(filled, as_, house):
    as_("sun").get("/registers/applications/sheet", q="李四", since="2026-03-01")
    [taken] = as_("audit").get("/registers/exports").json["items"]
    assert (taken["register"], taken["officer"], taken["rows"], taken["state"]) == ("applications", "sun", 1, "xlsx")
    assert "李四" in taken["conditions"]
    assert as_("sun").get("/registers/exports").status_code == 404


def test_the_rest_list_pages_and_sums(filled, as_):
    first = as_("sun").get("/registers/applications", limit=2).json
    second = as_("sun").get("/registers/applications", limit=2, cursor=first["next_cursor"]).json
    numbers = [item["number"] for item in first["items"] + second["items"]]
    assert numbers == ["A-2026-0003", "A-2026-0002", "A-2026-0001"]
    assert first["totals"] == second["totals"] == {"rows": 3, "sums": {"amount": Decimal("300000.00")}}
    assert first["items"][0]["amount"] == Decimal("100000.00")
    assert second["next_cursor"] is None


@pytest.mark.parametrize("query", [{"since": "yesterday"}, {"unit": "x"}, {"cursor": "?"}, {"limit": 0}])
def test_what_is_wrong_in_a_query_is_400(filled, as_, query):
    assert as_("sun").get("/registers/applications", **query).status_code == 400


def test_what_one_may_not_read_does_not_exist(filled, as_):
    for name in ("designer", "nobody"):
        assert as_(name).get("/registers").json["items"] == []
        assert as_(name).get("/registers/applications").status_code == 404
    assert as_("li").get("/registers/nothing").status_code == 404
    assert as_("li").get("/registers/applications/sheet").status_code == 200


def test_twenty_thousand_rows_are_all_on_the_sheet(as_, branch_case, house):
    import sqlalchemy as sa

    from models.applications import Application

    with branch_case() as case:
        case.register()
        given = case.session.scalars(sa.select(Application)).one()
        row = {
            column.key: getattr(given, column.key) for column in sa.inspect(Application).columns if column.key != "id"
        }
        case.session.execute(
            sa.insert(Application),
            [{**row, "number": f"B-{n}", "registered_at": case.now + dt.timedelta(minutes=n)} for n in range(20_000)],
        )
    page = as_("sun").get("/registers/applications").json
    assert page["totals"]["rows"] == 20_001
    assert len(list(sheet(as_("sun").get("/registers/applications/sheet")).iter_rows())) == 20_001 + 4
