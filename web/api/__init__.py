"""The REST interface under `/api/v1`: parse, call the engine's services, answer. Described in `docs/rest.md`."""

from __future__ import annotations

from flask import Flask

from web.api import (
    archive,
    authority,
    brief,
    cases,
    conditions,
    contract_templates,
    contracts,
    customer_relations,
    customers,
    definitions,
    deputies,
    documents,
    governance,
    house_figures,
    integration,
    loans,
    lookups,
    meetings,
    moves,
    notices,
    paper_file,
    product_desk,
    products,
    prospects,
    reading,
    regions,
    registers,
    search,
    securities,
    tasks,
    tokens,
    watching,
)
from web.api.base import PREFIX, ApiBlueprint, ExactApi

BLUEPRINTS: tuple[ApiBlueprint, ...] = (
    tokens.blueprint,
    definitions.blueprint,
    cases.blueprint,
    documents.blueprint,
    tasks.blueprint,
    moves.blueprint,
    deputies.blueprint,
    governance.blueprint,
    integration.blueprint,
    loans.blueprint,
    archive.blueprint,
    lookups.blueprint,
    paper_file.blueprint,
    products.blueprint,
    product_desk.blueprint,
    customers.blueprint,
    customer_relations.blueprint,
    watching.blueprint,
    house_figures.blueprint,
    contracts.blueprint,
    contract_templates.blueprint,
    securities.blueprint,
    regions.blueprint,
    registers.blueprint,
    prospects.blueprint,
    authority.blueprint,
    brief.blueprint,
    search.blueprint,
    notices.blueprint,
    meetings.blueprint,
    conditions.blueprint,
)


def register_api(app: Flask) -> None:
    """Registers every call and the OpenAPI document."""
    app.config.update(
        API_TITLE="Loanflow",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = ExactApi(app)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint, url_prefix=PREFIX)
    app.register_blueprint(reading.blueprint)
