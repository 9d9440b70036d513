"""The archive on pages and over REST: found, lent, late, handed over, in one's own unit and below (DIS-4)."""

from __future__ import annotations

import datetime as dt
import io

import pypdf
import pytest

from models.people import Person, PersonRole
from models.queries.people import add_person
from tests.operations.conftest import Case, furnish
from tests.web.conftest import MONDAY, PASSWORD


@pytest.fixture
def volume(lending):
    """A volume of the branch, lent to Wang since Monday for two days; an archivist works at head office."""
    with lending.step() as step:
        furnish(step.session)
        add_person(step.session, step.now, "far", PASSWORD, roles=["clerk"], unit="other branch")
        people = {name: step.session.query(Person).filter_by(name=name).one() for name in ("sun", "li")}
        step.session.add(PersonRole(person_id=people["li"].id, role="archivist"))
        case = Case(step.session, people["sun"].unit_id, now=MONDAY)
        number = case.register()
        listed = ["合同 HT-1", "借据 V-1"]
        volume = case.call("archive.register", application_no=number, location="一号柜", list=listed, room="一号库房")
        lent = {"borrower": "wang", "reason": "贷后检查", "until": dt.date(2026, 3, 4)}
        case.call("archive.lend", archive_no=volume["archive_no"], **lent)
    return volume["archive_no"]


def test_a_volume_is_found_by_where_it_is_and_by_whose_it_is(browse, volume):
    li = browse("li")
    for asked in ("", "?state=out", "?q=张三", f"?q={volume}", "?q=一号"):
        assert volume in li.get(f"/archive{asked}").text, asked
    for asked in ("?state=in", "?state=overdue", "?state=moving", "?q=李四"):
        assert volume not in li.get(f"/archive{asked}").text, asked


def test_a_volume_shows_who_has_it_and_how_late(browse, volume, house):
    page = browse("li").get(f"/archive/{volume}").text
    assert "应于 2026-03-04 归还" in page
    assert "合同 HT-1" in page
    house.clock.forward(days=4)
    assert "逾期 2 天未还" in browse("li").get(f"/archive/{volume}").text
    assert volume in browse("li").get("/archive?state=overdue").text


def test_the_list_is_printed_with_every_paper(browse, volume):
    answer = browse("li").get(f"/archive/{volume}/list.pdf")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages).replace(" ", "")
    assert "案卷目录" in text
    assert "借据V-1" in text


def test_other_units_and_designers_see_no_volume(browse, volume):
    assert volume in browse("sun").get(f"/archive/{volume}").text
    far = browse("far")
    far.get(f"/archive/{volume}", 404)
    assert volume not in far.get("/archive").text
    browse("designer").get("/archive", 404)


def test_the_same_over_rest(as_, volume):
    [listed] = as_("li").get("/archive", state="out").json["items"]
    assert (listed["number"], listed["borrower"], listed["until"]) == (volume, "wang", "2026-03-04")
    whole = as_("li").get(f"/archive/{volume}").json
    assert whole["items"] == ["合同 HT-1", "借据 V-1"]
    assert [loan["reason"] for loan in whole["loans"]] == ["贷后检查"]
    assert as_("li").get(f"/archive/{volume}/list.pdf").status_code == 200
    assert as_("far").get(f"/archive/{volume}").status_code == 404
    assert as_("designer").get("/archive").status_code == 403
    assert as_("li").get("/archive", state="gone").status_code == 400
