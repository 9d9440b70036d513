"""Insurance and valuations are recorded and renewed at any time, on the page and over REST (LEG-4)."""

import pytest
import sqlalchemy as sa

from models.applications import Application
from models.security_papers import SecurityPaper
from tests.web.conftest import signed_in

NEW = {
    "kind": "valuation", "item": "柳林镇住房一套", "issuer": "评估公司", "number": "R-1", "amount": "400000",
    "valid_from": "2026-03-02", "valid_until": "2027-03-01",
}  # fmt: skip
NEXT = {"issuer": "财险公司", "number": "P-2", "valid_from": "2026-03-21", "valid_until": "2027-03-20"}


@pytest.fixture
def papers(house):
    def read():
        with house.sessions.reading() as session:
            return list(session.scalars(sa.select(SecurityPaper).order_by(SecurityPaper.id)))

    return read


@pytest.fixture
def application(house, contract):
    with house.sessions.reading() as session:
        return session.scalars(sa.select(Application.number)).one()


def test_a_valuation_is_recorded_and_then_watched(visit, application, papers):
    clerk = visit("hong")
    assert f'value="{application}"' in clerk.get(f"/securities/new?application={application}").text
    clerk.post("/securities/new", {**NEW, "application": application})
    kept = papers()[-1]
    assert (kept.kind, kept.number, str(kept.amount), kept.recorded_by) == ("valuation", "R-1", "400000.00", "hong")
    assert "R-1" in clerk.get("/securities?kind=valuation").text
    assert "评估公司" in clerk.get(f"/securities/{kept.id}").text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"application": "A-0"}, "没有这个申请编号"),
        ({"number": ""}, "请填写"),
        ({"number": "P-1", "kind": "insurance", "issuer": "财险公司"}, "这个编号已登记"),
        ({"amount": "many"}, "金额要大于零"),
        ({"valid_until": "2026-01-01"}, "到期日要晚于"),
        ({"valid_from": "soon"}, "请填写"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(visit, application, papers, wrong, words):
    answer = visit("hong").post("/securities/new", {**NEW, "application": application, **wrong}, 422)
    assert words in answer.text
    assert 'value="2026-03-02"' in answer.text or "valid_from" in wrong
    assert len(papers()) == 1


def test_a_policy_is_renewed_before_anybody_is_asked(visit, papers):
    clerk = visit("hong")
    [old] = papers()
    clerk.post(f"/securities/{old.id}/renew", {**NEXT, "valid_until": "2026-03-20"}, 422)
    clerk.post(f"/securities/{old.id}/renew", NEXT)
    old, new = papers()
    assert (old.renewed_by_id, new.number, new.item) == (new.id, "P-2", old.item)
    again = clerk.post(f"/securities/{old.id}/renew", {**NEXT, "number": "P-3"}).text
    assert "没有改动" in again
    assert len(papers()) == 2


def test_what_is_needed_no_more_is_watched_no_more(visit, papers):
    clerk = visit("hong")
    [old] = papers()
    clerk.post(f"/securities/{old.id}/end", {"reason": " "}, 422)
    clerk.post(f"/securities/{old.id}/end", {"reason": "贷款已结清"})
    assert papers()[0].ended_why == "贷款已结清"
    assert "P-1" not in clerk.get("/securities").text


def test_only_the_desk_and_only_in_its_unit(visit, application, papers):
    [old] = papers()
    reader, far = visit("fa"), visit("far")
    reader.get(f"/securities/{old.id}")
    reader.get("/securities/new", 403)
    reader.post(f"/securities/{old.id}/renew", NEXT, 403)
    far.get(f"/securities/{old.id}", 404)
    assert len(papers()) == 1


def test_programs_record_and_renew_too(app, house, application, papers):
    clerk, reader = signed_in(house, app, "hong"), signed_in(house, app, "fa")
    body = {**NEW, "application": application, "amount": 400000}
    assert reader.post("/security-papers", body).status_code == 403
    assert clerk.post("/security-papers", {**body, "application": "A-0"}).status_code == 404
    made = clerk.post("/security-papers", body)
    assert (made.status_code, made.get_json()["number"]) == (201, "R-1")
    assert clerk.post("/security-papers", body).status_code == 422
    first = papers()[0].id
    renewed = clerk.post(f"/security-papers/{first}/renewal", {"renewed": True, **NEXT})
    assert (renewed.status_code, renewed.get_json()["number"]) == (200, "P-2")
    assert clerk.post(f"/security-papers/{first}/renewal", {"renewed": False, "reason": "x"}).status_code == 409
    ended = clerk.post(f"/security-papers/{made.get_json()['id']}/renewal", {"renewed": False, "reason": "结清"})
    assert ended.status_code == 200
    assert papers()[1].ended_why == "结清"
