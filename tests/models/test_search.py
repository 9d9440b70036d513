"""The index of the search on both databases: what is written is found, what is renamed or deleted is not any more."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.cases import Attachment
from models.customers import Customer
from models.queries.search import customers_known_by, find
from models.queries.visibility import Viewer
from models.search import Found, SearchEntry, drop, put, rebuild
from models.search_words import asked, number_key, tokens

NOW = dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)
EVERYTHING = Viewer("auditor", "/1/", [], reads_everything=True)
STAFF = Viewer("li", "/1/", [])

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=6)
RARE = st.text(st.characters(min_codepoint=0x20000, max_codepoint=0x2A6DF), min_size=1, max_size=4)
ANY = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), min_size=1, max_size=12)
PROPERTIES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def customer(session, name, number="C-000001", id_number="110101199003070011", phone=None):
    made = Customer(
        number=number,
        kind="person",
        name=name,
        id_kind="resident_id",
        id_number=id_number,
        phone=phone,
        recorded_at=NOW,
    )
    session.add(made)
    session.flush()
    return made


def names(session, words, kind="customer", viewer=STAFF, most=50):
    return [entry.ref for entry in find(session, viewer, kind, words, most)[0]]


@pytest.mark.parametrize(
    "words",
    [
        "陈",
        "梅",
        "陈梅",
        "梅芳",
        "陈梅芳",
        " 陈梅芳 ",
        "陈梅芳 C-000001",
        "C-000001",
        "c-0000",
        "000001",
        "1",
        "Ｃ－０００００１",
    ],
)
def test_a_name_is_found_by_characters_pairs_and_numbers(session, words):
    customer(session, "陈梅芳")
    assert names(session, words) == ["C-000001"]


@pytest.mark.parametrize(
    "words", ["陈芳", "王", "陈梅芳王", "C-000002", "梅陈", "00001x", "", " ", "-", '"', "' OR 1", "*", "NOT"]
)
def test_what_is_not_written_is_not_found(session, words):
    customer(session, "陈梅芳")
    assert names(session, words) == []


@PROPERTIES
@given(name=st.one_of(HAN, RARE, ANY), data=st.data())
def test_whatever_is_written_is_found_by_any_part_of_it(session, name, data):
    put(session.connection(), Found("customer", "x", "C-9", name))
    if asked(name):
        assert names(session, name) == ["x"]
    first = data.draw(st.integers(0, len(name) - 1))
    part = name[first : data.draw(st.integers(first + 1, len(name)))]
    # Chinese is found by any part, words by their beginnings.
    if tokens(part) and all("\u4e00" <= character <= "\u9fff" for character in part):
        assert names(session, part) == ["x"]
    drop(session.connection(), "customer", "x")
    assert names(session, name) == []


@PROPERTIES
@given(before=HAN, after=HAN)
def test_what_was_renamed_is_found_by_its_new_name_alone(session, before, after):
    connection = session.connection()
    put(connection, Found("customer", "y", "C-8", before))
    put(connection, Found("customer", "y", "C-8", after))
    assert names(session, after) == ["y"]
    assert (names(session, before) == ["y"]) == set(asked(before).whole).issubset(tokens(after).split())
    drop(connection, "customer", "y")


@PROPERTIES
@given(words=ANY)
def test_any_words_may_be_asked_for(session, words):
    assert isinstance(names(session, words), list)
    assert isinstance(customers_known_by(session, words), list)


def test_renaming_and_deleting_a_row_changes_its_entry(session):
    made = customer(session, "陈梅")
    made.name = "刘志强"
    session.flush()
    assert (names(session, "陈梅"), names(session, "志强")) == ([], ["C-000001"])
    session.delete(made)
    session.flush()
    assert names(session, "志强") == []


def test_what_is_rolled_back_was_never_there(database):
    with database.writing() as session:
        customer(session, "陈梅")
        session.rollback()
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count(SearchEntry.id))) == 0
        assert names(session, "陈梅") == []


def test_the_exact_number_comes_first_then_beginnings_then_names(session):
    for n, (number, name) in enumerate([("C-12", "甲"), ("C-1", "乙"), ("C-10", "丙"), ("C-99", "C-1 号店")]):
        customer(session, name, number, f"{n}")
    assert names(session, "C-1")[:2] == ["C-1", "C-10"]
    for n, name in enumerate(["大陈梅店", "陈梅店", "陈梅"]):
        customer(session, name, f"C-7{n}", f"a{n}")
    assert names(session, "陈梅") == ["C-72", "C-71", "C-70"]


ENDS = ["0011", "070011", "03070011", "110101199003070011", "8000", "38000", "1380", "13800138000"]
PARTS = ["012", "0012", "26-0012", "260012", "1-2026", "2026 0012", "a1-2026-0012", "陈梅 012"]


@pytest.mark.parametrize("words", ENDS)
def test_customers_are_found_by_the_end_of_their_identity_and_either_end_of_their_phone_number(session, words):
    customer(session, "陈梅", phone="13800138000")
    customer(session, "刘志强", "C-000002", "91370000MA3C0X9X2Y", "13911139111")
    assert [found.number for found in customers_known_by(session, words)] == ["C-000001"]
    if words.endswith("0011"):
        assert customers_known_by(session, words, by_identity=False) == []


def test_customers_are_found_by_no_other_part(session):
    customer(session, "陈梅", phone="13800138000")
    for part in ("1101011990", "0070", "011", "", "%000", "____", "x" * 300):
        assert customers_known_by(session, part) == []
    assert names(session, "110101199003070011") == []
    changed = session.scalars(sa.select(Customer)).one()
    changed.phone = None
    assert customers_known_by(session, "8000") == []


@pytest.mark.parametrize("words", PARTS)
def test_a_number_is_found_by_any_three_signs_of_it(session, words):
    put(session.connection(), Found("contract", "r", "A1-2026-0012", "陈梅"))
    put(session.connection(), Found("contract", "s", "A1-2025-0345", "陈梅"))
    assert names(session, words, "contract", EVERYTHING) == ["r"]


@pytest.mark.parametrize("words", ["20", "26", "112", "262", "2026-0013", "陈梅 013"])
def test_short_words_and_other_numbers_find_no_middle(session, words):
    put(session.connection(), Found("contract", "r", "A1-9026-0012", "陈梅"))
    assert names(session, words, "contract", EVERYTHING) == []


def test_of_a_case_that_one_may_not_see_nothing_is_found(session):
    case = uuid.uuid4()
    connection = session.connection()
    for kind in ("case", "contract", "title", "document"):
        put(connection, Found(kind, "r", "A-1", "陈梅的合同", instance_id=case))
        assert names(session, "陈梅", kind) == []
        assert names(session, "陈梅", kind, EVERYTHING) == ["r"]


def test_rebuilding_mends_what_was_changed_behind_our_back(session):
    customer(session, "陈梅")
    customer(session, "刘志强", "C-000002", "2")
    session.execute(sa.update(Customer).where(Customer.number == "C-000001").values(name="王秀英"))
    session.execute(sa.delete(SearchEntry).where(SearchEntry.ref == "C-000002"))
    put(session.connection(), Found("document", "77", None, "没有这个文件"))
    entries, wrong = rebuild(session)
    assert (entries, wrong) == (2, 3)
    assert (names(session, "秀英"), names(session, "志强")) == (["C-000001"], ["C-000002"])
    assert names(session, "没有", "document", EVERYTHING) == []
    assert rebuild(session) == (2, 0)


def test_files_are_found_by_their_names(session):
    assert (
        Attachment(id=5, instance_id=uuid.uuid4(), name="收入证明.pdf").found_by(session.connection()).title
        == "收入证明.pdf"
    )


def test_numbers_are_compared_without_what_stands_between_their_parts():
    assert number_key("A1-2026-0012") == number_key("a1 2026 0012") == "a120260012"
    assert number_key("陈梅") == ""


def test_fifty_thousand_entries_are_searched_quickly(session):
    import time

    rows = [Found("customer", f"C-{n}", f"C-{n}", f"客户{n}号粮油有限公司").row() for n in range(50_000)]
    session.execute(sa.insert(SearchEntry), rows)
    began = time.perf_counter()
    assert names(session, "客户4321号")[0] == "C-4321"
    assert len(names(session, "粮油", most=20)) == 20
    assert time.perf_counter() - began < 2
