"""One file of a package: the page with its editor, saving, removing, new ones, and what differs."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.errors import Invalid
from engine.service import drafts
from engine.service.drafts import ABSENT, ChangedMeanwhile, Draft, DraftFile
from models.queries.packages import current_definitions
from models.queries.staff import titles_of
from web.context import house, person, reading, step
from web.pages.designer import starter
from web.pages.designer.base import blueprint
from web.pages.designer.differences import differing
from web.pages.designer.drafting import draft_of, draft_title, kind_of, unsaved, words_of
from web.pages.designer.packages import grouped, headlines
from web.pages.designer.texts import editable, lines_of
from web.pages.moments import when
from web.security.bodies import takes_files


@blueprint.get("/<package>/edit/<path:name>")
def edit(package: str, name: str) -> str:
    """The editor of one file, with findings, scenarios and changes below it."""
    draft = draft_of(package)
    file = draft.file(name)
    assert file.content is not None
    return render_template(
        "designer/edit.html",
        draft=draft,
        file=file,
        kind=kind_of(name),
        title=draft_title(draft),
        groups=grouped(draft),
        headlines=headlines(draft),
        processes=current_definitions(reading(), package),
        people=_people(draft),
        facts=_facts(draft, file),
    )


@blueprint.put("/<package>/files/<path:name>")
@takes_files
def save(package: str, name: str) -> ResponseReturnValue:
    """Saves the body as the file, for whoever has seen it at the version in `If-Match`; answers the new version.

    409 when somebody else changed it since, with who did and the version that is there now.
    """
    seen = request.headers.get("If-Match", ABSENT).strip('"')
    content = request.get_data(cache=False)
    try:
        with step() as s:
            file = drafts.save(s, package, name, content, seen, person().name)
    except ChangedMeanwhile as error:
        return {"detail": words_of(error), **_state(package, error.file)}, 409
    except Invalid as error:
        return {"detail": words_of(error)}, 422
    return _state(package, file)


@blueprint.post("/<package>/files")
def add(package: str) -> ResponseReturnValue:
    """Begins a new file of the package."""
    name = request.form.get("name", "").strip()
    try:
        with step() as s:
            drafts.save(s, package, name, starter.new_file(name, package), ABSENT, person().name)
    except ChangedMeanwhile:
        flash(gettext("已有 %(file)s。", file=name), "warn")
        return redirect(url_for("designer.show", package=package))
    except Invalid as error:
        flash(words_of(error), "warn")
        return redirect(url_for("designer.show", package=package))
    return redirect(url_for("designer.edit", package=package, name=name))


@blueprint.post("/<package>/remove")
def remove(package: str) -> ResponseReturnValue:
    """Takes a file out of the draft."""
    name = request.form.get("name", "")
    with step() as s:
        drafts.remove(s, package, name, request.form.get("version", ""), person().name)
    flash(gettext("已从草稿中删去 %(file)s。", file=name), "ok")
    return redirect(url_for("designer.show", package=package))


@blueprint.get("/<package>/changes")
def changes(package: str) -> str:
    """What differs from what is deployed, line by line, in every file that was changed."""
    draft = draft_of(package)
    fragment = "HX-Request" in request.headers
    return render_template(
        "designer/_changes.html" if fragment else "designer/changes.html",
        draft=draft,
        title=draft_title(draft),
        people=_people(draft),
        differences=[
            (file, differing(lines_of(file.name, file.before), lines_of(file.name, file.content)))
            for file in draft.changes
        ],
    )


@blueprint.post("/<package>/compare/<path:name>")
@takes_files
def compare(package: str, name: str) -> str:
    """What differs between the saved file and the one that the browser sent, as a part of a page."""
    draft = draft_of(package)
    mine = unsaved(draft).get(name)
    saved = draft.contents.get(name)
    found = differing(lines_of(name, saved), lines_of(name, mine))
    return render_template("designer/_difference.html", difference=found, name=name)


def _state(package: str, file: DraftFile) -> dict[str, Any]:
    change, draft = file.change, draft_of(package)
    return {
        "version": file.version,
        "state": file.state,
        "by": titles_of(reading(), [change.by]).get(change.by, change.by) if change else None,
        "at": when(change.at) if change else None,
        "draft_version": draft.version,
        "changes": len(draft.changes),
    }


def _people(draft: Draft) -> dict[str, str]:
    return titles_of(reading(), [file.change.by for file in draft.changes if file.change is not None])


def _facts(draft: Draft, file: DraftFile) -> dict[str, Any]:
    """What the scripts of the editor need; the texts that they show come with the template."""
    assert file.content is not None
    kind = kind_of(file.name)
    before = file.before if kind == "diagrams" else None
    address = {"package": draft.key, "name": file.name}
    return {
        "package": draft.key,
        "name": file.name,
        "kind": kind,
        "text": editable(file.name, file.content),
        "before": None if before is None else editable(file.name, before),
        "version": file.version,
        "draftVersion": draft.version,
        "operations": sorted(house().operations),
        "files": sorted(draft.contents),
        "urls": {
            "save": url_for("designer.save", **address),
            "compare": url_for("designer.compare", **address),
            "check": url_for("designer.check", package=draft.key),
            "trial": url_for("designer.trial", package=draft.key),
            "changes": url_for("designer.changes", package=draft.key),
            "edit": url_for("designer.edit", package=draft.key, name=""),
        },
    }
