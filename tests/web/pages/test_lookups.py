"""Looking a customer up from the page of the step: asking, what came back, and filling the form with it."""

import json

import pytest

from engine.packages import read_files
from engine.service import actors, cases, deployments, errands
from engine.service.definitions import Definitions
from models.customers import Customer
from models.queries import tasks as task_lists
from operations.registers import asking
from operations.registers.connectors import Recorded
from tests.web.conftest import signed_in
from tests.web.pages.conftest import Visitor
from tests.web.pages.small_loan import HEAD, form, number, text

PACKAGE = {
    "package.yaml": "title: {zh: 查询, en: Looking up}\nroles: [clerk, officer]\nsearch: [customer_id]\n",
    "look.bpmn": f"""{HEAD}<bpmn:process id="look" name="查询" isExecutable="true"><bpmn:startEvent id="start"/>
<bpmn:userTask id="query" name="查询征信" camunda:candidateGroups="clerk" camunda:formRef="query"
 loanflow:duty="INT-6"/>
<bpmn:endEvent id="done"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="query"/>
<bpmn:sequenceFlow id="f2" sourceRef="query" targetRef="done"/></bpmn:process></bpmn:definitions>""",
    "forms/query.form": form(
        "query", number("overdue_count", "逾期次数", "次"), text("query_no", "查询编号"), text("own", "备注")
    ),
}


@pytest.fixture
def browse_at(app, house):
    """`browse_at("li")` is the browser of that person, signed in."""

    def visit(name):
        visitor = Visitor(app)
        visitor.enter(house, name)
        return visitor

    return visit


@pytest.fixture
def task(house):
    """A task that looks up C-000001, of a house with recorded answers."""
    house.errands[asking.JOB] = asking.errand(Recorded())
    house.definitions = Definitions()  # the tests' own know other packages by the numbers that this one gets
    with house.step() as step:
        files = {name: content.encode() for name, content in PACKAGE.items()}
        deployments.deploy(step, read_files(files, "looking_up"), "root")
        step.session.add(
            Customer(
                number="C-000001",
                kind="person",
                name="陈梅",
                id_kind="resident_id",
                id_number="110101199003070011",
                recorded_at=step.now,
            )
        )
        case = cases.start(step, "look", actors.load(step.session, "li"), {"customer_id": "C-000001"})
        [found] = step.session.scalars(task_lists.filtered(task_lists.all_tasks(), instance_id=case.id))
        return found.id, case.id


def run(house):
    while errands.run(house):
        pass


def test_what_a_register_says_goes_into_my_form_beside_what_i_wrote(task, browse_at, house):
    task_id, case_id = task
    li = browse_at("li")
    page = li.get(f"/tasks/{task_id}").text
    assert "发起查询" in page
    asked = {"party": "C-000001", "register": "credit", "authorisation_no": "SQ-1", "authorised_on": "2026-03-02"}
    assert "已发出查询" in li.post(f"/cases/{case_id}/lookups", {**asked, "next": f"/tasks/{task_id}"}).text
    run(house)
    assert "没有授权书编号" in li.post(f"/cases/{case_id}/lookups", {**asked, "authorisation_no": ""}).text
    assert "有效期内已有结果" in li.post(f"/cases/{case_id}/lookups", asked).text
    li.get(f"/tasks/{task_id}")
    li.send(f"/tasks/{task_id}/draft", {"form": {"own": "先写的", "overdue_count": 9}})
    page = li.get(f"/tasks/{task_id}").text
    assert "近 24 个月无逾期" in page
    number_of = page.split("/lookups/")[1].split("/")[0]
    page = li.post(f"/tasks/{task_id}/lookups/{number_of}/fill").text
    assert "已填入表单" in page, page
    data = json.loads(page.split('id="task-form">')[1].split("</script>")[0])["data"]
    assert (data["own"], data["overdue_count"]) == ("先写的", 0)
    assert data["query_no"].startswith("CR20260302")


def test_others_see_what_was_found_and_may_not_ask(task, browse_at, house):
    task_id, case_id = task
    wang = browse_at("wang")
    assert "发起查询" not in wang.get(f"/cases/{case_id}").text
    asked = {"party": "C-000001", "register": "credit", "authorisation_no": "SQ-1", "authorised_on": "2026-03-02"}
    assert "INT-6" in wang.post(f"/cases/{case_id}/lookups", asked).text
    assert "没有这一项" in browse_at("li").post(f"/tasks/{task_id}/lookups/77/fill").text


def test_over_rest(task, app, house):
    _task_id, case_id = task
    li, wang = signed_in(house, app, "li"), signed_in(house, app, "wang")
    body = {"party": "C-000001", "register": "fund", "authorisation_no": "SQ-1", "authorised_on": "2026-03-02"}
    made = li.post(f"/instances/{case_id}/register-queries", json=body)
    assert (made.status_code, made.json["state"]) == (201, "asked")
    run(house)
    [row] = wang.get(f"/instances/{case_id}/register-queries").json["items"]
    assert (row["state"], row["answer"]) == ("answered", {"fund_balance": 42600})
    assert wang.post(f"/instances/{case_id}/register-queries", json=body).status_code == 403
    wrong = li.post(f"/instances/{case_id}/register-queries", json={**body, "party": "C-9"})
    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["party"])
