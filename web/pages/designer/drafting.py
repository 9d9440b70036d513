"""What the designer's pages share: the draft that is asked for, its titles, and the words for what went wrong."""

from __future__ import annotations

from flask import request
from flask_babel import gettext

from engine.errors import Conflict, EngineError, Invalid
from engine.packages import PackageError
from engine.packages.manifest import FILE as MANIFEST
from engine.packages.manifest import read_manifest
from engine.service import drafts
from engine.service.drafts import ChangedMeanwhile, Draft
from web.context import reading
from web.language import language

KINDS = ("diagrams", "decisions", "forms", "scenarios", "settings")
"""Kinds of files, in the order in which they are listed."""


def draft_of(key: str) -> Draft:
    """The draft of a package as it stands. Raises `NotFound`."""
    return drafts.read(reading(), key)


def unsaved(draft: Draft) -> dict[str, bytes]:
    """The files of the draft, with what the browser sent in place of what is saved: parts `files`, by their names.

    Raises `Invalid` for hostile ones.
    """
    files = draft.contents
    for part in request.files.getlist("files"):
        name, content = part.filename or "", part.stream.read()
        drafts.refuse_hostile(name, content)
        files[name] = content
    return files


def title_of(manifest: bytes | None, key: str) -> str:
    """The package's title in the language of the page, else in any, else its name."""
    titles = {} if manifest is None else read_manifest(manifest)[0].title
    return titles.get(language()) or titles.get("zh") or next(iter(titles.values()), key)


def draft_title(draft: Draft) -> str:
    """The title that the draft has now."""
    return title_of(draft.contents.get(MANIFEST), draft.key)


def kind_of(name: str) -> str:
    """Which kind of file a name in a package stands for."""
    if name.startswith("scenarios/"):
        return "scenarios"
    return {"bpmn": "diagrams", "dmn": "decisions", "form": "forms"}.get(name.rpartition(".")[2], "settings")


def words_of(error: EngineError | PackageError) -> str:
    """What went wrong, in the language of the page; the file and the particulars as the engine names them."""
    if isinstance(error, ChangedMeanwhile):
        change = error.file.change
        if change is None:
            return gettext("%(file)s 刚被发布改动，请对照后再存。", file=error.file.name)
        return gettext("%(file)s 已由 %(who)s 改动，请对照后再存。", file=error.file.name, who=change.by)
    if isinstance(error, Conflict):
        return gettext("别人刚改了这个流程包，请看过最新的草稿再做。")
    if isinstance(error, PackageError):
        return gettext("读不了这个流程包：%(why)s", why=str(error))
    if isinstance(error, Invalid):
        return _refusal_words(error)
    return str(error)


def _refusal_words(error: Invalid) -> str:
    said = {
        ("name", "place"): gettext("文件名不对：流程图 .bpmn、决策表 .dmn、forms/名称.form、scenarios/名称.yaml。"),
        ("content", "size"): gettext("文件过大，一个文件最多 5 MB。"),
        ("content", "total"): gettext("流程包过大，合计最多 20 MB。"),
        ("content", "files"): gettext("文件过多，一个流程包最多 500 个。"),
    }
    known = next((said[item] for item in error.errors.items() if item in said), None)
    return known or gettext("不能保存：%(why)s", why=str(error))
