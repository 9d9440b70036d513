"""`loanflow init` and `loanflow demo`: the tables, and something to try them with."""

from __future__ import annotations

import click

from loanflow.commands.common import Broken, load_settings, the_house


@click.command()
def init() -> None:
    """Create the database or bring it up to date; what is in it stays."""
    from sqlalchemy.exc import ArgumentError, DatabaseError

    from loanflow.database import initialise
    from loanflow.settings import SettingError

    settings = load_settings()
    try:
        initialise(settings)
    except (SettingError, ArgumentError) as error:
        raise Broken(str(error)) from None
    except OSError as error:
        raise Broken(f"The folder of the database cannot be made: {error}") from None
    except DatabaseError as error:
        raise Broken(f"The database cannot be used: {error.orig}") from None


@click.command()
def demo() -> None:
    """Create demo people (password: demo), customers and cases; those that exist stay as they are."""
    from engine.service.attachments import FileStore
    from operations.demo import create

    settings = load_settings()
    with the_house(settings) as house:
        create(house, FileStore(settings.data_dir) if settings.data_dir is not None else None)
