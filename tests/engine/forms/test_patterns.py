"""Patterns mean what JavaScript means by them (answers recorded from Node 20), and never hang."""

import pytest

from engine.forms.patterns import Pattern, PatternError, PatternTooSlow

MATCHES = [
    (r"^\d{17}[\dXx]$", "11010519491231002X", True),
    (r"^\d{17}[\dXx]$", "１１０１０５１９４９１２３１００２X", False),
    (r"^[A-Z]{2}-\d+$", "AB-12", True),
    (r"^[A-Z]{2}-\d+$", "AB-12\n", False),
    (r"a|b$", "xb", True),
    (r"\bfoo\b", "a foo b", True),
    (r"\bfoo\b", "foobar", False),
    (r"^(?=.*\d)(?=.*[a-z]).{4,}$", "1a2b", True),
    (r"^(?=.*\d)(?=.*[a-z]).{4,}$", "1222", False),
    (r"^(?!x).*y", "xy", False),
    (r"^[一-龥]{2,4}$", "张三", True),
    (r"^[一-龥]{2,4}$", "张", False),
    (r"^..$", "𠮷", True),
    (r"^.$", "\u2028", False),
    (r"^\s$", "\ufeff", True),
    (r"a{,3}", "a{,3}", True),
    (r"{x}", "{x}", True),
    (r"a{2,3}?b", "aab", True),
    (r"(a*)*b", "aaaac", False),
    (r"[^]", "\n", True),
    (r"[]", "a", False),
    (r"[a-\d]", "-", True),
    (r"^[^\W_]+$", "a_b", False),
    (r"\x41\u4e2d", "A中", True),
    (r"(?<year>\d+)", "2026", True),
    (r"[\b]", "\x08", True),
    ("", "anything", True),
]


@pytest.mark.parametrize(("pattern", "text", "expected"), MATCHES)
def test_it_matches_as_the_browser_does(pattern: str, text: str, expected: bool) -> None:
    assert Pattern(pattern).found_in(text) is expected


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "[a", "*", "a**", "a{3,2}", "[b-a]", "\\", "^+", r"(a)\1", r"(?<=a)b", r"\p{L}", "(?<n", "(?i)a", r"\cA",
     "(" * 60 + ")" * 60, "a{1000}{1000}", "(a{1000}){9}", "[𠮷]", "{2}"],
)  # fmt: skip
def test_what_is_no_bounded_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        Pattern(pattern)


@pytest.mark.parametrize("pattern", [r"^(a+)+$", r"^(a|aa)+$", r"^(a|a?)+$", r"(.*a){12}$"])
def test_patterns_that_explode_elsewhere_are_matched_in_linear_time(pattern: str) -> None:
    assert Pattern(pattern).found_in("a" * 3_000 + "!") is False


def test_what_is_still_too_much_is_stopped() -> None:
    with pytest.raises(PatternTooSlow):
        Pattern(r"(?=(a|b)*c)x").found_in("ab" * 2_000)
