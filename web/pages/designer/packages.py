"""Packages as a whole: the list, a new one, an upload, an export, one package with its files and deployments, giving
changes up, and deploying."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import structlog
from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from engine.errors import CheckFailed, Conflict, EngineError, Invalid
from engine.packages import PackageError, read_zip
from engine.packages.manifest import FILE as MANIFEST
from engine.service import deployments, drafts
from engine.service.drafts import Draft
from models.queries.packages import current_definitions, deployments_of, packages
from models.queries.staff import titles_of
from web.api.rights import deployers, require_role
from web.context import actor, person, reading, step
from web.pages.designer import starter
from web.pages.designer.base import blueprint
from web.pages.designer.checking import shown
from web.pages.designer.drafting import KINDS, draft_of, draft_title, kind_of, title_of, words_of
from web.pages.designer.texts import headline
from web.security.bodies import takes_files

_DEPLOYMENTS_SHOWN = 10
_log = structlog.get_logger(__name__)


@blueprint.get("/")
def index() -> str:
    """All packages: what is deployed, and what is being changed by whom."""
    return _index()


@blueprint.post("/new")
def create() -> ResponseReturnValue:
    """Begins a package with one step, its form and its scenario."""
    key, title = request.form.get("key", "").strip(), request.form.get("title", "").strip()
    errors = {}
    if not starter.KEY.fullmatch(key):
        errors["key"] = gettext("用小写字母开头，只含小写字母、数字和下划线，2 至 64 个字符。")
    if not 0 < len(title) <= 100 or not title.isprintable():
        errors["title"] = gettext("请写名称，最多 100 个字。")
    if not errors:
        try:
            with step() as s:
                drafts.create(s, key, starter.new_package(key, title), person().name)
        except Conflict:
            errors["key"] = gettext("已有这个名称的流程包。")
    if errors:
        return _index(dialog_open="new", errors=errors), 422
    flash(gettext("已新建“%(title)s”的草稿。", title=title), "ok")
    return redirect(url_for("designer.edit", package=key, name=f"{key}.bpmn"))


@blueprint.post("/upload")
@takes_files
def upload() -> ResponseReturnValue:
    """Takes a zip as the draft of its package."""
    given = request.files.get("package")
    if given is None or not given.filename:
        return _index(dialog_open="upload", errors={"package": gettext("请选择一个 zip 文件。")}), 422
    try:
        package = read_zip(given.stream.read(), request.form.get("key", "").strip() or None)
        if not _addressable(package.key):
            return _index(
                dialog_open="upload", errors={"key": gettext("流程包的名称不能含有 / 等符号，请另写一个。")}
            ), 422
        with step() as s:
            over = "over" in request.form
            draft = drafts.replace(s, package.key, package.files, person().name, over=over)
    except Conflict:
        words = gettext("这个流程包有还没发布的改动。要放弃它们，请勾选“替换现有草稿”。")
        return _index(dialog_open="upload", errors={"over": words}), 409
    except (PackageError, Invalid) as error:
        return _index(dialog_open="upload", errors={"package": words_of(error)}), 422
    for name in package.ignored:
        flash(gettext("没有收下 %(file)s：不属于流程包。", file=name), "warn")
    number = len(draft.changes)
    flash(ngettext("已收下，%(num)d 个文件有改动。", "已收下，%(num)d 个文件有改动。", number), "ok")
    return redirect(url_for("designer.show", package=package.key))


@blueprint.get("/<package>")
def show(package: str) -> str:
    """One package: files, changes, versions and deployments."""
    return _show(draft_of(package))


@blueprint.get("/<package>/export.zip")
def export(package: str) -> Response:
    """The draft as a zip that can be uploaded, deployed or unpacked below `bpmn/`."""
    draft = draft_of(package)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in draft.contents.items():
            # A fixed time: the same draft gives the same bytes.
            entry = zipfile.ZipInfo(f"{package}/{name}")
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    buffer.seek(0)
    return send_file(buffer, "application/zip", as_attachment=True, download_name=f"{package}.zip")


@blueprint.post("/<package>/discard")
def discard(package: str) -> ResponseReturnValue:
    """Gives up the change of the file `name`, or, without one, of all."""
    name, version = request.form.get("name", ""), request.form.get("version", "")
    draft = draft_of(package)
    with step() as s:
        if name:
            drafts.discard(s, package, name, version)
        else:
            drafts.discard_all(s, package, version)
    flash(gettext("已放弃 %(what)s 的改动。", what=name or draft_title(draft)), "ok")
    if draft.deployment is None and (not name or len(draft.changes) == 1):
        return redirect(url_for("designer.index"))
    return redirect(url_for("designer.show", package=package))


@blueprint.post("/<package>/deploy")
def deploy(package: str) -> ResponseReturnValue:
    """Deploys the draft as it was looked at; refused with the findings when there are errors."""
    require_role(actor(), *deployers())
    try:
        with step() as s:
            deployment = drafts.deploy(s, package, request.form.get("version", ""), person().name)
            made = [(item.key, item.version) for item in deployments.definitions_of(s, deployment)]
    except CheckFailed as error:
        return _show(draft_of(package), findings=[shown(finding) for finding in error.findings]), 422
    except (Conflict, PackageError) as error:
        return _show(draft_of(package), refusal=_deploy_words(error)), 409 if isinstance(error, Conflict) else 422
    _log.info("package deployed", package=package, deployment=deployment.id, by=person().name)
    versions = gettext("、").join(f"{key} v{version}" for key, version in made)
    flash(gettext("已发布：%(versions)s。在办的案件仍按原来的版本。", versions=versions), "ok")
    return redirect(url_for("designer.show", package=package))


def _deploy_words(error: EngineError | PackageError) -> str:
    if isinstance(error, Conflict) and "belongs to" in str(error):
        return gettext("流程标识已被另一个流程包使用：%(why)s", why=str(error))
    return words_of(error)


def _addressable(key: str) -> bool:
    return 0 < len(key) <= 128 and key.isprintable() and not set(key) & set("/\\?#%") and key not in (".", "..")


def _index(**said: Any) -> str:
    rows = packages(reading(), MANIFEST)
    who = {name for row in rows for name in (*row.changed_by, row.deployment and row.deployment.deployed_by)}
    return render_template(
        "designer/index.html",
        rows=[(row, title_of(row.manifest, row.key)) for row in rows],
        people=titles_of(reading(), who),
        given=request.form,
        **said,
    )


def _show(draft: Draft, **said: Any) -> str:
    deployed = deployments_of(reading(), draft.key, _DEPLOYMENTS_SHOWN)
    who = {file.change.by for file in draft.changes if file.change is not None}
    return render_template(
        "designer/package.html",
        draft=draft,
        title=draft_title(draft),
        groups=grouped(draft),
        headlines=headlines(draft),
        processes=current_definitions(reading(), draft.key),
        deployments=deployed,
        people=titles_of(reading(), who | {item.deployed_by for item, _ in deployed}),
        **said,
    )


def headlines(draft: Draft) -> dict[str, str]:
    """What each file calls itself."""
    return {name: headline(name, content) for name, content in draft.contents.items()}


def grouped(draft: Draft) -> list[tuple[str, list[Any]]]:
    """The files by kind, those taken out of the draft among them."""
    kinds: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for file in draft.files.values():
        kinds[kind_of(file.name)].append(file)
    return [(kind, files) for kind, files in kinds.items() if files]
