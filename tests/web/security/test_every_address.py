"""Every address of the program, found in its own map: what strangers, outsiders and the wrong roles get there.

A new page or call is judged by these tests from its first day.
"""

import io
import uuid

import pytest

from engine.packages import read_files
from engine.service import actors, attachments, cases, comments, deployments, tasks
from engine.service.attachments import FileStore
from models.queries import tasks as task_lists
from models.queries.people import add_person
from tests.web.conftest import PASSWORD, signed_in
from tests.web.pages.conftest import Visitor
from tests.web.pages.small_loan import FILES

PUBLIC = {
    ("GET", "/sign-in"), ("POST", "/sign-in"), ("POST", "/language"), ("GET", "/healthz"), ("GET", "/readyz"),
    ("GET", "/api"), ("GET", "/api/v1/openapi.json"), ("POST", "/api/v1/tokens"), ("GET", "/static/<path:filename>"),
}  # fmt: skip
"""What needs no signing in. Whoever adds to it has thought about it."""

OF_ONE_CASE = {"instance_id", "task_id", "attachment_id"}
SENT = {
    "register-queries": {
        "party": "C-000001",
        "register": "credit",
        "authorisation_no": "SQ-1",
        "authorised_on": "2026-03-02",
    },
    "delegate": {"to": "li"},
    "complete": {"form": {}},
    "cancel": {"reason": "because"},
    "conflict": {"reason": "because"},
    "form": {},
    "return": {"to": "check", "reason": "because"},
    "transfer": {"to": "li", "reason": "because"},
    "assign": {"to": "li", "reason": "because"},
    "cosign": {"who": ["li"], "when": "before", "reason": "because"},
    "withdraw": {},
    "pause": {"reason": "because"},
    "jump": {"token": "check", "to": "a", "reason": "because"},
    "skip": {"token": "check", "reason": "because"},
    "cancel-branch": {"token": "check", "reason": "because"},
    "work": {"note": "because"},
    "fulfil": {"note": "because", "evidence": 1},
    "reopen": {"reason": "because"},
    "waive": {"reason": "because"},
    "variables": {"variables": {"x": 1}, "reason": "because"},
}
WORDS = "只有本案的人可以看"


class Everywhere:
    """The addresses of an application with the ids of one case in them."""

    def __init__(self, app, ids):
        self.app, self.ids = app, ids

    def all(self):
        for rule in self.app.url_map.iter_rules():
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield method, rule

    def address(self, rule):
        given = {name: self.ids.get(name, "review_package") for name in rule.arguments}
        given |= {name: 1 for name in rule.arguments - self.ids.keys() if f"<int:{name}>" in rule.rule}
        with self.app.test_request_context():
            return self.app.url_map.bind("localhost").build(rule.endpoint, given)


@pytest.fixture
def lending(house):
    with house.step() as step:
        read = read_files({name: content.encode() for name, content in FILES.items()}, "small_loans")
        deployments.deploy(step, read, "root")
        add_person(step.session, step.now, "far", PASSWORD, roles=["clerk", "officer", "manager"], unit="other branch")
    return house


@pytest.fixture
def everywhere(app, lending, settings):
    """A case of the root unit with a file, a remark and open steps, and every address."""
    with lending.step() as step:
        li = actors.load(step.session, "li")
        case = cases.start(step, "small_loan", li, {"customer_name": WORDS, "amount": 5})
        file = attachments.attach(step, FileStore(settings.data_dir), case.id, li, "a.txt", WORDS.encode())
        comments.add(step, case.id, li, WORDS)
        [task] = step.session.scalars(task_lists.filtered(task_lists.all_tasks(), instance_id=case.id))
        ids = {"instance_id": case.id, "task_id": task.id, "attachment_id": file.id, "process": "small_loan"}
    return Everywhere(
        app, {**ids, "incident_id": 1, "name": "review.bpmn", "filename": "icons.svg", "key": "small_loan"}
    )


def test_strangers_get_nothing_but_what_is_public(everywhere, app):
    for method, rule in everywhere.all():
        if (method, rule.rule) in PUBLIC:
            continue
        app.config["WTF_CSRF_ENABLED"] = False
        answer = app.test_client().open(everywhere.address(rule), method=method)
        to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in")
        assert to_sign_in or answer.status_code == 401, (method, rule.rule, answer.status_code)
        assert WORDS not in answer.text


def test_no_page_changes_anything_without_its_token(everywhere, app, lending):
    visitor = Visitor(app)
    visitor.enter(lending, "root")
    for method, rule in everywhere.all():
        if method != "GET" and not rule.rule.startswith("/api/"):
            answer = visitor.client.open(everywhere.address(rule), method=method)
            assert answer.status_code == 400, (method, rule.rule, answer.status_code)


def test_of_a_case_of_another_unit_nothing_exists(everywhere, app, lending):
    """Every page and call with the id of a case, a task or a file, for somebody with all roles in another branch."""
    app.config["WTF_CSRF_ENABLED"] = False
    far = Visitor(app)
    far.enter(lending, "far")
    client = signed_in(lending, app, "far")
    asked = 0
    for method, rule in everywhere.all():
        if not rule.arguments & OF_ONE_CASE or "external-tasks" in rule.rule:
            continue
        address = everywhere.address(rule)
        if rule.rule.startswith("/api/"):
            path, body = address.removeprefix("/api/v1"), SENT.get(address.rpartition("/")[2])
            answers = [client.get(path) if method == "GET" else client.post(path, body)]
        else:
            fields = {"file": (io.BytesIO(b"%PDF-1"), "a.pdf"), "to": "li", "reason": "because", "text": "x"}
            sent = [{"json": SENT}] if address.endswith("/draft") else [{"data": fields}, {"json": SENT}]
            answers = [far.client.open(address, method=method, **body) for body in sent]
        for answer in answers:
            assert answer.status_code == 404, (method, rule.rule, answer.status_code)
            assert WORDS not in answer.text
            asked += 1
    assert asked > 25


@pytest.mark.parametrize("name", ["far", "nobody", "designer", "robot"])
def test_no_list_or_search_shows_a_case_of_another_unit(everywhere, app, lending, name):
    """Whatever of them has no id of a case in it: lists, searches, notices, the inbox, for people who have no part."""
    visitor, client = Visitor(app), signed_in(lending, app, name)
    visitor.enter(lending, name)
    for method, rule in everywhere.all():
        if method == "GET" and not rule.arguments & OF_ONE_CASE:
            address = everywhere.address(rule)
            query = {"q": WORDS, "search": WORDS, "role": "clerk", "state": "open"}
            for with_query in ({}, query):
                if rule.rule.startswith("/api/v1"):
                    answer = client.get(address.removeprefix("/api/v1"), **with_query)
                else:
                    answer = visitor.client.get(address, query_string=with_query)
                assert str(everywhere.ids["instance_id"]).encode() not in answer.get_data(), (rule.rule, with_query)
                answer.close()


@pytest.mark.parametrize("name", ["li", "wang", "qian", "audit", "robot", "nobody"])
def test_the_designers_pages_are_for_designers(everywhere, app, lending, name):
    app.config["WTF_CSRF_ENABLED"] = False
    visitor = Visitor(app)
    visitor.enter(lending, name)
    asked = 0
    for method, rule in everywhere.all():
        if rule.rule.startswith("/designer/"):
            answer = visitor.client.open(everywhere.address(rule), method=method)
            assert answer.status_code == 403, (method, rule.rule, answer.status_code)
            asked += 1
    assert asked > 10


NEED = {
    "/deployments": {"admin", "designer"},
    "/messages": {"admin", "integration"},
    "/external-tasks/fetch": {"integration"},
    "/external-tasks/{id}/complete": {"integration"},
    "/external-tasks/{id}/failure": {"integration"},
    "/external-tasks/{id}/bpmn-error": {"integration"},
    "/incidents/1/retry": {"admin"},
    "/instances/{case}/cancel": {"admin"},
}
BODIES = {"message": "m", "name": "n", "worker": "w", "topics": ["t"], "code": "c", "reason": "r"}


@pytest.mark.parametrize("path", NEED)
@pytest.mark.parametrize(
    ("name", "role"),
    [("li", "clerk"), ("audit", "auditor"), ("designer", "designer"), ("robot", "integration"), ("root", "admin")],
)
def test_calls_of_administrators_and_programs_ask_for_their_role(everywhere, app, lending, path, name, role):
    address = path.format(id=uuid.uuid4(), case=everywhere.ids["instance_id"])
    wanted = {"fetch": ("worker", "topics"), "failure": ("message",), "bpmn-error": ("code",), "messages": ("name",),
              "cancel": ("reason",)}  # fmt: skip
    body = {key: BODIES[key] for key in wanted.get(path.rpartition("/")[2], ())}
    client = signed_in(lending, app, name)
    if path == "/deployments":
        answer = client.post(address, data={"package": (io.BytesIO(b"no zip"), "p.zip")})
    else:
        answer = client.post(address, body)
    if role in NEED[path]:
        assert answer.status_code not in (401, 403)
    else:
        assert answer.status_code in (403, 404), answer.text


def test_somebody_who_loses_a_role_loses_it_at_once(everywhere, app, lending):
    """Sessions and tokens name a person; what the person may do is read anew each time."""
    from models.queries.people import revoke_role

    client, task = signed_in(lending, app, "li"), everywhere.ids["task_id"]
    assert client.post(f"/tasks/{task}/claim").status_code == 200
    with lending.step() as step:
        revoke_role(step.session, "li", "clerk")
        tasks.release(step, task, actors.load(step.session, "root"))
    answer = client.post(f"/tasks/{task}/claim")
    assert (answer.status_code, answer.json["rule"]) == (403, "not_a_candidate")
