"""Templates on their pages and over REST: one of the legal desk writes, another approves (LEG-1)."""

import io

import pytest

from operations.contracting.word import standard_word
from tests.operations.contracting.test_papers import template as word_file
from tests.web.conftest import signed_in

NEW = {"code": "house_loan", "title": "本行借款合同", "kind": "loan", "binds": "each"}
CLAUSES = {"rows": 2, "order-1": 2, "title-1": "金额", "text-1": "{{amount}} 元", "order-2": 1, "title-2": "双方",
           "text-2": "甲方 {{lender}}", "variable-2": "1"}  # fmt: skip


@pytest.fixture
def written(visit):
    """A template with a draft by fa."""
    legal = visit("fa")
    legal.post("/contract-templates", NEW)
    legal.post("/contract-templates/house_loan/edit", {"seen": 0, **CLAUSES})
    return legal


def test_writing_checks_and_keeps_the_order(written):
    page = written.get("/contract-templates/house_loan").text
    assert page.index("甲方") < page.index("{{amount}}")
    assert "草稿" in page
    wrong = written.post("/contract-templates/house_loan/edit", {"seen": 1000001, **CLAUSES, "text-1": "{{x}}"}, 422)
    assert "没有名为 x 的要素" in wrong.text
    assert 'value="金额"' in wrong.text
    preview = written.post("/contract-templates/house_loan/edit", {"seen": 1000001, **CLAUSES, "do": "preview"}).text
    assert "〔借款金额（元，小写）〕 元" in preview
    assert "别人刚改过" in written.post("/contract-templates/house_loan/edit", {"seen": 7, **CLAUSES}, 409).text


def test_a_preview_is_filled_from_a_contract_and_keeps_nothing(written, contract, visit):
    conditions = {"title-1": "金额", "when-1": "amount > 1", "title-2": "另条", "when-2": "amount < 1"}
    asked = {"seen": 1000001, **CLAUSES, **conditions, "do": "preview", "contract": contract}
    page = written.post("/contract-templates/house_loan/edit", asked).text
    assert "100,000.00 元" in page
    assert "条件不成立，不写入：另条" in page
    wrong = written.post("/contract-templates/house_loan/edit", {**asked, "text-2": "{{limit}}"}, 422).text
    assert 'href="#text-1"' in wrong, "the clause that comes first by its order"
    assert "没有名为 limit 的要素" in wrong
    written.post("/contract-templates/house_loan/edit", {**asked, "contract": "LC-0"}, 404)
    assert "另条" not in written.get("/contract-templates/house_loan").text


def test_the_legal_desk_of_a_branch_reads_them_only(visit, as_, contract):
    far = visit("far")
    assert "/edit" not in far.get("/contract-templates/loan").text
    far.get("/contract-templates/loan/edit", 403)
    far.post("/contract-templates", NEW, 403)
    for path, body in (("", NEW), ("/loan/versions", {"clauses": []}), ("/loan/preview", {"clauses": []})):
        assert as_("far").post(f"/contract-templates{path}", body).status_code == 403
    assert as_("far").post("/contract-templates/loan/versions/1/decision", {"do": "withdraw"}).status_code == 403


def test_a_preview_over_rest(as_, contract):
    clauses = [{"title": "金额", "text": "{{amount_in_words}}"}, {"title": "公司", "text": "x", "when": "amount < 1"}]
    at = "/contract-templates/loan/preview"
    shown = as_("fa").post(at, {"clauses": clauses, "contract": contract}).json
    assert [clause["text"] for clause in shown["clauses"]] == ["壹拾万元整"]
    assert shown["left_out"] == ["公司"]
    assert "〔借款金额（大写）〕" in as_("fa").post(at, {"clauses": clauses}).text
    wrong = as_("fa").post(at, {"clauses": [{"title": "x", "text": "{{x}}"}]})
    assert (wrong.status_code, wrong.json["errors"]) == (422, {"clauses": ["1: unknown x"]})
    assert as_("fa").post("/contract-templates/mortgage/preview", {"clauses": clauses, "contract": contract}).json[
        "errors"
    ] == {"contract": ["kind"]}
    assert as_("fa").post(at, {"clauses": clauses, "contract": "LC-0"}).status_code == 404


def test_another_person_approves(written, visit):
    at = "/contract-templates/house_loan/1"
    written.post(f"{at}/submit")
    assert "自己写的版本不能自己批准" in written.post(f"{at}/approve", {"in_force_from": "2026-03-02"}).text
    other = visit("ling")
    assert "生效日" in other.post(f"{at}/approve", {"in_force_from": "2026-03-01"}).text
    assert "已批准" in other.post(f"{at}/approve", {"in_force_from": "2026-03-02"}).text
    assert "不再使用" in other.post(f"{at}/withdraw", {"remarks": "不再使用"}).text


@pytest.mark.parametrize(("who", "status"), [("hong", 403), ("audit", 403), ("root", 403), ("designer", 404)])
def test_nobody_else_writes(visit, who, status):
    visitor = visit(who)
    visitor.post("/contract-templates", NEW, status)
    visitor.get("/contract-templates/loan/edit", status)
    visitor.post("/contract-templates/loan/1/withdraw", {"remarks": "x"}, status)
    visitor.get("/contract-templates/loan", 404 if status == 404 else 200)


def test_a_word_file_is_exchanged(written, visit):
    at = "/contract-templates/house_loan/1/word"
    assert written.get(at).data == standard_word()
    good, bad = word_file("{{ amount }}"), word_file("x", **{"word/vbaProject.bin": b"x"})
    assert "带有宏" in written.post(at, {"file": (io.BytesIO(bad), "a.docx")}).text
    assert "已换上" in written.post(at, {"file": (io.BytesIO(good), "本行.docx")}).text
    assert written.get(at).data == good
    assert "本行.docx" in written.get("/contract-templates/house_loan").text


def test_the_same_over_rest(as_, contract):
    made = as_("fa").post("/contract-templates", {"code": "rest_loan", "kind": "loan", "title": "合同"})
    assert made.status_code == 201, made.text
    clauses = [{"title": "金额", "text": "{{amount}} 元"}]
    draft = as_("fa").post("/contract-templates/rest_loan/versions", {"clauses": clauses})
    assert (draft.status_code, draft.json["state"]) == (201, "draft"), draft.text
    wrong = as_("fa").post(
        "/contract-templates/rest_loan/versions",
        {"clauses": [{"title": "x", "text": "{{x}}"}], "stamp": draft.json["stamp"]},
    )
    assert wrong.status_code == 422
    at = "/contract-templates/rest_loan/versions/1/decision"
    assert as_("fa").post(at, {"do": "submit"}).json["state"] == "submitted"
    assert as_("fa").post(at, {"do": "approve"}).status_code == 409
    assert as_("hong").post(at, {"do": "approve"}).status_code == 403
    approved = as_("ling").post(at, {"do": "approve", "in_force_from": "2026-03-02"})
    assert approved.json["state"] == "approved"
    listed = {item["code"]: item["in_force"] for item in as_("li").get("/contract-templates").json["items"]}
    assert listed["rest_loan"] == 1


def test_contracts_over_rest(as_, contract):
    [found] = [item for item in as_("li").get("/contracts", kind="loan").json["items"] if item["id"] == contract]
    assert found == as_("li").get(f"/contracts/{contract}").json
    wording = as_("li").get(f"/contracts/{contract}/wording").json
    assert "壹拾万元整" in str(wording["clauses"])
    assert as_("li").get(f"/contracts/{contract}/pdf").data.startswith(b"%PDF")
    assert as_("li").get(f"/contracts/{contract}/word").data.startswith(b"PK")
    written = as_("hong").post(f"/contracts/{contract}/clauses", {"version": 1, "clauses": {"提前还款": "随时"}})
    assert written.json["version"] == 2, written.text
    again = as_("hong").post(f"/contracts/{contract}/clauses", {"version": 1, "clauses": {"提前还款": "又"}})
    assert again.status_code == 409
    assert as_("li").post(f"/contracts/{contract}/clauses", {"version": 2, "clauses": {}}).status_code == 403
    assert as_("fa").post(f"/contracts/{contract}/remarks", {"text": "请补充"}).status_code == 200
    [paper] = as_("li").get("/security-papers", until="2026-03-31").json["items"]
    assert (paper["number"], paper["valid_until"]) == ("P-1", "2026-03-20")
    for path in ("", "/wording", "/pdf"):
        assert as_("far").get(f"/contracts/{contract}{path}").status_code == 404


def test_programs_exchange_the_word_file_of_a_draft(written, app, house):
    clerk, legal = (signed_in(house, app, name) for name in ("hong", "fa"))
    at = "/contract-templates/house_loan/versions/1/word"
    assert clerk.get(at).data == standard_word()
    good, bad = word_file("{{ amount }}"), word_file("x", **{"word/vbaProject.bin": b"x"})

    def send(client, content):
        return client.post(at, data={"file": (io.BytesIO(content), "本行.docx")}).status_code

    assert send(clerk, good) == 403
    assert send(legal, bad) == 422
    assert legal.post(at, data={}).status_code == 422
    assert send(legal, good) == 200
    assert legal.get(at).data == good
