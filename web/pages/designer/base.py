"""The blueprint of the designer's pages, and who may open them. What may be done to a package is the business of
`engine.service.drafts`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from flask_login import current_user

from web.api.rights import deployers, require_role
from web.context import actor

blueprint = Blueprint("designer", __name__, url_prefix="/designer")

ROLES = ("designer", "admin")


@blueprint.before_request
def _only_designers() -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined, no-any-return]
    require_role(actor(), *ROLES)
    return None


@blueprint.context_processor
def _rights() -> dict[str, Any]:
    # Pages that turn a stranger away are drawn here too.
    return {"may_deploy": current_user.is_authenticated and not actor().roles.isdisjoint(deployers())}
