"""The file of a customer: who may change it, what each change leaves, relations, lists, declarations (CUS-1)."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
import sqlalchemy as sa

from models.customer_file import CustomerChange
from models.customers import BlockedParty, Customer, CustomerRelation
from models.numbering import next_number
from models.people import StaffRelation
from models.queries.people import add_person
from tests.databases import statements
from tests.web.conftest import PASSWORD
from tests.web.pages.conftest import Visitor


@pytest.fixture
def files(lending):
    """陈梅 and 青松贸易; an intake clerk, an account manager, a compliance officer and an auditor."""
    with lending.step() as step:
        for number, kind, name, paper in (
            (1, "person", "陈梅", "110101198001011234"),
            (2, "company", "青松贸易", "91110000MA01ABCDX1"),
        ):
            id_kind = "resident_id" if kind == "person" else "credit_code"
            assert next_number(step.session, "C-{seq:6}") == f"C-{number:06d}"
            row = Customer(number=f"C-{number:06d}", kind=kind, name=name, id_kind=id_kind, id_number=paper)
            row.recorded_at = step.now
            step.session.add(row)
        for name, role in (("yu", "intake_clerk"), ("he", "compliance_officer"), ("cai", "finance_clerk")):
            add_person(step.session, step.now, name, PASSWORD, roles=[role])
    return lending


@pytest.fixture
def at(app, files):
    def visit(name):
        visitor = Visitor(app)
        visitor.enter(files, name)
        return visitor

    return visit


def rows(house, query):
    with house.sessions.reading() as session:
        return list(session.scalars(query))


def test_a_clerk_changes_the_file_and_each_change_is_kept(at, files):
    yu = at("yu")
    page = yu.post("/customers/C-000001/change", {"name": "陈梅", "phone": "13900000000", "address": ""})
    assert "13900000000" in page.text
    [change] = rows(files, sa.select(CustomerChange))
    assert (change.what, change.before, change.after, change.changed_by) == ("phone", None, "13900000000", "yu")
    assert "档案变更" in yu.get("/customers/C-000001/changes").text


def test_identity_numbers_are_in_full_only_for_who_needs_them(at):
    assert "110101198001011234" in at("yu").get("/customers/C-000001").text
    page = at("cai").get("/customers/C-000001").text
    assert "110101198001011234" not in page
    assert "1101**********1234" in page


def test_others_change_nothing(at, files):
    cai = at("cai")
    assert "您的岗位不能办理这一项" in cai.post("/customers/C-000001/change", {"name": "别人"}).text
    assert "您的岗位不能办理这一项" in cai.post("/customers/C-000001/block", {"reason": "x"}).text
    assert rows(files, sa.select(CustomerChange)) == []


def test_a_relation_is_recorded_drawn_and_ended(at, files):
    yu = at("yu")
    sent = {"direction": "self", "kind": "shareholder", "other": "c-000002", "share": "60"}
    page = yu.post("/customers/C-000001/relations", sent).text
    assert "关系图，2 方" in page
    assert "60.00%" in page
    assert rows(files, sa.select(CustomerRelation.share)) == [Decimal("0.6")]
    assert "不能与自己建立关系" in yu.post("/customers/C-000001/relations", {**sent, "other": "C-000001"}).text
    assert "没有这个编号的客户" in yu.post("/customers/C-000001/relations", {**sent, "other": "C-9"}).text
    assert "持股比例须" in yu.post("/customers/C-000001/relations", {**sent, "share": "160"}).text
    yu.post("/customers/C-000001/relations/end", {"kind": "shareholder", "other": "C-000002"})
    assert rows(files, sa.select(CustomerRelation.share)) == []
    changes = rows(files, sa.select(CustomerChange.what).order_by(CustomerChange.id))
    assert changes == ["relation", "relation_of", "relation", "relation_of"]


def test_a_contact_is_added_and_ended(at):
    yu = at("yu")
    assert (
        "村委会王主任"
        in yu.post("/customers/C-000001/contacts", {"kind": "emergency", "value": "村委会王主任", "note": ""}).text
    )
    yu.post("/customers/C-000001/contacts/1/end")
    page = yu.get("/customers/C-000001").text
    assert "停用" not in page.split('id="relations"')[0]
    assert "紧急联系人 村委会王主任" in page, "it stands among the changes"


def test_compliance_blocks_and_lifts_with_reasons(at, files):
    he = at("he")
    he.get("/customers/C-000001")
    assert "请填写内容" in he.post("/customers/C-000001/block", {"reason": " "}).text
    assert "提供虚假材料" in he.post("/customers/C-000001/block", {"reason": "提供虚假材料"}).text
    assert "列为受限" not in he.get("/customers/C-000002").text.split("dialog")[0]
    he.post("/customers/C-000001/unblock", {"reason": "查无实据"})
    [last] = rows(files, sa.select(CustomerChange).where(CustomerChange.after.is_(None)))
    assert (last.before, last.reason) == ("提供虚假材料", "查无实据")


def test_a_file_is_opened_once_for_one_paper(at, files):
    yu = at("yu")
    sent = {"kind": "person", "id_kind": "resident_id", "id_number": "41010219850315234X", "name": "李明"}
    assert "李明" in yu.post("/customers/new", sent).text
    assert "别人先一步改动了" in yu.post("/customers/new", sent).text
    assert len(rows(files, sa.select(Customer))) == 3


def test_everybody_declares_and_only_compliance_ends(at, files):
    yu, he = at("yu"), at("he")
    page = yu.post("/relations", {"customer": "C-000001", "kind": "family", "note": "表姐"})
    assert "表姐" in page.text
    assert "近亲属" in page.text
    assert "您的岗位不能办理这一项" in yu.post("/relations/end", {"person": "yu", "customer": "C-000001"}).text
    assert (
        "您的岗位不能办理这一项" in yu.post("/relations", {"person": "he", "customer": "C-000002", "kind": "self"}).text
    )
    assert "表姐" in he.get("/relations").text
    assert "表姐" not in at("cai").get("/relations").text
    he.post("/relations/end", {"person": "yu", "customer": "C-000001"})
    assert rows(files, sa.select(StaffRelation.customer)) == []


def test_a_declared_relation_takes_the_step_away_at_once(at, files, work):
    case = work.start(customer_name="陈梅")
    work.complete(case, "check", "li", customer_id="C-000001")
    work.claim(case, "a", "wang")
    at("wang").post("/relations", {"customer": "C-000001", "kind": "friend", "note": ""})
    assert work.task(case, "a").assignee is None


FIGURES = {
    "net_capital": "20,000,000",
    "single_limit": "10",
    "group_limit": "15",
    "control_share": "25",
    "beneficial_share": "25",
    "circle_length": "6",
    "recusal_steps": "1",
    "control_kinds": ["family", "spouse"],
    "recusal_kinds": ["family", "spouse"],
}
ROLES = {
    "of": "roles",
    "file_roles": ["intake_clerk", "account_manager", "admin"],
    "block_roles": ["compliance_officer"],
    "identity_roles": ["intake_clerk", "auditor"],
}


def test_the_figures_of_the_house_are_set_by_compliance(at):
    he = at("he")
    he.get("/relations")
    he.post("/relations/figures", FIGURES)
    assert "限额 2,000,000.00" in he.get("/customers/C-000001").text
    assert "单一客户限额：请填写" in he.post("/relations/figures", {**FIGURES, "single_limit": "abc"}).text
    assert "回避再看几层关系：请填写" in he.post("/relations/figures", {**FIGURES, "recusal_steps": "9"}).text
    page = he.get("/relations/figures").text
    for words in ("变更记录", "20,000,000.00 元", "内审", "未设定", "岗位由总部系统管理员设定"):
        assert words in page, words
    at("yu").get("/relations/figures", status=404)
    at("yu").post("/relations/figures", FIGURES, status=404)


def test_roles_are_set_by_an_administrator_and_by_nobody_for_themselves(at):
    he, root = at("he"), at("root")
    assert "岗位由总部系统管理员设定" in he.post("/relations/figures", {**ROLES, "file_roles": ["auditor"]}).text
    root.get("/relations")
    assert "由总部合规岗设定" in root.post("/relations/figures", FIGURES).text
    own = root.post("/relations/figures", {**ROLES, "block_roles": ["compliance_officer", "admin"]})
    assert "不能把自己担任的岗位加进去" in own.text
    nobody = root.post("/relations/figures", {**ROLES, "block_roles": ["nobody_has_this"]})
    assert "总部有人担任的岗位" in nobody.text
    page = root.post("/relations/figures", {**ROLES, "file_roles": ["admin"]}).text
    assert "可以看完整证件号的岗位" in page
    assert "您的岗位不能办理这一项" in at("yu").post("/customers/C-000001/change", {"name": "x"}).text


def test_a_branch_reads_what_holds_for_the_house_and_changes_none_of_it(at, files):
    with files.step() as step:
        add_person(step.session, step.now, "shan", PASSWORD, roles=["compliance_officer"], unit="branch")
        add_person(step.session, step.now, "yan", PASSWORD, roles=["account_manager"], unit="branch")
    shan = at("shan")
    assert "列入…" not in shan.get("/blocked").text
    assert "资本净额" in shan.get("/relations/figures").text
    assert "分支机构不能改" in shan.post("/relations/figures", FIGURES).text
    listed = {"name": "钱多多", "list_name": "失信", "reason": "欠款"}
    assert "您的岗位不能办理这一项" in shan.post("/blocked", listed).text
    assert "您的岗位不能办理这一项" in shan.post("/customers/C-000001/block", {"reason": "x"}).text
    relation = {"customer": "C-000001", "kind": "family"}
    assert "您的岗位不能办理这一项" in shan.post("/relations", {**relation, "person": "yu"}).text
    shan.post("/relations", {**relation, "person": "yan"})
    assert [row.recorded_by for row in rows(files, sa.select(StaffRelation))] == ["shan"]


CSV = "名称,证件号,名单,原因,列入日期\n钱多多,41010219850315234x,失信被执行人,欠款,2025-01-02\n无名,,,缺名单,\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_list_is_imported_with_a_report_and_not_twice(at, files, encoding):
    he = at("he")
    for said in ("新列入 1 条，已在名单 0 条", "新列入 0 条，已在名单 1 条"):
        he.get("/blocked")
        page = he.post("/blocked/import", {"file": (io.BytesIO(CSV.encode(encoding)), "名单.csv")})
        assert said in page.text
        assert "第 3 行 名单 有误" in page.text
    [party] = rows(files, sa.select(BlockedParty))
    assert (party.name, party.id_number, party.recorded_by) == ("钱多多", "41010219850315234X", "he")
    assert "欠款" in he.get("/blocked?q=钱多多").text
    assert "移出原因：必填" in he.post(f"/blocked/{party.id}/off", {"off_reason": " "}).text
    he.post(f"/blocked/{party.id}/off", {"off_reason": "已还清并解除失信"})
    assert "欠款" not in he.get("/blocked").text
    page = he.get("/blocked?all=1").text
    assert "欠款" in page
    assert "已还清并解除失信" in page
    assert "已经移出名单" in he.post(f"/blocked/{party.id}/off", {"off_reason": "x"}).text


def test_a_listed_name_leads_to_the_customers_it_means_and_what_is_wrong_names_its_column(at):
    he = at("he")
    he.get("/blocked")
    given = {"name": "陈梅", "id_number": "110101198001011234", "list_name": "失信", "reason": "欠款"}
    page = he.post("/blocked", given).text
    assert 'href="/customers/C-000001"' in page
    assert "列入日期：请填写日期" in he.post("/blocked", {**given, "listed_on": "昨天"}).text
    assert "名单：必填" in he.post("/blocked", {**given, "list_name": ""}).text


def test_what_is_no_sheet_is_said_to_be_none(at, files):
    he = at("he")
    he.get("/blocked")
    for content, name in ((b"PK\x03\x04 nothing", "a.xlsx"), (b"a,b\n1,2\n", "a.csv"), (b"\xff\xfe\x00", "a.csv")):
        assert "文件读不出" in he.post("/blocked/import", {"file": (io.BytesIO(content), name)}).text
    assert rows(files, sa.select(BlockedParty)) == []


def test_lists_are_for_those_who_keep_them(at):
    at("yu").get("/blocked", status=404)
    at("audit").get("/blocked")


def test_a_case_with_twelve_guarantors_and_their_relations_takes_few_queries(at, files, work):
    with files.step() as step:
        customers = []
        for number in range(3, 27):
            row = Customer(number=f"C-{number:06d}", kind="person", name=f"保证人{number}", id_kind="resident_id")
            row.id_number, row.recorded_at = f"{number:018d}", step.now
            step.session.add(row)
            customers.append(row)
        step.session.flush()
        for one, other in zip(customers[:12], customers[12:], strict=True):
            relation = CustomerRelation(customer_id=one.id, kind="spouse", other_id=other.id, recorded_at=step.now)
            step.session.add(relation)
    case = work.start(customer_name="陈梅")
    named = [customer.number for customer in customers[:12]]
    he = at("audit")
    with statements(files.sessions.engine) as without:
        he.get(f"/cases/{case.id}")
    work.complete(case, "check", "li", customer_id="C-000001", guarantor_ids=named)
    with statements(files.sessions.engine) as asked:
        page = he.get(f"/cases/{case.id}").text
    assert all(number in page for number in named)
    assert "关系图，25 方" in page
    assert len(asked) <= len(without) + 30
