"""Drafts under their lock, on both databases: two who saw the same cannot both win, whatever the interleaving."""

import datetime as dt
import threading
from contextlib import suppress

import pytest

from engine.errors import EngineError, NotFound
from engine.service import drafts
from engine.service.house import House
from lending.calendar import WorkingCalendar

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
DIAGRAM = (
    b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t">'
    b'<process id="p" isExecutable="true"/></definitions>'
)


class _Clock:
    def now(self):
        return NOW


@pytest.fixture
def house(database):
    return House(
        sessions=database, clock=_Clock(), calendar=WorkingCalendar("Asia/Shanghai"), operations={}, relations=None
    )


@pytest.fixture
def begun(house):
    with house.step() as step:
        return drafts.create(step, "p", {"p.bpmn": DIAGRAM, "i18n/en.yaml": b"a: b\n"}, "li")


def content(house, name):
    with house.sessions.reading() as session:
        return drafts.read(session, "p").contents.get(name)


def at_once(house, *works):
    """Runs `works(step)` each in a thread and a transaction of its own; how many were refused."""
    together, refused = threading.Barrier(len(works)), []

    def run(work):
        together.wait()
        try:
            with house.step() as step:
                work(step)
        except EngineError as refusal:
            refused.append(refusal)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return len(refused)


def save(name, text, version, who):
    return lambda step: drafts.save(step, "p", name, text, version, who)


def test_of_two_saves_of_what_both_have_seen_one_is_kept(house, begun):
    seen = begun.files["i18n/en.yaml"].version
    refused = at_once(
        house, save("i18n/en.yaml", b"li: 1\n", seen, "li"), save("i18n/en.yaml", b"wang: 1\n", seen, "wang")
    )
    assert refused == 1
    assert content(house, "i18n/en.yaml") in (b"li: 1\n", b"wang: 1\n")


def test_of_two_who_begin_the_same_file_one_is_kept(house, begun):
    name = "scenarios/a.yaml"
    refused = at_once(house, save(name, b"li: 1\n", "", "li"), save(name, b"wang: 1\n", "", "wang"))
    assert refused == 1
    assert content(house, name) in (b"li: 1\n", b"wang: 1\n")


def test_a_save_is_never_lost_to_somebody_who_gives_all_up(house, begun):
    seen = begun.files["i18n/en.yaml"].version
    refused = at_once(
        house,
        save("i18n/en.yaml", b"li: 1\n", seen, "li"),
        lambda step: drafts.discard_all(step, "p", begun.version),
    )
    assert refused == 1
    # Given up first, the save was refused, and its writer knows.
    with suppress(NotFound):
        assert content(house, "i18n/en.yaml") == b"li: 1\n"


def test_of_two_who_begin_the_same_package_one_is_kept(house):
    refused = at_once(
        house,
        lambda step: drafts.create(step, "p", {"p.bpmn": DIAGRAM}, "li"),
        lambda step: drafts.create(step, "p", {"p.bpmn": DIAGRAM}, "wang"),
    )
    assert refused == 1


def test_changes_tell_who_when_and_what_kind(house, begun):
    with house.step() as step:
        drafts.remove(step, "p", "i18n/en.yaml", begun.files["i18n/en.yaml"].version, "wang")
    with house.sessions.reading() as session:
        draft = drafts.read(session, "p")
    [change] = draft.changes
    assert (change.name, change.state, change.change) == ("p.bpmn", "added", drafts.Change("li", NOW))
