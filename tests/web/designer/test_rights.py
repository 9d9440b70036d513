"""The designer's pages are for designers and administrators, and writing needs the anti-forgery token."""

import dataclasses
import io

import pytest

from tests.web.conftest import signed_in
from tests.web.designer.conftest import PACKAGE, Designer
from tests.web.packages import REVIEW, as_zip
from web.app import create_app

READING = ["", PACKAGE, f"{PACKAGE}/export.zip", f"{PACKAGE}/edit/review.bpmn", f"{PACKAGE}/changes"]
POSTING = ["new", "upload"] + [
    f"{PACKAGE}/{path}" for path in ("discard", "deploy", "files", "remove", "check", "trial", "compare/review.bpmn")
]


@pytest.mark.parametrize("name", ["designer", "root"])
@pytest.mark.parametrize("path", READING)
def test_designers_and_administrators_may_look(as_designer, name, path):
    assert as_designer(name).get(path).status_code == 200


@pytest.mark.parametrize("name", ["li", "audit", "nobody"])
def test_everybody_else_is_refused_on_every_address(as_designer, name):
    stranger = as_designer(name)
    answers = [stranger.get(path) for path in READING] + [stranger.post(path) for path in POSTING]
    answers.append(stranger.save("review.bpmn", b"<x/>", ""))
    assert {answer.status_code for answer in answers} == {403}
    assert "这里不归您的岗位" in answers[0].text


def test_strangers_are_sent_to_sign_in(app):
    answer = app.test_client().get(f"/designer/{PACKAGE}")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")


@pytest.mark.parametrize("path", POSTING)
def test_nothing_is_written_without_the_token(designer, path):
    designer.token = ""
    assert designer.post(path).status_code == 400


def test_nothing_is_saved_without_the_token(designer):
    seen = designer.facts("review.bpmn")
    designer.token = ""
    assert designer.save("review.bpmn", seen["text"], seen["version"]).status_code == 400
    assert designer.facts("review.bpmn")["version"] == seen["version"]


def test_the_navigation_leads_designers_here(as_designer):
    assert 'href="/designer/"' in as_designer("designer").client.get("/password").text
    assert 'href="/designer/"' not in as_designer("li").client.get("/password").text


def test_a_house_may_leave_deploying_to_administrators(house, settings):
    """Whoever deploys a process decides who may do what in it, and which money moves: two people may be wanted."""
    app = create_app(house, dataclasses.replace(settings, designers_deploy=False))
    drafter, chief = (Designer(app, house, name) for name in ("designer", "root"))
    version = drafter.rename("改名")["draft_version"]
    assert 'data-dialog="deploy"' not in drafter.get(PACKAGE).text
    assert 'data-dialog="deploy"' in chief.get(PACKAGE).text
    package = (io.BytesIO(as_zip(REVIEW)), "p.zip")
    assert signed_in(house, app, "designer").post("/deployments", data={"package": package}).status_code == 403
    assert drafter.post(f"{PACKAGE}/deploy", {"version": version}).status_code == 403
    assert chief.post(f"{PACKAGE}/deploy", {"version": version}).status_code == 302
