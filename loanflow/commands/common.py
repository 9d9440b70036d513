"""What commands share: the setting of the stage, the exit status of what went wrong, and how results are printed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from engine.service.house import House
    from loanflow.settings import Settings

WRONG = 1
"""Exit status: the thing checked is wrong."""

BROKEN = 2
"""Exit status: usage, or input that cannot be read."""


class Broken(click.ClickException):
    """Usage or input is broken."""

    exit_code = BROKEN

    def show(self, file: Any = None) -> None:
        click.echo(f"loanflow: {self.format_message()}", err=True)


def load_settings() -> Settings:
    """The settings of this process, with logging set up and unknown names logged. Ends the program when unreadable."""
    import structlog

    from loanflow.logging import configure_logging
    from loanflow.settings import SettingError, read_settings, unknown_names

    try:
        settings = read_settings(os.environ)
    except SettingError as error:
        raise Broken(str(error)) from None
    configure_logging(settings.log_level, settings.log_format)
    log = structlog.get_logger(__name__)
    for name in unknown_names(os.environ):
        log.warning("unknown setting is ignored", setting=name)
    return settings


@contextmanager
def the_house(settings: Settings | None = None) -> Iterator[House]:
    """The house on the configured database, closed afterwards; what people did wrong ends with status 2."""
    from engine.errors import EngineError
    from loanflow.settings import SettingError
    from loanflow.wiring import NotReady, make_house
    from models.queries.people import NameTaken, UnknownName

    settings = settings or load_settings()
    try:
        house = make_house(settings)
    except (NotReady, SettingError) as error:
        raise Broken(str(error)) from None
    try:
        yield house
    except (UnknownName, NameTaken, EngineError) as error:
        raise Broken(str(error)) from None
    except UnicodeEncodeError:
        raise Broken("What was given holds bytes that are no UTF-8 text.") from None
    finally:
        house.sessions.engine.dispose()


def print_json(value: Any) -> None:
    """One JSON document on standard output, decimals digit for digit."""
    import simplejson

    click.echo(simplejson.dumps(value, use_decimal=True, ensure_ascii=False, indent=2))


def exit_wrong() -> NoReturn:
    """Ends the program: the thing checked is wrong."""
    sys.exit(WRONG)


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
