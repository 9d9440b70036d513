"""For which places people are responsible (INV-1): who may see that, and who may change it.

Administrators and auditors see everybody, a department manager the people of the unit and those below; auditors change
nothing. Which steps make use of it is the diagrams' to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.service import actors
from engine.service.actors import Actor
from engine.service.house import Step
from engine.values import is_storable
from models.people import Person
from models.queries.investigators import regions_of
from models.queries.people import set_regions
from models.queries.visibility import units_below

READERS = frozenset({"admin", "auditor", "dept_manager"})
MANAGERS = READERS - {"auditor"}
MAX_PLACE, MAX_PLACES = 100, 50


def overseen(who: Actor) -> sa.Select[Any]:
    """The people whose places `who` may see."""
    everybody = sa.select(Person).where(Person.disabled.is_(False))
    return everybody if who.reads_everything else everybody.where(Person.unit_id.in_(units_below(who.unit_path)))


def give(step: Step, who: Actor, name: str, places: Iterable[str], before: Iterable[str] | None = None) -> list[str]:
    """From now on the person looks after these places, as they stand in addresses; returns them in order.

    `before`: what the caller believes they are. Raises `Forbidden`, `NotFound`, `Invalid` by field, and `Conflict` when
    somebody else has changed them meanwhile.
    """
    if not who.roles & MANAGERS:
        raise Forbidden("The places of people are set by an administrator or the department manager above.")
    # The row is locked first, so that of two who change the same person's places one is told.
    step.session.execute(sa.select(Person.id).where(Person.name == name).with_for_update())
    person = actors.load(step.session, name)
    if "admin" not in who.roles and not who.is_above(person.unit_path):
        raise NotFound(f"There is no {name}.")
    wanted = sorted({place.strip() for place in places if place.strip()})
    if len(wanted) > MAX_PLACES or any(len(place) > MAX_PLACE or not is_storable(place) for place in wanted):
        raise Invalid(
            f"at most {MAX_PLACES} places of at most {MAX_PLACE} characters each", {"regions": ["out_of_range"]}
        )
    found = regions_of(step.session, [name]).get(name, [])
    if before is not None and set(found) != set(before):
        raise Conflict(f"the places of {name} were changed meanwhile")
    set_regions(step.session, name, wanted)
    return wanted
