"""Trying a draft: its scenarios run on a throw-away database, and the browser hears of each as it ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, current_app, stream_with_context
from flask_babel import gettext

from engine.bpmn.reading import read_diagrams
from engine.packages import read_files
from engine.scenario import ScenarioError, read_scenario
from engine.values import dumps
from web.context import end_reading, house, settings
from web.pages.designer import trial_process
from web.pages.designer.base import blueprint
from web.pages.designer.drafting import draft_of, unsaved
from web.security.bodies import takes_files


@blueprint.post("/<package>/trial")
@takes_files
def trial(package: str) -> Response:
    """Runs the scenarios; an answer of JSON lines: `total`, each `scenario`, then `coverage`, or an `error` in words.

    Parts `files` of a multipart body stand in for the saved files of their names. Whoever hangs up stops the trial.
    """
    draft = draft_of(package)
    files = unsaved(draft)
    # A trial lasts: nothing of the database is held meanwhile.
    end_reading()
    words = {
        "busy": gettext("已有两批场景在跑，请稍后再试。"),
        "long": gettext("场景超过 %(n)s 秒没有跑完，已停止。可能有没有尽头的循环。", n=trial_process.SECONDS),
        "none": gettext("流程包还没有场景。"),
        "broken": gettext("跑不了："),
    }
    lines = _lines(files, package, settings().timezone, words)
    answer = current_app.response_class(stream_with_context(lines), mimetype="application/x-ndjson")
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _lines(files: Mapping[str, bytes], key: str, zone: str, words: Mapping[str, str]) -> Iterator[str]:
    broken = _broken(files)
    names = [name for name in files if name.startswith("scenarios/")]
    yield _line({"total": len(names)})
    for name, why in broken.items():
        yield _line({"scenario": {"file": name, "name": name, "ok": False, "failure": why}})
    if not set(names) - broken.keys():
        yield _line({"error": words["none"]} if not names else {})
        return
    readable = {name: content for name, content in files.items() if name not in broken}
    try:
        for told in trial_process.run(readable, key, zone):
            yield "\n" if told is None else _line(_shown(told, readable, key))
    except trial_process.Busy:
        yield _line({"error": words["busy"]})
    except trial_process.TooLong:
        yield _line({"error": words["long"]})
    except trial_process.Broken as error:
        yield _line({"error": words["broken"] + str(error)})


def _broken(files: Mapping[str, bytes]) -> dict[str, str]:
    """Scenarios that cannot be read, and why: they must not keep the others from being tried."""
    found = {}
    for name, content in files.items():
        if name.startswith("scenarios/"):
            try:
                read_scenario(content, name, house().calendar.zone)
            except ScenarioError as error:
                found[name] = str(error)
    return found


def _shown(told: Mapping[str, Any], files: Mapping[str, bytes], key: str) -> dict[str, Any]:
    if "coverage" in told:
        elements = told["coverage"]["elements"]
        return {"coverage": {"visited": len(elements["visited"]), "missed": _named(elements["missed"], files, key)}}
    # The process saw the file in a folder of its own.
    return {"scenario": {**told, "file": "scenarios/" + told["file"].split("/scenarios/", 1)[1]}}


def _named(missed: list[str], files: Mapping[str, bytes], key: str) -> list[dict[str, Any]]:
    """The elements with their names and files, so that people know what to write a scenario for."""
    processes = read_diagrams(read_files(files, key)).processes.values()
    elements = {element.id: element for process in processes for element in process.elements.values()}
    found = [elements[id] for id in missed if id in elements]
    return [{"id": element.id, "name": element.name, "file": element.file} for element in found]


def _line(document: Mapping[str, Any]) -> str:
    return dumps(dict(document)) + "\n"
