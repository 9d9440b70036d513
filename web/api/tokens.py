"""Tokens: what a program signs in with."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from models.people import Person
from models.queries.tokens import issue_token
from web.api.base import ApiBlueprint
from web.api.fields import Moment
from web.context import settings, step
from web.security.bodies import signs_in
from web.security.signin import check_credentials

blueprint = ApiBlueprint("tokens", __name__, "Signing in", public=True)


class CredentialsSchema(ma.Schema):
    """A sign-in name and its password."""

    username = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=64))
    password = ma.fields.String(required=True, load_only=True, validate=ma.validate.Length(min=1, max=1024))


class TokenSchema(ma.Schema):
    """A bearer token; it is shown this once."""

    token = ma.fields.String(required=True)
    expires_at = Moment(required=True)


@blueprint.route("/tokens", methods=["POST"])
@blueprint.body(CredentialsSchema)
@blueprint.response(200, TokenSchema)
@signs_in
def create(credentials: dict[str, Any]) -> dict[str, Any]:
    """Signs in. 401 when name or password is wrong; 429 after ten failures in a minute for a name."""
    person = check_credentials(credentials["username"], credentials["password"])
    with step() as s:
        holder = s.session.get_one(Person, person.id)
        token, expires_at = issue_token(s.session, holder, s.now, settings().token_lifetime)
    return {"token": token, "expires_at": expires_at}
