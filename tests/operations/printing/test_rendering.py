"""Documents as PDF: what the data says is in them, in Chinese, and never read as markup."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from operations.printing import CannotPrint, pdf
from operations.printing.writing import percent, plain


def _text(made: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)


def _document(*parts, **more):
    return pdf("document", {"title": "借款借据", "parts": list(parts), **more})


def test_amounts_dates_and_rare_characters_of_names_are_in_the_text():
    made = _document(
        {
            "kind": "facts",
            "rows": [
                ["借款人", "㛃䶮"],
                ["金额", Decimal("1234567.8")],
                ["起息日", dt.date(2026, 3, 5)],
                ["打印", dt.datetime(2026, 3, 5, 9, 30, tzinfo=dt.UTC)],
                ["用途", None],
            ],
        },
        number="V-2026-1-0001",
        institution="禾川村镇银行",
    )
    text = _text(made)
    for words in (
        "借款借据",
        "㛃䶮",
        "1,234,567.80",
        "2026 年 3 月 5 日",
        "09:30",
        "V-2026-1-0001",
        "禾川村镇银行",
        "—",
    ):
        assert words in text


@pytest.mark.parametrize("hostile", ["#panic()", '#read("house.typ")', "*粗* _斜_ $x$", "= 标题", "<label> @ref", "\\"])
def test_what_people_type_is_text_and_no_markup(hostile):
    made = _document(
        {"kind": "section", "text": hostile},
        {"kind": "text", "paragraphs": [hostile]},
        {"kind": "facts", "rows": [[hostile, hostile]]},
        {"kind": "list", "columns": [[hostile, 1, "left"]], "rows": [[hostile]]},
        {"kind": "signatures", "labels": [hostile]},
        title=hostile,
    )
    assert _text(made).count(hostile.split()[0]) >= 6


def test_a_long_list_has_its_head_on_each_page_and_pages_are_counted():
    rows = [[str(n), Decimal(n)] for n in range(360)]
    made = _document({"kind": "list", "columns": [["期次", 1, "left"], ["应还", 2, "right"]], "rows": rows})
    pages = PdfReader(BytesIO(made)).pages
    assert len(pages) > 3
    assert all("期次" in page.extract_text() for page in pages)
    assert f"共 {len(pages)} 页" in pages[0].extract_text()
    assert "359.00" in pages[-1].extract_text()


def test_the_same_data_makes_the_same_bytes_whoever_asks_at_once():
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _n: _document({"kind": "text", "paragraphs": ["同一份"]}), range(8)))
    assert len(made) == 1


@pytest.mark.parametrize("name", ["nothing", "../house", "house.typ", ""])
def test_only_templates_of_ours_are_set(name):
    with pytest.raises(CannotPrint, match="no template"):
        pdf(name, {})


def test_data_that_does_not_fit_says_so():
    with pytest.raises(CannotPrint, match="nothing-known"):
        _document({"kind": "nothing-known"})


def test_a_value_that_no_document_shows_is_refused():
    with pytest.raises(TypeError, match="float"):
        plain({"rate": 0.5})


@pytest.mark.parametrize(
    ("rate", "words"),
    [("0.0485", "4.85%"), ("0.05", "5.00%"), ("0.123456", "12.3456%"), ("0", "0.00%"), ("1.5", "150.00%")],
)
def test_rates_are_written_as_percentages(rate, words):
    assert percent(Decimal(rate)) == words
