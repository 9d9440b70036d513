"""What forms offer to choose from that no case keeps: lists of the house as they are at this moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.forms.form import Form
from engine.service.house import House


def offered(
    house: House, session: Session, form: Form, seen: Mapping[str, Any], unit_path: str, now: dt.datetime, language: str
) -> dict[str, Any]:
    """`seen` with the lists from which the form's fields take their options, for a case of this unit.

    Labels are in `language` (`zh`, `en`). A variable of the case that is called the same goes before.
    """
    lists = {name: house.choices(session, name, unit_path, now, language) for name in sorted(form.lists - seen.keys())}
    return {**{name: options for name, options in lists.items() if options is not None}, **seen}
