"""Customers, relations, exposure, blocks and lists over REST: what the pages do, programs can (CUS-1, GOV-1, INT-7)."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from models.queries.people import add_person
from tests.web.conftest import PASSWORD


@pytest.fixture
def desk(house, as_):
    with house.step() as step:
        for name, role in (("yu", "intake_clerk"), ("he", "compliance_officer"), ("cai", "finance_clerk")):
            add_person(step.session, step.now, name, PASSWORD, roles=[role])
    opened = [
        ("person", "resident_id", "110101198001011234", "陈梅"),
        ("company", "credit_code", "91110000MA01ABCDX1", "青松贸易"),
    ]
    for kind, id_kind, id_number, name in opened:
        body = {"kind": kind, "id_kind": id_kind, "id_number": id_number, "name": name}
        assert as_("yu").post("/customers", body).status_code == 201
    return as_


def test_a_file_is_found_changed_and_tells_its_changes(desk):
    yu = desk("yu")
    [found] = yu.get("/customers", search="陈梅").json["items"]
    assert (found["number"], found["id_number"]) == ("C-000001", "1101**********1234")
    assert yu.get("/customers/C-000001").json["id_number"] == "110101198001011234"
    assert desk("cai").get("/customers/C-000001").json["id_number"] == "1101**********1234"
    assert yu.post("/customers/C-000001", {"phone": "13900000000"}).json == {"changed": 1}
    changes = yu.get("/customers/C-000001/changes").json["items"]
    assert [(change["what"], change["after"]) for change in changes] == [("phone", "13900000000"), ("opened", "陈梅")]
    assert desk("cai").post("/customers/C-000001", {"phone": "1"}).status_code == 403
    assert yu.get("/customers/C-9").status_code == 404


def test_contacts_are_added_and_ended_and_never_deleted(desk):
    yu = desk("yu")
    added = yu.post("/customers/C-000001/contacts", {"kind": "employer", "value": "柳林中学", "note": "教师"})
    assert (added.status_code, added.json["value"], added.json["recorded_by"]) == (201, "柳林中学", "yu")
    [contact] = yu.get("/customers/C-000001/contacts").json["items"]
    assert (contact["kind"], contact["note"]) == ("employer", "教师")
    assert yu.post("/customers/C-000001/contacts", {"kind": "pigeon", "value": "x"}).status_code == 422
    assert desk("cai").post("/customers/C-000001/contacts", {"kind": "phone", "value": "1"}).status_code == 403
    end = f"/customers/C-000001/contacts/{contact['id']}/end"
    assert yu.post(f"/customers/C-000002/contacts/{contact['id']}/end").status_code == 409
    assert [yu.post(end).status_code for _ in range(2)] == [200, 409]
    assert yu.get("/customers/C-000001/contacts").json["items"] == []
    [ended, *_] = yu.get("/customers/C-000001/changes").json["items"]
    assert (ended["before"], ended["after"]) == ("employer: 柳林中学", None)


def test_the_figures_of_the_house_with_each_change(desk):
    he = desk("he")
    figures = he.get("/house-figures").json
    assert (figures["net_capital"], figures["group_limit"]) == (None, Decimal("0.15"))
    given = {"net_capital": 2000000, "group_limit": Decimal("0.15")}
    assert he.post("/house-figures", given).json["net_capital"] == 2000000
    assert desk("root").post("/house-figures", {"identity_roles": ["auditor"]}).json["identity_roles"] == ["auditor"]
    assert desk("yu").get("/customers/C-000001").json["id_number"] == "1101**********1234"
    changes = he.get("/house-figures/changes").json["items"]
    assert {change["name"] for change in changes} == {"net_capital", "identity_roles"}
    assert [(c["before"], c["after"], c["changed_by"]) for c in changes if c["name"] == "net_capital"] == [
        (None, 2000000, "he")
    ]
    assert he.post("/house-figures", {"circle_length": 4, "recusal_steps": 2}).json["circle_length"] == 4
    assert he.post("/house-figures", {"circle_length": Decimal("4.5")}).status_code == 422
    wrong = he.post("/house-figures", {"net_capital": 1, "circle_length": 40})
    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["circle_length"])
    assert he.get("/house-figures").json["net_capital"] == 2000000
    assert desk("yu").post("/house-figures", given).status_code == 403
    assert desk("yu").get("/house-figures").status_code == 404
    assert len(desk("audit").get("/house-figures/changes").json["items"]) == 4
    assert desk("audit").post("/house-figures", given).status_code == 403


def test_roles_are_set_by_an_administrator_and_by_nobody_for_themselves(desk):
    he, root = desk("he"), desk("root")
    assert he.post("/house-figures", {"block_roles": ["compliance_officer", "finance_clerk"]}).status_code == 403
    assert root.post("/house-figures", {"net_capital": 1}).status_code == 403
    own = root.post("/house-figures", {"block_roles": ["compliance_officer", "admin"]})
    assert (own.status_code, own.json["errors"]) == (422, {"block_roles": ["own_role"]})
    nobody = root.post("/house-figures", {"block_roles": ["nobody_has_this"]})
    assert nobody.json["errors"] == {"block_roles": ["figure"]}
    assert root.post("/customers/C-000001/block", {"reason": "x"}).status_code == 403
    assert root.post("/house-figures", {"block_roles": ["finance_clerk"]}).json["block_roles"] == ["finance_clerk"]
    assert [desk(name).post("/house-figures", {"circle_length": 4}).status_code for name in ("he", "cai")] == [403, 200]


def test_what_holds_for_the_house_is_changed_at_the_root_alone(desk, house):
    with house.step() as step:
        for name, role in (("sun_branch", "compliance_officer"), ("root_branch", "admin"), ("yan", "account_manager")):
            add_person(step.session, step.now, name, PASSWORD, roles=[role], unit="branch")
    here = desk("sun_branch")
    listed = {"name": "钱多多", "list_name": "失信", "reason": "欠款"}
    assert here.post("/house-figures", {"net_capital": 1}).status_code == 403
    assert desk("root_branch").post("/house-figures", {"file_roles": ["admin"]}).status_code == 403
    assert here.post("/blocked-parties", listed).status_code == 403
    assert here.post("/customers/C-000001/block", {"reason": "x"}).status_code == 403
    assert (here.get("/blocked-parties").status_code, here.get("/house-figures").status_code) == (200, 200)
    relation = {"customer": "C-000001", "kind": "family"}
    assert here.post("/staff-relations", {**relation, "person": "yu"}).status_code == 403
    assert here.post("/staff-relations", {**relation, "person": "yan"}).status_code == 200
    assert desk("yu").post("/staff-relations", relation).status_code == 200
    assert [row["person"] for row in here.get("/staff-relations").json["items"]] == ["yan"]
    assert [row["person"] for row in desk("he").get("/staff-relations").json["items"]] == ["yan", "yu"]


def test_the_same_paper_has_one_file(desk):
    body = {"kind": "person", "id_kind": "resident_id", "id_number": "110101198001011234", "name": "别人"}
    assert desk("yu").post("/customers", body).status_code == 409
    assert desk("yu").post("/customers", {**body, "kind": "company"}).status_code == 422


def test_relations_make_the_group_that_exposure_counts(desk):
    yu = desk("yu")
    body = {"kind": "shareholder", "other": "C-000002", "share": Decimal("0.6")}
    assert yu.post("/customers/C-000001/relations", body).json == {"changed": 1}
    [relation] = yu.get("/customers/C-000002/relations").json["items"]
    assert (relation["subject"], relation["kind"], relation["other"]) == ("C-000001", "shareholder", "C-000002")
    found = yu.get("/customers/C-000002/exposure").json
    assert {one["number"] for one in found["group"]} == {"C-000001", "C-000002"}
    assert (found["group_exposure"], found["single_limit"], found["over_limits"]) == (0, None, [])
    end = {"kind": "shareholder", "other": "C-000002"}
    assert yu.post("/customers/C-000001/relations/end", end).status_code == 200
    assert yu.post("/customers/C-000001/relations/end", end).status_code == 409


def test_blocking_is_for_compliance(desk):
    assert desk("yu").post("/customers/C-000001/block", {"reason": "x"}).status_code == 403
    assert desk("he").post("/customers/C-000001/block", {"reason": "提供虚假材料"}).json == {"changed": 1}
    assert desk("cai").get("/customers", blocked=1).json["items"][0]["blocked_reason"] == "提供虚假材料"
    assert desk("he").post("/customers/C-000001/unblock", {"reason": "查无实据"}).status_code == 200


def test_relations_of_staff_are_declared_and_seen_by_those_who_watch(desk):
    assert desk("yu").post("/staff-relations", {"customer": "C-000001", "kind": "family"}).json == {"changed": 0}
    assert desk("yu").post("/staff-relations", {"customer": "C-9", "kind": "family"}).status_code == 422
    other = {"customer": "C-000001", "kind": "self", "person": "he"}
    assert desk("yu").post("/staff-relations", other).status_code == 403
    assert desk("cai").get("/staff-relations").json["items"] == []
    assert [one["person"] for one in desk("he").get("/staff-relations").json["items"]] == ["yu"]


def test_lists_are_kept_and_imported_by_compliance(desk):
    name = {"name": "钱多多", "list_name": "本行禁入名单", "reason": "骗贷"}
    assert desk("yu").post("/blocked-parties", name).status_code == 403
    assert desk("yu").get("/blocked-parties").status_code == 404
    assert [desk("he").post("/blocked-parties", name).json["changed"] for _ in range(2)] == [1, 0]
    sheet = "name,list_name,reason\n孙某,名单甲,欠款\n,名单甲,无名\n".encode()
    report = desk("he").post("/blocked-parties/import", data={"file": (io.BytesIO(sheet), "l.csv")}).json
    assert report == {"added": 1, "known": 0, "wrong": [{"row": 3, "column": "name"}]}
    [listed] = desk("he").get("/blocked-parties", search="孙某").json["items"]
    off = f"/blocked-parties/{listed['id']}/off"
    assert desk("he").post(off, {"reason": ""}).status_code == 422
    taken = desk("he").post(off, {"reason": "欠款还清"}).json
    assert (taken["delisted_on"], taken["delisted_by"], taken["delisted_reason"]) == ("2026-03-02", "he", "欠款还清")
    assert desk("he").post(off, {"reason": "欠款还清"}).status_code == 409
    assert desk("he").get("/blocked-parties", search="孙某").json["items"] == []


def test_to_a_designer_there_are_no_customers(desk):
    assert desk("designer").get("/customers").status_code == 404
    assert desk("designer").get("/staff-relations").status_code == 404


def test_the_counter_looks_an_applicant_up_before_anything_is_entered(desk):
    desk("he").post("/customers/C-000001/block", {"reason": "提供虚假材料"})
    found = desk("yu").post("/customers/look", {"customer_name": "陈美", "id_number": "110101198001011234"}).json
    assert found["customer"] == "C-000001"
    assert found["warnings"] == ["客户已被冻结：提供虚假材料", "姓名与档案不符，档案中为：陈梅"]
    company = {"customer_kind": "company", "customer_name": "青松贸易有限公司", "credit_code": "91110000MA01ABCDX9"}
    assert desk("yu").post("/customers/look", company).json["hints"] == [
        "名称与客户 C-000002 青松贸易 相同或相近，证件不同"
    ]
    assert desk("yu").post("/customers/look", {}).json == {"warnings": [], "hints": [], "customer": None}
