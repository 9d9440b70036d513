"""Scenarios of a draft run in a process of their own, bounded, and report as they go."""

import io
import json
import time

import pytest

from tests.web.designer.conftest import PACKAGE
from web.pages.designer import trial_process
from web.pages.designer.starter import new_package

GOOD = """name: 审查通过
process: review
start_at: 2026-03-02T09:00:00+08:00
people: {li: [clerk], wang: [officer]}
start: {as: li, variables: {amount: 1}}
steps:
  - {complete: prepare, as: li}
  - {complete: approve, as: wang}
expect: {state: completed}
"""
BAD = GOOD.replace("审查通过", "自己审查自己").replace("approve, as: wang", "approve, as: li")


@pytest.fixture
def office(app):
    with app.test_request_context():
        return new_package("office", "办公")


def lines(answer):
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.text.splitlines() if line]


def test_results_failures_and_coverage_are_told(designer):
    designer.save("scenarios/good.yaml", GOOD, "")
    designer.save("scenarios/bad.yaml", BAD, "")
    designer.save("scenarios/none.yaml", "name: x\nsteps: 3\n", "")
    told = lines(designer.post(f"{PACKAGE}/trial"))
    assert told[0] == {"total": 3}
    results = {line["scenario"]["file"]: line["scenario"] for line in told if "scenario" in line}
    assert results["scenarios/good.yaml"] == {
        "file": "scenarios/good.yaml", "name": "审查通过", "ok": True, "failure": None,
    }  # fmt: skip
    assert "step 2 (complete): refused by" in results["scenarios/bad.yaml"]["failure"]
    assert results["scenarios/none.yaml"]["ok"] is False
    coverage = told[-1]["coverage"]
    assert coverage["visited"] == 4
    assert {"id": "sign", "name": "sign", "file": "limited.bpmn"} in coverage["missed"]


def test_unsaved_work_is_tried_and_not_stored(designer, monkeypatch):
    tried = {}
    monkeypatch.setattr(trial_process, "run", lambda files, *_: tried.update(files) or iter([]))
    designer.save("scenarios/good.yaml", GOOD, "")
    designer.post(f"{PACKAGE}/trial", {"files": (io.BytesIO(BAD.encode()), "scenarios/good.yaml")}).get_data()
    assert tried["scenarios/good.yaml"].decode() == BAD
    assert designer.facts("scenarios/good.yaml")["text"] == GOOD


def test_a_package_without_scenarios_says_so(designer):
    assert lines(designer.post(f"{PACKAGE}/trial"))[-1] == {"error": "流程包还没有场景。"}


def test_a_package_that_cannot_be_read_says_why():
    with pytest.raises(trial_process.Broken, match=r"\.bpmn"):
        list(trial_process.run({"scenarios/a.yaml": GOOD.encode()}, "office", "Asia/Shanghai"))


def test_what_takes_too_long_is_stopped(office):
    with pytest.raises(trial_process.TooLong):
        list(trial_process.run(office, "office", "Asia/Shanghai", seconds=-1))


def test_whoever_hangs_up_stops_the_process(office, monkeypatch):
    children = []
    popen = trial_process.subprocess.Popen

    def started(*args, **kwargs):
        children.append(popen(*args, **kwargs))
        return children[-1]

    monkeypatch.setattr(trial_process.subprocess, "Popen", started)
    monkeypatch.setattr(trial_process, "_HEARTBEAT_SECONDS", 0.01)
    running = trial_process.run(office, "office", "Asia/Shanghai")
    assert next(running) is None
    assert children[0].poll() is None
    before = time.monotonic()
    running.close()
    assert children[0].poll() is not None
    assert time.monotonic() - before < 5


def test_only_so_many_run_at_once(office, monkeypatch):
    monkeypatch.setattr(trial_process, "_HEARTBEAT_SECONDS", 0.01)
    running = [trial_process.run(office, "office", "Asia/Shanghai") for _ in range(trial_process.AT_ONCE)]
    for one in running:
        next(one)
    with pytest.raises(trial_process.Busy):
        next(trial_process.run(office, "office", "Asia/Shanghai"))
    for one in running:
        one.close()
    again = trial_process.run(office, "office", "Asia/Shanghai")
    assert next(again) is None
    again.close()


def test_secrets_do_not_go_along(office, monkeypatch):
    given = {}
    popen = trial_process.subprocess.Popen

    def started(*args, **kwargs):
        given.update(kwargs["env"])
        return popen(*args, **kwargs)

    monkeypatch.setenv("LOANFLOW_SECRET_KEY", "secret")
    monkeypatch.setattr(trial_process.subprocess, "Popen", started)
    running = trial_process.run(office, "office", "Asia/Shanghai")
    next(running)
    running.close()
    assert given.keys() == {"PATH", "LANG", "LOANFLOW_TIMEZONE"}
