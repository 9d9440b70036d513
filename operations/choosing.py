"""Lists of the house that forms offer to choose from, by the name in a field's `valuesKey`.

`holders_of_ROLE` are the people who hold a role for a case of this unit, `colleagues` all of the unit, above and below
it, `everybody` all of the house, `open_meetings` the meetings of the committee on whose agenda a case can still be put,
`products` what is on offer today (INT-1). Values are what operations take: sign-in names, numbers, codes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from engine.ports import Choice
from models.meetings import Meeting
from models.people import Person
from models.products import Product
from models.queries import staff
from models.queries.meetings import open_for
from models.queries.products import current_products, latest_product

_HOLDERS_OF = "holders_of_"


class ChoicesOfTheHouse:
    """The lists, with times told in the institution's zone."""

    def __init__(self, zone: dt.tzinfo) -> None:
        self._zone = zone

    def __call__(
        self, session: Session, name: str, unit_path: str, now: dt.datetime, language: str
    ) -> list[Choice] | None:
        """The list called `name`, or None where there is none of that name; titles of products in `language`."""
        if name == "products":
            on_offer = current_products(session, now.astimezone(self._zone).date())
            return [{"value": each.code, "label": _title(each, language)} for each in on_offer]
        if name == "open_meetings":
            return [self._meeting(meeting) for meeting in open_for(session, unit_path, now)]
        if name == "colleagues":
            return _people(staff.colleagues(session, "", unit_path))
        if name == "everybody":
            return _people(staff.colleagues(session, "", ""))
        if name.startswith(_HOLDERS_OF):
            return _people(staff.holders_of(session, [name.removeprefix(_HOLDERS_OF)], unit_path))
        return None

    def label(self, session: Session, name: str, value: str, language: str) -> str | None:
        """The title of a product or person, also of one who left; a meeting is called by its number."""
        if name == "products":
            product = latest_product(session, value)
            return None if product is None else _title(product, language)
        if name in ("colleagues", "everybody") or name.startswith(_HOLDERS_OF):
            return staff.titles_of(session, [value]).get(value)
        return None

    def _meeting(self, meeting: Meeting) -> Choice:
        held_at = meeting.held_at.astimezone(self._zone)
        places = f"{meeting.cases}" if meeting.most_cases is None else f"{meeting.cases}/{meeting.most_cases}"
        return {
            "value": meeting.number,
            "label": f"{meeting.number} · {held_at:%Y-%m-%d %H:%M} · {meeting.place} · {places}",
        }


def _title(product: Product, language: str) -> str:
    return product.title_en if language == "en" else product.title_zh


def _people(people: Sequence[Person]) -> list[Choice]:
    return [
        {"value": person.name, "label": f"{person.title}（{person.name}）" if person.title else person.name}
        for person in people
    ]
