"""Documents of cases: taken in with every check, looked at in a form that runs nothing, and given back as downloads."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from models.cases import Instance
from models.papers import OTHER
from operations import documents
from operations.documents import Received
from web.bundles import MEDIA_TYPE, enclosed, streamed
from web.context import actor, reading
from web.documents import about, named, preview_of, sent_files, store, text_of, visible_file
from web.pages.acting import add_to_case
from web.pages.case_view import CaseView
from web.pages.refusals import code_words
from web.pages.task_rows import case_number
from web.security.bodies import takes_files
from web.viewing import visible_case, visible_task

blueprint = Blueprint("files", __name__)

_OPAQUE = "application/octet-stream"


@blueprint.post("/cases/<uuid:instance_id>/files")
@login_required
@takes_files
def upload(instance_id: uuid.UUID) -> ResponseReturnValue:
    """Takes files in with a case."""
    onward = url_for("cases.show", instance_id=instance_id, _anchor="documents")
    return _upload(instance_id, onward)


@blueprint.post("/tasks/<uuid:task_id>/files")
@login_required
@takes_files
def upload_at_task(task_id: uuid.UUID) -> ResponseReturnValue:
    """Takes files in with a case, at one of its steps."""
    task = visible_task(reading(), actor(), task_id)
    onward = url_for("tasks.show", task_id=task_id, _anchor="documents")
    return _upload(task.instance_id, onward, task_id, task.element)


@blueprint.get("/cases/<uuid:instance_id>/files/bundle")
@login_required
def bundle(instance_id: uuid.UUID) -> ResponseReturnValue:
    """All that the reader may see, in one zip."""
    case = visible_case(reading(), actor(), instance_id)
    response: Response = current_app.response_class(
        streamed(store(), enclosed(reading(), actor(), case)), mimetype=MEDIA_TYPE
    )
    return named(response, gettext("%(case)s 资料.zip", case=case_number(case)))


@blueprint.get("/files/<int:attachment_id>")
@login_required
def download(attachment_id: int) -> ResponseReturnValue:
    """The file, never shown in the browser: whatever is in it does not run on our pages."""
    found, _case = visible_file(reading(), actor(), attachment_id)
    try:
        file = store().open(found.stored_as)
    except FileNotFoundError:
        abort(404)
    response: Response = send_file(file, mimetype=_OPAQUE, as_attachment=True, download_name=found.name, etag=False)
    response.content_length = found.size
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@blueprint.get("/files/<int:attachment_id>/show")
@login_required
def show(attachment_id: int) -> ResponseReturnValue:
    """A document with what is known of it, as far as it can be looked at."""
    found, case = visible_file(reading(), actor(), attachment_id)
    view = CaseView(case)
    return render_template(
        "cases/document.html", file=found, case=view, entry=view.papers.entry(found.id), text=text_of(found)
    )


@blueprint.get("/files/<int:attachment_id>/preview")
@login_required
def preview(attachment_id: int) -> ResponseReturnValue:
    """What the page of a document shows in it: a rendition of an image, or a PDF for the browser's own viewer."""
    found, _case = visible_file(reading(), actor(), attachment_id)
    return preview_of(found)


def _upload(
    instance_id: uuid.UUID, onward: str, task_id: uuid.UUID | None = None, element: str | None = None
) -> ResponseReturnValue:
    sent = sent_files()
    received: list[Received] = []

    def take_in(step: Any, case: Instance, who: Any) -> None:
        kind, _, party = request.form.get("paper", OTHER).partition("|")
        said = about(kind, party, request.form)
        received.extend(documents.receive(step, store(), case.id, who, sent, said, task_id=task_id, element=element))

    answer = add_to_case(instance_id, take_in, "", onward)
    _tell(received)
    return answer


def _tell(received: list[Received]) -> None:
    """Says of every file what became of it."""
    kept = [item.name for item in received if item.document is not None]
    if kept:
        flash(gettext("已上传 %(names)s", names=gettext("、").join(kept)), "ok")
    words = code_words()
    for item in received:
        if item.refused:
            flash(gettext("%(name)s 没有上传：%(why)s", name=item.name, why=words.get(item.refused, "")), "danger")
