"""Following a case: what it waits for is then in one's inbox, whoever has to do it."""

from __future__ import annotations

import uuid

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from models.queries import following
from web.pages.acting import act_on_case

blueprint = Blueprint("following", __name__)


@blueprint.post("/cases/<uuid:instance_id>/follow")
@login_required
def follow(instance_id: uuid.UUID) -> ResponseReturnValue:
    """From now on."""
    return act_on_case(
        instance_id,
        lambda step, case, who: following.follow(step.session, who.name, case.id, step.now),
        gettext("已关注：未办的任务列在待办的“跟踪”里"),
        url_for("cases.show", instance_id=instance_id),
    )


@blueprint.post("/cases/<uuid:instance_id>/unfollow")
@login_required
def unfollow(instance_id: uuid.UUID) -> ResponseReturnValue:
    """No longer."""
    return act_on_case(
        instance_id,
        lambda step, case, who: following.unfollow(step.session, who.name, case.id),
        gettext("已取消关注"),
        url_for("cases.show", instance_id=instance_id),
    )
