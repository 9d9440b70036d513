"""Variables from people and programs: names, kinds, bounds and hostile values; what of them can be stored is kept."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from engine.errors import Invalid, Refused
from engine.service import cases
from engine.values import YearsMonths, loads
from tests.engine.builder import Bench, line, package, script, user

READ = package(line(user("a"), user("b")))

HOSTILE = [
    '{"typename": 1}',
    '{"x": {"typename": "x"}}',
    '{"x": [{"typename": "x"}]}',
    '{"a b": 1}',
    '{"1a": 1}',
    '{"": 1}',
    '{"a-b": 1}',
    '{"parameters": 1}',
    '{"item": 1}',
    '{"nrOfInstances": 1}',
    '{"x": 1e999999}',
    '{"x": "\\u0000"}',
    '{"x": "\\ud800"}',
    '{"x": {"\\udfff": 1}}',
    '{"x": ' + "[" * 60 + "]" * 60 + "}",
    '{"x": [' + ",".join("0" * 20_001) + "]}",
    "[1]",
    '"text"',
    "5",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:24])
def test_hostile_variables_are_refused_and_change_nothing(text):
    bench = Bench(READ)
    with pytest.raises(Refused) as refusal:
        bench.start(loads(text))
    assert refusal.value.rule == "form_invalid"
    case = bench.start()
    with pytest.raises(Refused) as refusal:
        bench.complete(case, "a", "bo", loads(text))
    assert refusal.value.rule == "form_invalid"
    assert refusal.value.errors
    assert bench.open(case) == ["a"]


@pytest.mark.parametrize("name", ["__builtins__", "__class__", "self", "data", "金额", "é", "count", "date_1"])
def test_odd_names_are_names_like_others(name):
    """Trap: a variable named `__builtins__` lifts the restrictions of the library's evaluator."""
    bench = Bench(READ)
    case = bench.start({name: 1})
    bench.complete(case, "a", "bo", {f"{name}_2": 2})
    assert bench.variables(case) == {name: 1, f"{name}_2": 2}


def test_values_come_back_as_they_were():
    """Trap: tuples, integer keys, decimals and dates change their types in the library's state."""
    given = {
        "d": dt.date(2026, 3, 2),
        "t": dt.time(9, 30),
        "dt": dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC),
        "days": dt.timedelta(days=1, seconds=3),
        "months": YearsMonths(14),
        "n": Decimal("1.50"),
        "big": Decimal("123456789012345678901234567890.123456789"),
        "l": [None, True, False, "text", Decimal(1), []],
        "o": {"1": {"~": "context", "__class__": "x"}},
    }
    bench = Bench(READ)
    with bench.house.step() as step:
        case = cases.start(step, "p", bench.actor("an"), given).id
    bench.complete(case, "a", "bo")
    found = bench.variables(case)
    assert found == given
    assert [type(value) for value in found.values()] == [type(value) for value in given.values()]
    assert str(found["n"]) == "1.50"


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\0b", "\ud800", 5, "a\nb", "a\u202eb"])
def test_a_business_key_is_a_text_that_can_be_stored(key):
    bench = Bench(READ)
    actor = bench.actor("an")
    with pytest.raises(Invalid), bench.house.step() as step:
        cases.start(step, "p", actor, {}, key)


@pytest.mark.parametrize("assignee", ["x" * 65, "a\0b", 5, True, []])
def test_an_assignee_that_can_be_nobody_is_an_incident_at_that_step(assignee):
    bench = Bench(package(line(user("a"), user("b", "officer", 'camunda:assignee="${who}"'))))
    case = bench.start()
    forms = {"who": assignee} if assignee != "a\0b" else {}
    bench.complete(case, "a", "bo", forms)
    if forms:
        assert [found.element for found in bench.incidents(case)] == ["b"]
        bench.retry(case, "b", {"who": "cai"})
    bench.complete(case, "b", "cai")


@pytest.mark.parametrize(
    "attributes",
    [
        'camunda:dueDate="${1 + &quot;a&quot;}"',
        'camunda:dueDate="${&quot;rubbish&quot;}"',
        'camunda:dueDate="${5}"',
        'camunda:dueDate="${deadline}"',
        'camunda:followUpDate="${date(&quot;x&quot;)}"',
        'camunda:priority="${&quot;high&quot;}"',
        'camunda:priority="${10 ** 12}"',
        'camunda:assignee="${count(for i in 1..100000000 return i)}"',
    ],
)
def test_a_failing_attribute_is_an_incident_at_that_step_while_others_go_on(attributes):
    """Trap: what fails when a step begins fails in the previous person's completion and holds up its siblings."""
    from tests.engine.builder import both, chain, process, start

    read = package(
        process(
            start(),
            user("a"),
            both("s"),
            user("bad", "officer", attributes),
            user("good"),
            chain("start", "a", "s", "bad"),
            chain("s", "good"),
        )
    )
    bench = Bench(read)
    case = bench.start()
    bench.complete(case, "a", "bo", {"kept": 1})
    assert [found.element for found in bench.incidents(case)] == ["bad"]
    assert bench.open(case) == ["good"]
    assert bench.variables(case) == {"kept": 1}
    bench.complete(case, "good", "bo")
    assert bench.instance(case).state == "incident"


@pytest.mark.parametrize(
    "text",
    [
        'x = __import__("os")',
        "x = data.__class__",
        'x = open("/etc/passwd")',
        'x = eval("1")',
        "x = (1).__class__.__bases__",
        "x = getattr(data, data)",
    ],
)
def test_expressions_have_no_way_to_python(text):
    """Trap: authors of diagrams reach `os.system` in scripts, conditions, timers and correlation."""
    from engine.feel import FeelSyntaxError, compile_script

    try:
        compile_script(text)
    except FeelSyntaxError:
        return
    bench = Bench(package(line(script("s", text), user("a"))))
    case = bench.start({"data": {"x": 1}})
    assert bench.variables(case)["x"] is None


def test_numbers_are_gapless_for_a_unit_and_year_also_over_refused_starts():
    read = package(line(user("a")), numbering={"business_key": "A-{year}-{seq:4}"})
    bench = Bench(read, units={"m1": "east"})
    found = [bench.instance(bench.start()).business_key for _ in range(2)]
    with pytest.raises(Refused):
        bench.start({"typename": 1})
    found += [bench.instance(bench.start(who=who)).business_key for who in ("an", "m1")]
    assert found == ["A-2026-0001", "A-2026-0002", "A-2026-0003", "A-2026-0001"]


def test_a_process_with_a_pattern_of_its_own_leaves_the_others_without_gaps():
    patterns = {"business_key": "A-{year}-{seq:4}", "draw": "D-{year}-{seq:4}"}
    bench = Bench(package(line(user("a")), line(user("b"), key="draw"), numbering=patterns))
    found = [bench.instance(bench.start(key=key)).business_key for key in ("p", "draw", "p", "draw")]
    assert found == ["A-2026-0001", "D-2026-0001", "A-2026-0002", "D-2026-0002"]
