"""One file: opened, saved under the version that was seen, added, removed, compared."""

import io

import pytest

from tests.web.designer.conftest import PACKAGE, TASK


def test_the_editor_gets_the_file_as_it_is(designer, review):
    seen = designer.facts("review.bpmn")
    assert seen["text"].encode() == review["review.bpmn"]
    assert seen["kind"] == "diagrams"
    assert seen["urls"]["save"] == f"/designer/{PACKAGE}/files/review.bpmn"


def test_the_editor_knows_the_steps_of_all_diagrams(designer, review):
    assert "prepare" in designer.facts("package.yaml")["steps"]


@pytest.mark.parametrize("name", ["package.yaml", "forms/opinion.form", "review.bpmn"])
def test_what_is_saved_is_there_when_it_is_opened_again(designer, as_designer, name):
    seen = designer.facts(name)
    text = seen["text"].replace("审查", "复查") + "\n"
    answer = designer.save(name, text.encode(), seen["version"]).json
    assert answer["state"] == "changed"
    again = as_designer("root").facts(name)
    assert (again["text"], again["version"]) == (text, answer["version"])


def test_what_is_saved_as_it_is_deployed_is_no_change(designer):
    before = designer.facts("review.bpmn")
    changed = designer.rename("改过")
    answer = designer.save("review.bpmn", before["text"], changed["version"]).json
    assert (answer["state"], answer["changes"]) == ("same", 0)


class TestTwoDesigners:
    def test_one_wins_and_the_other_is_told_who(self, designer, as_designer):
        other = as_designer("root")
        mine, theirs = designer.facts("review.bpmn"), other.facts("review.bpmn")
        other.save("review.bpmn", theirs["text"].replace(TASK, 'name="theirs"'), theirs["version"])
        answer = designer.save("review.bpmn", mine["text"].replace(TASK, 'name="mine"'), mine["version"])
        assert answer.status_code == 409
        assert "已由 root 改动" in answer.json["detail"]
        assert "theirs" in designer.facts("review.bpmn")["text"]
        # Having seen theirs, one may save over it.
        again = designer.save("review.bpmn", mine["text"].replace(TASK, 'name="mine"'), answer.json["version"])
        assert again.status_code == 200
        assert "mine" in other.facts("review.bpmn")["text"]

    def test_both_can_be_looked_at_side_by_side(self, designer, as_designer):
        as_designer("root").rename("他的")
        mine = designer.facts("review.bpmn")["text"].replace("他的", "<script>我的</script>".replace("<", "&lt;"))
        page = designer.post(
            f"{PACKAGE}/compare/review.bpmn", {"files": (io.BytesIO(mine.encode()), "review.bpmn")}
        ).text
        assert 'class="del"' in page
        assert "他的" in page
        assert "我的" in page
        assert "<script>" not in page

    def test_two_who_begin_the_same_file_do_not_both_win(self, designer, as_designer):
        assert designer.save("scenarios/a.yaml", b"name: a\n", "").status_code == 200
        assert as_designer("root").save("scenarios/a.yaml", b"name: b\n", "").status_code == 409

    def test_a_file_that_was_deployed_anew_is_not_overwritten_unseen(self, designer, as_designer):
        seen = designer.facts("review.bpmn")
        root = as_designer("root")
        saved = root.rename("新版")
        assert root.post(f"{PACKAGE}/deploy", {"version": saved["draft_version"]}).status_code == 302
        answer = designer.save("review.bpmn", seen["text"].replace(TASK, 'name="mine"'), seen["version"])
        assert answer.status_code == 409
        assert "刚被发布改动" in answer.json["detail"]


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("more.bpmn", "bpmn:userTask"),
        ("limits.dmn", "decisionTable"),
        ("forms/more.form", '"components"'),
        ("scenarios/two.yaml", "process: review_package"),
        ("i18n/en.yaml", "Approve"),
    ],
)
def test_a_new_file_begins_with_something_that_can_be_edited(designer, name, holds):
    answer = designer.post(f"{PACKAGE}/files", {"name": name})
    assert answer.location == f"/designer/{PACKAGE}/edit/{name}"
    assert holds in designer.facts(name)["text"]


def test_a_new_file_does_not_replace_one_that_is_there(designer):
    answer = designer.post(f"{PACKAGE}/files", {"name": "review.bpmn"}, follow_redirects=True)
    assert "已有 review.bpmn" in answer.text


def test_a_removed_file_is_gone_from_the_draft_until_the_change_is_given_up(designer):
    version = designer.facts("sealed.bpmn")["version"]
    assert designer.post(f"{PACKAGE}/remove", {"name": "sealed.bpmn", "version": version}).status_code == 302
    assert designer.get(f"{PACKAGE}/edit/sealed.bpmn").status_code == 404
    assert designer.post(f"{PACKAGE}/discard", {"name": "sealed.bpmn", "version": ""}).status_code == 302
    assert designer.get(f"{PACKAGE}/edit/sealed.bpmn").status_code == 200


class TestDifferences:
    def test_every_changed_file_shows_its_lines_before_and_after(self, designer):
        designer.rename("准备资料")
        designer.save("scenarios/a.yaml", b"name: a\n", "")
        page = designer.get(f"{PACKAGE}/changes").text
        assert "name=&#34;prepare&#34;" in page
        assert "name=&#34;准备资料&#34;" in page
        assert "scenarios/a.yaml" in page
        assert "name: a" in page

    def test_another_notation_of_the_same_diagram_is_no_difference(self, designer):
        seen = designer.facts("review.bpmn")
        text = seen["text"].replace("><bpmn:", ">\n  <bpmn:")
        text = text.replace('id="prepare" name="prepare"', 'name="prepare" id="prepare"')
        assert text != seen["text"]
        designer.save("review.bpmn", text, seen["version"])
        assert "内容没有差别" in designer.get(f"{PACKAGE}/changes").text

    def test_a_part_of_the_page_is_given_to_htmx(self, designer):
        designer.rename("改过")
        part = designer.get(f"{PACKAGE}/changes", headers={"HX-Request": "true"}).text
        assert "改过" in part
        assert "<html" not in part


def test_files_that_are_not_there_are_not_found(designer):
    assert designer.get(f"{PACKAGE}/edit/nowhere.bpmn").status_code == 404
    assert designer.get("nowhere/edit/review.bpmn").status_code == 404
    assert designer.save("review.bpmn", b"<x/>", "", package="nowhere").status_code == 404
