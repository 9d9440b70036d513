"""The English of the pages: message ids are the Chinese texts. Catalogue and compiled form are both kept in the tree.

`python -m web.translations` reads all messages anew, keeps what is translated, and compiles; a test sees to it that
nothing lacks its English.
"""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

_WEB = Path(__file__).parent.parent
_FOLDER = _WEB / "translations" / "en" / "LC_MESSAGES"
SOURCE, COMPILED = _FOLDER / "messages.po", _FOLDER / "messages.mo"

_METHODS = [
    ("static/**", "ignore"),
    ("templates/styleguide.html", "ignore"),
    ("**.py", "python"),
    ("**.html", "jinja2"),
]
_FIXED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""The header tells no times: the same catalogue is the same file."""

_KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
_OPTIONS = {"**.html": {"silent": "false", "newstyle_gettext": "true"}}


def messages() -> Catalog:
    """Every message of templates and modules, with where it stands."""
    catalog = Catalog()
    found = extract_from_dir(str(_WEB), method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS)
    for name, _line, message, _comments, _context in sorted(found, key=lambda item: item[:2]):
        catalog.add(message, locations=[(name, 0)])
    return catalog


def translations() -> Catalog:
    """The catalogue as it is kept."""
    with SOURCE.open("rb") as file:
        return read_po(file, locale="en")


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    target = BytesIO()
    write_mo(target, catalog)
    return target.getvalue()


def update() -> list[str]:
    """Brings catalogue and compiled form up to date; gives the messages that lack their English."""
    known = translations() if SOURCE.exists() else Catalog()
    catalog = Catalog(
        locale="en",
        project="Loanflow",
        version="1",
        header_comment="# The English of the pages, by the Chinese text. See web/translations/__init__.py.",
        creation_date=_FIXED,
        revision_date=_FIXED,
        last_translator="Loanflow",
        language_team="Loanflow",
        fuzzy=False,
    )
    for message in messages():
        if message.id:
            before = known.get(message.id)
            catalog.add(
                message.id,
                before.string if before and bool(before.pluralizable) == bool(message.pluralizable) else None,
                locations=message.locations,
            )
    with SOURCE.open("wb") as file:
        write_po(file, catalog, width=120, sort_output=True, include_lineno=False)
    COMPILED.write_bytes(compiled(catalog))
    return missing(catalog)


def missing(catalog: Catalog) -> list[str]:
    """The messages of the pages that `catalog` has no English for."""
    return [_text(message.id) for message in messages() if message.id and not _is_translated(catalog.get(message.id))]


def _is_translated(message: Message | None) -> bool:
    if message is None or not message.string:
        return False
    return bool(message.string) if isinstance(message.string, str) else all(message.string)


def _text(message_id: Any) -> str:
    return message_id if isinstance(message_id, str) else str(message_id[0])
