"""`loanflow reindex`: brings the index of the search to what the rows say."""

from __future__ import annotations

import click

from loanflow.commands.common import json_option, print_json, the_house


@click.command()
@json_option
def reindex(as_json: bool) -> None:
    """Compare the index of the search with what it is about, and mend what differs."""
    from models.metadata import all_tables
    from models.search import rebuild

    all_tables()
    with the_house() as house, house.step() as step:
        entries, mended = rebuild(step.session)
    if as_json:
        print_json({"entries": entries, "mended": mended})
    else:
        click.echo(f"{entries} entries, {mended} mended")
