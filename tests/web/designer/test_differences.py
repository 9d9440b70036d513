"""Lines that differ, with a little around them, in bounded time."""

import time

from hypothesis import given
from hypothesis import strategies as st

from web.pages.designer.differences import AROUND, differing

lines = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=30)


@given(lines, lines)
def test_what_was_added_and_removed_makes_one_of_the_other(before, after):
    found = differing(before, after)
    assert len(before) - found.removed + found.added == len(after)
    for line in found.lines:
        if line.before is not None:
            assert before[line.before - 1] == line.text
        if line.after is not None:
            assert after[line.after - 1] == line.text
    assert (found.lines == []) == (before == after)


def test_only_what_is_near_a_difference_is_shown():
    before = [str(number) for number in range(100)]
    after = [*before[:50], "new", *before[51:]]
    found = differing(before, after)
    assert [line.kind for line in found.lines] == ["gap", *["same"] * AROUND, "del", "add", *["same"] * AROUND, "gap"]


def test_texts_without_a_common_line_cost_no_more_than_reading_them():
    before, after = (["x", *[f"{letter}{number % 7}" for number in range(60_000)]] for letter in "ab")
    begun = time.process_time()
    found = differing(before, after)
    assert time.process_time() - begun < 5
    assert not found.whole
    assert (found.added, found.removed) == (60_000, 60_000)
