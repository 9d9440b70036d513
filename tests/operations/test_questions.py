"""Questions of a review: a line each, numbered by the case (REV-2)."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("1、关系证明在哪里？", "关系证明在哪里？"),
        ("2. 车位办证了吗？", "车位办证了吗？"),
        ("（3）保单受益人是谁？", "保单受益人是谁？"),
        ("1.5 倍的抵押率怎么算？", "1.5 倍的抵押率怎么算？"),
        ("2024年的报表在哪里？", "2024年的报表在哪里？"),
        ("4、", "4、"),
    ],
)
def test_a_number_that_the_writer_gave_is_not_kept_beside_the_cases_own(case, written, kept):
    asked = case.call("question.ask", questions=f"{written}\n\n 还有什么担保？ ")
    assert [row["text"] for row in asked["open_questions"]] == [f"1. {kept}", "2. 还有什么担保？"]
