"""What was told to whom outside of the program, how I want to be told, and other programs that are told."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import abort

from models.notices import CHANNELS, STATES, TOPICS
from models.queries import outbox
from models.queries.paging import BadCursor
from operations.notices import choosing
from operations.notices.choosing import Choices
from web.api.base import ApiBlueprint
from web.api.fields import Moment, PagingSchema, Whole, page_schema, page_view
from web.api.rights import require_role
from web.api.writing import writes
from web.context import actor, person, reading

blueprint = ApiBlueprint("notices", __name__, "Notices and the outbox")

READERS = ("admin", "auditor")
_TIME = {"format": "%H:%M"}


class DeliverySchema(ma.Schema):
    """One text to one address."""

    id = ma.fields.Integer(required=True)
    instance_id = ma.fields.UUID(required=True)
    channel = ma.fields.String(required=True, validate=ma.validate.OneOf(CHANNELS))
    receiver = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    subject = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    calendar = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "the calendar file of an appointment that goes with a mail"},
    )
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(STATES))
    created_at = Moment(required=True)
    due_at = Moment(required=True)
    sent_at = Moment(required=True, allow_none=True)
    error = ma.fields.String(required=True, allow_none=True)


class OutboxQuerySchema(PagingSchema):
    """Which deliveries."""

    state = ma.fields.String(validate=ma.validate.OneOf(STATES))
    channel = ma.fields.String(validate=ma.validate.OneOf(CHANNELS))
    instance_id = ma.fields.UUID()


class ChoiceSchema(ma.Schema):
    """Whether I want to be told of a topic by a channel."""

    topic = ma.fields.String(required=True, validate=ma.validate.OneOf(TOPICS))
    channel = ma.fields.String(required=True, validate=ma.validate.OneOf(("email", "sms")))
    wanted = ma.fields.Boolean(required=True)


class ChoicesSchema(ma.Schema):
    """Where I am reached, when not, and by what."""

    email = ma.fields.String(load_default="", validate=ma.validate.Length(max=254))
    phone = ma.fields.String(load_default="", validate=ma.validate.Length(max=40))
    quiet_from = ma.fields.Time(load_default=None, allow_none=True, **_TIME)
    quiet_to = ma.fields.Time(load_default=None, allow_none=True, **_TIME)
    wanted = ma.fields.List(ma.fields.Nested(ChoiceSchema), load_default=list, validate=ma.validate.Length(max=20))


class WebhookSchema(ma.Schema):
    """Another program that is told; `templates` empty: of everything."""

    id = ma.fields.Integer(required=True)
    title = ma.fields.String(required=True)
    url = ma.fields.String(required=True)
    unit = ma.fields.Integer(required=True)
    templates = ma.fields.List(ma.fields.String(), required=True)
    created_by = ma.fields.String(required=True)
    created_at = Moment(required=True)


class NewWebhookSchema(ma.Schema):
    """What a webhook needs; `unit`: its own and those below are told of, mine unless given."""

    title = ma.fields.String(required=True)
    url = ma.fields.String(required=True)
    unit = Whole(load_default=None, allow_none=True)
    templates = ma.fields.List(ma.fields.String(), load_default=list)


class MadeWebhookSchema(WebhookSchema):
    """With the secret under which its calls are signed; it is shown this once."""

    secret = ma.fields.String(required=True)


class WebhooksSchema(ma.Schema):
    """All of them."""

    items = ma.fields.List(ma.fields.Nested(WebhookSchema), required=True)


class NothingSchema(ma.Schema):
    """Nothing more to say."""


DeliveryPageSchema = page_schema(DeliverySchema, "DeliveryPage")


@blueprint.route("/outbox")
@blueprint.query(OutboxQuerySchema)
@blueprint.response(200, DeliveryPageSchema)
def list_outbox(query: dict[str, Any]) -> dict[str, Any]:
    """Lists deliveries, the newest first. Administrators and auditors."""
    require_role(actor(), *READERS)
    try:
        page = outbox.list_deliveries(reading(), **query)
    except BadCursor as error:
        abort(400, str(error))
    return page_view(page, lambda row: row)


@blueprint.route("/outbox/<int:delivery_id>/send-again", methods=["POST"])
@blueprint.response(200, DeliverySchema)
@writes(DeliverySchema())
def send_again(step: Any, who: Any, delivery_id: int) -> Any:
    """Tries a failed delivery once more. Administrators."""
    require_role(who, "admin")
    return choosing.send_again(step, delivery_id)


@blueprint.route("/me/notices")
@blueprint.response(200, ChoicesSchema)
def get_choices() -> dict[str, Any]:
    """Shows how I am told."""
    return _choices_view(choosing.choices_of(reading(), person().id))


@blueprint.route("/me/notices", methods=["POST"])
@blueprint.body(ChoicesSchema)
@blueprint.response(200, ChoicesSchema)
@writes(ChoicesSchema())
def set_choices(step: Any, _who: Any, body: dict[str, Any]) -> dict[str, Any]:
    """Sets how I am told; what `wanted` does not name stays as the house has it."""
    wanted = {(row["topic"], row["channel"]): row["wanted"] for row in body.pop("wanted")}
    choosing.choose(step, person().id, Choices(**body, wanted=wanted))
    step.session.flush()
    return _choices_view(choosing.choices_of(step.session, person().id))


@blueprint.route("/webhooks")
@blueprint.response(200, WebhooksSchema)
def list_webhooks() -> dict[str, Any]:
    """Lists the programs that are told. Administrators and auditors."""
    require_role(actor(), *READERS)
    return {"items": [_webhook_view(hook) for hook in outbox.webhooks(reading())]}


@blueprint.route("/webhooks", methods=["POST"])
@blueprint.body(NewWebhookSchema)
@blueprint.response(201, MadeWebhookSchema)
@writes(MadeWebhookSchema(), 201)
def add_webhook(step: Any, who: Any, body: dict[str, Any]) -> dict[str, Any]:
    """Tells another program from now on. Administrators."""
    require_role(who, "admin")
    unit = who.unit_id if body["unit"] is None else body["unit"]
    hook = choosing.add_webhook(step, body["title"], body["url"], unit, body["templates"], who.name)
    return {**_webhook_view(hook), "secret": hook.secret}


@blueprint.route("/webhooks/<int:webhook_id>/remove", methods=["POST"])
@blueprint.response(200, NothingSchema)
@writes(NothingSchema())
def remove_webhook(step: Any, who: Any, webhook_id: int) -> dict[str, Any]:
    """Tells a program no more. Administrators."""
    require_role(who, "admin")
    choosing.remove_webhook(step, webhook_id)
    return {}


def _webhook_view(hook: Any) -> dict[str, Any]:
    return {
        "id": hook.id,
        "title": hook.title,
        "url": hook.url,
        "unit": hook.unit_id,
        "templates": hook.templates,
        "created_by": hook.created_by,
        "created_at": hook.created_at,
    }


def _choices_view(choices: Choices) -> dict[str, Any]:
    return {
        "email": choices.email,
        "phone": choices.phone,
        "quiet_from": choices.quiet_from,
        "quiet_to": choices.quiet_to,
        "wanted": [
            {"topic": topic, "channel": channel, "wanted": wanted}
            for (topic, channel), wanted in sorted(choices.wanted.items())
        ],
    }
