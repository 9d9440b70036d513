"""Packages as a whole: listed, begun, uploaded, exported, given up, deployed."""

import io
import zipfile

import pytest
import sqlalchemy as sa

from engine.check import check
from engine.packages import read_files, read_zip
from engine.scenario import Ports, read_scenario, run_scenario
from engine.service import deployments
from lending.calendar import WorkingCalendar
from models.definitions import Definition, Deployment, PackageDraft
from tests.web.designer.conftest import PACKAGE
from tests.web.packages import REVIEW, as_zip


def uploaded(content, **fields):
    return {"package": (io.BytesIO(content), "package.zip"), **fields}


def versions(house, key):
    with house.sessions.reading() as session:
        return session.scalars(sa.select(Definition.version).where(Definition.key == key)).all()


def drafted(house):
    with house.sessions.reading() as session:
        return sorted(session.scalars(sa.select(PackageDraft.name)))


def test_the_list_shows_versions_and_who_is_changing_what(as_designer, designer):
    designer.rename("改过")
    page = as_designer("root").get("").text
    assert "审查" in page
    assert '<code class="mono small">review</code> v1' in page
    assert "1 处改动" in page
    assert "designer" in page


def test_a_new_package_passes_the_check_and_its_scenario(designer, house):
    answer = designer.post("new", {"key": "office_supplies", "title": "办公用品 <b>采购</b>"})
    assert answer.location == "/designer/office_supplies/edit/office_supplies.bpmn"
    package = read_zip(designer.get("office_supplies/export.zip").data)
    assert package.key == "office_supplies"
    assert [finding for finding in check(package, {}) if finding.rule != "missing-translation"] == []
    assert package.manifest.title["zh"] == "办公用品 <b>采购</b>"
    [(name, content)] = package.scenarios.items()
    calendar = WorkingCalendar("Asia/Shanghai")
    result = run_scenario(read_scenario(content, name, calendar.zone), package, Ports(calendar, {}))
    assert (result.failure, result.visited) == (None, {"requested", "approve", "done"})
    assert "&lt;b&gt;采购&lt;/b&gt;" in designer.get("").text


@pytest.mark.parametrize(
    ("key", "title"), [("../etc", "x"), ("Großes", "x"), ("", "x"), ("a" * 65, "x"), ("good", ""), ("good", "a\nb")]
)
def test_names_that_no_package_can_have_are_refused_beside_their_field(designer, house, key, title):
    answer = designer.post("new", {"key": key, "title": title})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert drafted(house) == []


def test_a_name_that_is_taken_is_refused(designer):
    assert designer.post("new", {"key": PACKAGE, "title": "x"}).status_code == 422


def test_an_upload_becomes_a_draft_and_what_it_lacks_is_removed(designer, house):
    files = {**REVIEW, "extra.bpmn": REVIEW["limited.bpmn"].replace('"limited"', '"extra"')}
    del files["sealed.bpmn"]
    answer = designer.post("upload", uploaded(as_zip(files)))
    assert answer.location == f"/designer/{PACKAGE}"
    assert drafted(house) == ["extra.bpmn", "sealed.bpmn"]
    page = designer.get(PACKAGE).text
    assert "新增" in page
    assert "删去" in page


def test_an_upload_over_changes_must_be_meant(designer, house):
    designer.rename("改过")
    content = as_zip({**REVIEW, "package.yaml": REVIEW["package.yaml"] + "# more\n"})
    refused = designer.post("upload", uploaded(content))
    assert refused.status_code == 409
    assert "替换现有草稿" in refused.text
    assert drafted(house) == ["review.bpmn"]
    assert designer.post("upload", uploaded(content, over="1")).status_code == 302
    assert drafted(house) == ["package.yaml"]


def test_an_export_is_the_draft_and_can_be_uploaded_again(designer, house, review):
    designer.rename("改过")
    content = designer.get(f"{PACKAGE}/export.zip").data
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = {name: archive.read(name) for name in archive.namelist()}
    assert names.keys() == {f"{PACKAGE}/{name}" for name in review}
    assert "改过" in names[f"{PACKAGE}/review.bpmn"].decode()
    assert content == designer.get(f"{PACKAGE}/export.zip").data


def test_a_change_can_be_given_up_by_whoever_has_seen_it(designer, house):
    seen = designer.rename("改过")
    assert designer.post(f"{PACKAGE}/discard", {"name": "review.bpmn", "version": "0" * 64}).status_code == 409
    assert designer.post(f"{PACKAGE}/discard", {"name": "review.bpmn", "version": seen["version"]}).status_code == 302
    assert drafted(house) == []
    assert "改过" not in designer.facts("review.bpmn")["text"]


def test_giving_up_a_package_that_was_never_deployed_leaves_nothing(designer, house):
    designer.post("new", {"key": "office", "title": "办公"})
    version = designer.facts("office.bpmn", "office")["draftVersion"]
    assert designer.post("office/discard", {"version": version}).location == "/designer/"
    assert drafted(house) == []
    assert designer.get("office").status_code == 404


class TestDeploying:
    def test_makes_new_versions_says_who_and_empties_the_draft(self, designer, house):
        seen = designer.rename("准备资料")
        answer = designer.post(f"{PACKAGE}/deploy", {"version": seen["draft_version"]}, follow_redirects=True)
        assert "已发布：" in answer.text
        assert "review v2" in answer.text
        assert versions(house, "review") == [1, 2]
        assert drafted(house) == []
        with house.sessions.reading() as session:
            last = session.scalars(sa.select(Deployment).order_by(Deployment.id.desc())).first()
        assert last.deployed_by == "designer"
        assert last.deployed_at == house.clock.now()
        assert "准备资料" in designer.facts("review.bpmn")["text"]

    def test_is_refused_with_the_findings_when_there_are_errors(self, designer, house):
        seen = designer.facts("review.bpmn")
        broken = seen["text"].replace('camunda:candidateGroups="clerk"', 'camunda:candidateGroups="ghost"')
        saved = designer.save("review.bpmn", broken, seen["version"]).json
        answer = designer.post(f"{PACKAGE}/deploy", {"version": saved["draft_version"]})
        assert answer.status_code == 422
        assert "unknown-role" in answer.text
        assert "这个岗位不在 package.yaml 里" in answer.text
        assert versions(house, "review") == [1]
        assert drafted(house) == ["review.bpmn"]

    def test_is_refused_when_somebody_changed_the_draft_meanwhile(self, designer, as_designer, house):
        seen = designer.rename("我的")
        as_designer("root").save("scenarios/more.yaml", b"name: x", "")
        answer = designer.post(f"{PACKAGE}/deploy", {"version": seen["draft_version"]})
        assert answer.status_code == 409
        assert versions(house, "review") == [1]

    def test_cannot_take_a_process_of_another_package(self, designer, house):
        stolen = {"package.yaml": REVIEW["package.yaml"], "review.bpmn": REVIEW["review.bpmn"]}
        designer.post("upload", uploaded(as_zip(stolen, "thief")))
        version = designer.facts("review.bpmn", "thief")["draftVersion"]
        answer = designer.post("thief/deploy", {"version": version})
        assert answer.status_code == 409
        assert "review_package" in answer.text

    def test_keeps_scenarios_that_alone_were_changed_without_a_new_version(self, designer, house):
        name = "scenarios/one.yaml"
        saved = designer.save(name, b"name: x\n", "").json
        assert designer.post(f"{PACKAGE}/deploy", {"version": saved["draft_version"]}).status_code == 302
        assert versions(house, "review") == [1]
        assert drafted(house) == []
        assert designer.facts(name)["text"] == "name: x\n"

    def test_after_another_deployment_the_draft_says_so(self, designer, house):
        designer.rename("改过")
        house.clock.forward(hours=1)
        files = {name: content.encode() for name, content in REVIEW.items()}
        files["limited.bpmn"] = files["limited.bpmn"].replace(b'name="sign"', b'name="seal"')
        with house.step() as step:
            deployments.deploy(step, read_files(files, PACKAGE), "root")
        assert "其后又发布过" in designer.get(PACKAGE).text
        assert "又发布过" in designer.get(f"{PACKAGE}/changes").text


def test_the_pages_speak_english_too(as_designer):
    page = as_designer(language="en").get(PACKAGE).text
    assert "Deployments" in page
    assert "Diagrams" in page or "Diagram" in page
