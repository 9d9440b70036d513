"""Who of the house is related to a party of a case (GOV-1)."""

from __future__ import annotations

import pytest

from engine.ports import Relations
from models.queries.people import add_person, relate
from operations.relations import RecordedRelations
from tests.operations.conftest import MONDAY


@pytest.mark.parametrize(
    ("parties", "found"),
    [
        ({"customer": ["C-000001"], "guarantors": ["C-000002"]}, "customer"),
        ({"customer": ["C-000003"], "guarantors": ["C-000002", "C-000001"]}, "guarantors"),
        ({"customer": ["C-000003"], "guarantors": []}, None),
        ({}, None),
    ],
)
def test_the_kind_of_party_is_named(session, parties, found):
    add_person(session, MONDAY, "zhao", "a long password")
    add_person(session, MONDAY, "wang", "a long password")
    relate(session, MONDAY, "zhao", "C-000001")
    session.flush()
    relations: Relations = RecordedRelations()
    related = relations.related(session, "zhao", parties)
    assert (related and related.party) == found
    assert set(relations.staff_of(session, parties)) == ({"zhao"} if found else set())
    assert relations.related(session, "wang", parties) is None
    assert relations.related(session, "nobody", parties) is None
