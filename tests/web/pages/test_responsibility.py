"""The responsibility report on pages, on paper and over REST: for internal audit and those who decide on losses."""

import io

from pypdf import PdfReader


def test_internal_audit_reads_who_answers_for_what(browse, work, as_):
    case = work.start()
    work.complete(case, "check", "li")
    work.house.clock.forward(hours=1)
    work.complete(case, "a", "wang", a_opinion="for", a_amount=120000, a_reasons="销路稳定")
    work.house.clock.forward(hours=1)
    work.complete(case, "b", "zhao", b_opinion="for", b_amount=110000, b_reasons="负债不高")
    address = f"/cases/{case.id}/responsibility"
    page = browse("audit").get(address).text
    assert "A 角调查" in page
    assert "王俊" in page
    assert address in browse("audit").get(f"/cases/{case.id}").text
    assert address not in browse("qian").get(f"/cases/{case.id}").text
    browse("qian").get(address, status=404)
    browse("qian").get(f"{address}.pdf", status=404)
    paper = browse("audit").get(f"{address}.pdf")
    assert "责任报告" in "".join(leaf.extract_text() for leaf in PdfReader(io.BytesIO(paper.data)).pages)
    told = as_("audit").get(f"/instances/{case.id}/responsibility").json
    assert [(one["element"], one["direct"], one["indirect"]) for one in told["lines"]] == [
        ("check", ["li"], ["wang"]),
        ("a", ["wang"], []),
        ("b", ["zhao"], []),
    ]
    assert as_("qian").get(f"/instances/{case.id}/responsibility").status_code == 404
