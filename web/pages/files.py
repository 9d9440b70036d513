"""Files of cases: uploaded with every check, and given back as downloads only, to those who may see the case."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, abort, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.service import attachments
from engine.service.attachments import FileStore
from web.context import actor, house, reading, settings
from web.pages.acting import act_on_case
from web.security.bodies import takes_files
from web.viewing import visible_case, visible_task

blueprint = Blueprint("files", __name__)

_OPAQUE = "application/octet-stream"


@blueprint.post("/cases/<uuid:instance_id>/files")
@login_required
@takes_files
def upload(instance_id: uuid.UUID) -> ResponseReturnValue:
    """Keeps a file with a case."""
    onward = url_for("cases.show", instance_id=instance_id, _anchor="documents")
    return _upload(instance_id, onward)


@blueprint.post("/tasks/<uuid:task_id>/files")
@login_required
@takes_files
def upload_at_task(task_id: uuid.UUID) -> ResponseReturnValue:
    """Keeps a file with a case, at one of its steps."""
    task = visible_task(reading(), actor(), task_id)
    onward = url_for("tasks.show", task_id=task_id, _anchor="documents")
    return _upload(task.instance_id, onward, task_id, task.element)


@blueprint.get("/files/<int:attachment_id>")
@login_required
def download(attachment_id: int) -> ResponseReturnValue:
    """The file, never shown in the browser: whatever is in it does not run on our pages."""
    if attachment_id >= 2**31:
        abort(404)
    found = attachments.find(reading(), attachment_id)
    case = visible_case(reading(), actor(), found.instance_id)
    definition = house().definitions.get(reading(), case.definition_id)
    if attachments.Sealed(reading(), definition, case, actor()).hides(found):
        abort(404)
    try:
        file = store().open(found.stored_as)
    except FileNotFoundError:
        abort(404)
    response: Response = send_file(file, mimetype=_OPAQUE, as_attachment=True, download_name=found.name, etag=False)
    response.content_length = found.size
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _upload(
    instance_id: uuid.UUID, onward: str, task_id: uuid.UUID | None = None, element: str | None = None
) -> ResponseReturnValue:
    file = request.files.get("file")
    name, content = (file.filename or "", file.stream.read(attachments.MAX_BYTES + 1)) if file else ("", b"")
    return act_on_case(
        instance_id,
        lambda step, case, who: attachments.attach(
            step, store(), case.id, who, name, content, task_id=task_id, element=element
        ),
        gettext("已上传 %(name)s", name=attachments.plain_name(name)),
        onward,
    )


def store() -> FileStore:
    folder = settings().data_dir
    if folder is None:
        raise RuntimeError("LOANFLOW_DATA_DIR is not set")
    return FileStore(folder)
