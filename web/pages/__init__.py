"""Pages for people. Each module has a blueprint; this package puts them into the application."""

from __future__ import annotations

from flask import Flask

from web.errors import use_page_errors
from web.pages import (
    account,
    archive,
    authority,
    brief,
    cases,
    conditions,
    contract_templates,
    contracts,
    customer_changes,
    customers,
    deputies,
    designer,
    files,
    following,
    handbook,
    handovers,
    house_figures,
    inbox,
    loans,
    lookups,
    meetings,
    moving,
    notices,
    outbox,
    paper_file,
    product_desk,
    products,
    prospects,
    regions,
    registers,
    responsibility,
    saved_filters,
    search,
    securities,
    set_right,
    several,
    signatures,
    start,
    tasks,
    watching_relations,
)
from web.pages.errors import draw_page
from web.pages.moments import init_filters
from web.pages.shell import init_shell

BLUEPRINTS = (
    account.blueprint,
    brief.blueprint,
    handbook.blueprint,
    deputies.blueprint,
    handovers.blueprint,
    inbox.blueprint,
    several.blueprint,
    saved_filters.blueprint,
    following.blueprint,
    tasks.blueprint,
    moving.blueprint,
    cases.blueprint,
    conditions.blueprint,
    signatures.blueprint,
    responsibility.blueprint,
    set_right.blueprint,
    files.blueprint,
    start.blueprint,
    contracts.blueprint,
    contract_templates.blueprint,
    securities.blueprint,
    customers.blueprint,
    customer_changes.blueprint,
    watching_relations.blueprint,
    house_figures.blueprint,
    loans.blueprint,
    archive.blueprint,
    lookups.blueprint,
    paper_file.blueprint,
    product_desk.blueprint,
    products.blueprint,
    regions.blueprint,
    registers.blueprint,
    prospects.blueprint,
    authority.blueprint,
    meetings.blueprint,
    search.blueprint,
    notices.blueprint,
    outbox.blueprint,
    designer.blueprint,
)


def register_pages(app: Flask) -> None:
    """Registers the blueprints, template filters and error pages."""
    init_filters(app)
    init_shell(app)
    use_page_errors(app, draw_page)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
