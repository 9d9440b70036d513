"""What is deployed, and deploying."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from flask import Response, abort, current_app, request

from engine.errors import NotFound
from engine.packages import read_files, read_zip
from engine.service import deployments
from models.definitions import Definition
from models.queries import cases as lists
from web.api.base import ApiBlueprint
from web.api.fields import PagingSchema, Whole, page_schema, page_view
from web.api.lists import page_of
from web.api.rights import deployers, require_role
from web.api.schemas import DefinitionSchema, DeploymentSchema
from web.api.views import definition_ref, definition_view
from web.api.writing import writes
from web.context import house, reading
from web.security.bodies import takes_files

blueprint = ApiBlueprint("definitions", __name__, "What is deployed")


_LARGEST = 2**31 - 1


class VersionQuerySchema(ma.Schema):
    """Which version; without one, the latest."""

    version = Whole(validate=ma.validate.Range(min=1))

    @ma.post_load
    def _as_stored(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """What no column can hold is no version either: asked for as the largest, it is not found."""
        return {name: min(value, _LARGEST) for name, value in data.items()}


DefinitionPageSchema = page_schema(DefinitionSchema, "DefinitionPage")

_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "package": {"type": "string", "format": "binary", "description": "a zip of the package"},
                        "files": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": "or its files, each with its name in the package",
                        },
                        "key": {"type": "string", "description": "the package's name, if the files do not tell it"},
                    },
                }
            }
        },
    }
}


@blueprint.route("/deployments", methods=["POST"])
@blueprint.doc(**_UPLOAD)
@blueprint.response(201, DeploymentSchema)
@writes(DeploymentSchema(), 201)
@takes_files
def deploy(step: Any, who: Any) -> dict[str, Any]:
    """Deploys a package. 422 with `findings` when the checker finds errors. Role admin; designer as set."""
    require_role(who, *deployers())
    deployment = deployments.deploy(step, _uploaded(), who.name)
    found = deployments.definitions_of(step, deployment)
    return {"deployment_id": deployment.id, "definitions": [definition_ref(item) for item in found]}


def _uploaded() -> Any:
    if request.mimetype != "multipart/form-data":
        abort(415, "Send the package as multipart/form-data.")
    key = request.form.get("key") or None
    package, files = request.files.get("package"), request.files.getlist("files")
    if (package is None) == (not files):
        abort(422, "Send either the field package with a zip, or fields files.")
    if package is not None:
        return read_zip(package.stream.read(), key)
    named: dict[str, bytes] = {}
    for file in files:
        if not file.filename or file.filename in named:
            abort(422, f"Each file needs a name of its own: {file.filename or 'one has none'}.")
        named[file.filename] = file.stream.read()
    return read_files(named, key)


@blueprint.route("/definitions")
@blueprint.query(PagingSchema)
@blueprint.response(200, DefinitionPageSchema)
def list_definitions(query: dict[str, Any]) -> dict[str, Any]:
    """Lists the latest version of each process."""
    return page_view(page_of(lists.latest_definitions(), lists.DEFINITIONS_IN_ORDER, query), definition_view)


@blueprint.route("/definitions/<key>")
@blueprint.query(VersionQuerySchema)
@blueprint.response(200, DefinitionSchema)
def get_definition(query: dict[str, Any], key: str) -> dict[str, Any]:
    """Shows one version of a process."""
    return definition_view(_find(key, query.get("version")))


@blueprint.route("/definitions/<key>/xml")
@blueprint.query(VersionQuerySchema)
@blueprint.response(200, {"type": "string"}, content_type="application/xml")
def get_xml(query: dict[str, Any], key: str) -> Response:
    """Gives the diagram, byte for byte as it was deployed."""
    definition = house().definitions.find(reading(), key, query.get("version"))
    content = definition.package.files[definition.process.file]
    return current_app.response_class(content, mimetype="application/xml")


def _find(key: str, version: int | None) -> Definition:
    query = sa.select(Definition).where(Definition.key == key).order_by(Definition.version.desc()).limit(1)
    if version is not None:
        query = query.where(Definition.version == version)
    found = reading().scalar(query)
    if found is None:
        raise NotFound(f"There is no process {key}" + ("." if version is None else f" in version {version}."))
    return found
