"""Deploying over REST, and what is deployed."""

import io

import pytest

from tests.web.packages import MANIFEST, REVIEW, as_zip, process, user_task

SMALL = {"package.yaml": MANIFEST, "small.bpmn": process("small", user_task("do", "clerk"))}


def upload(client, data, **kwargs):
    return client.post("/deployments", data=data, content_type="multipart/form-data", **kwargs)


def zipped(files, name="small"):
    return {"package": (io.BytesIO(as_zip(files, name)), f"{name}.zip")}


def test_a_zip_is_deployed_and_the_same_content_not_again(as_):
    first = upload(as_("designer"), zipped(SMALL))
    assert first.status_code == 201, first.text
    assert first.json["definitions"] == [{"key": "small", "version": 1}]
    again = upload(as_("root"), zipped({**SMALL, "scenarios/a.yaml": "name: x"}))
    assert again.json == first.json
    changed = {**SMALL, "small.bpmn": process("small", user_task("do_it", "clerk"))}
    assert upload(as_("root"), zipped(changed)).json["definitions"] == [{"key": "small", "version": 2}]


def test_single_files_are_a_package_too(as_):
    files = [(io.BytesIO(content.encode()), name) for name, content in SMALL.items()]
    answer = upload(as_("designer"), {"files": files, "key": "small"})
    assert (answer.status_code, answer.json["definitions"]) == (201, [{"key": "small", "version": 1}])


def test_another_key_is_another_body(as_):
    def send(key):
        files = [(io.BytesIO(content.encode()), name) for name, content in SMALL.items()]
        return upload(as_("designer"), {"files": files, "key": key}, headers={"Idempotency-Key": "k"}).status_code

    assert [send("small"), send("small"), send("large")] == [201, 201, 422]


@pytest.mark.parametrize("who", ["li", "audit", "robot", "nobody"])
def test_deploying_needs_a_role(as_, who):
    assert upload(as_(who), zipped(SMALL)).status_code == 403


def test_errors_are_answered_with_findings(as_):
    broken = {**SMALL, "small.bpmn": process("small", user_task("do", "stranger"))}
    answer = upload(as_("designer"), zipped(broken))
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    errors = [finding for finding in answer.json["findings"] if finding["level"] == "error"]
    assert [(error["element"], error["file"]) for error in errors] == [("do", "small.bpmn")]
    assert as_("li").get("/definitions/small").status_code == 404


def test_what_leads_out_of_a_package_is_a_finding_too(as_):
    answer = upload(as_("designer"), zipped({**SMALL, "../../escaped.bpmn": "x"}))
    [finding] = answer.json["findings"]
    assert (answer.status_code, finding["rule"], finding["level"]) == (422, "package", "error")
    assert "escaped.bpmn" in finding["file"]


@pytest.mark.parametrize(
    "data",
    [
        {"package": (io.BytesIO(b"no zip"), "x.zip")},
        {"package": (io.BytesIO(as_zip({"readme.md": "nothing"})), "x.zip")},
        {"other": (io.BytesIO(b"x"), "x.bpmn")},
        {},
    ],
)
def test_what_is_no_package_is_422(as_, data):
    assert upload(as_("designer"), data).status_code == 422


def test_the_body_must_be_multipart(as_):
    assert as_("designer").post("/deployments", {"package": "x"}).status_code == 415


def test_entities_in_uploaded_xml_are_refused(as_):
    evil = SMALL["small.bpmn"].replace(
        "<bpmn:definitions", '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><bpmn:definitions', 1
    )
    answer = upload(as_("designer"), zipped({**SMALL, "small.bpmn": evil.replace('name="do"', 'name="&x;"')}))
    assert answer.status_code == 422
    assert "root:" not in answer.text


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "application/json"])
def test_too_much_is_413(as_, content_type):
    path = "/deployments" if "form" in content_type else "/messages"
    answer = as_("root").post(path, data=b"0" * (2**20 + 1), content_type=content_type)
    assert (answer.status_code, answer.content_type) == (413, "application/problem+json")


def test_what_is_deployed(as_):
    keys = [item["key"] for item in as_("nobody").get("/definitions").json["items"]]
    assert sorted(keys) == sorted(name.split(".")[0] for name in REVIEW if name.endswith(".bpmn"))
    review = as_("nobody").get("/definitions/review").json
    assert (review["version"], review["package"]) == (1, "review_package")
    assert as_("nobody").get("/definitions/review", version=1).json == review
    assert as_("nobody").get("/definitions/review", version=2).status_code == 404
    assert as_("nobody").get("/definitions/review", version="x").status_code == 400
    xml = as_("nobody").get("/definitions/review/xml")
    assert (xml.content_type.split(";")[0], xml.text) == ("application/xml", REVIEW["review.bpmn"])
    assert as_("nobody").get("/definitions/unknown/xml").status_code == 404
