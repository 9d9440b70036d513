"""Regular expressions as XPath has them."""

import pytest

from engine.feel import compile_expression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r'matches("abracadabra", "^a.*a$")', True),
        (r'matches("a\nb", "a.b")', False),
        (r'matches("a\nb", "a.b", "s")', True),
        (r'matches("a\nb", "^b$")', False),
        (r'matches("a\nb", "^b$", "m")', True),
        (r'matches("ABC", "abc", "i")', True),
        (r'matches("a.c", "a.c", "q")', True),
        (r'matches("abc", "a.c", "q")', False),
        (r'matches("helloworld", "hello world", "x")', True),
        (r'matches("abcabc", "(abc)\\1")', True),
        (r'matches("f", "[a-z-[aeiou]]")', True),
        (r'matches("e", "[a-z-[aeiou]]")', False),
        (r'matches("中", "\\p{L}")', True),
        (r'matches("12", "^\\d{2}$")', True),
        (r'matches("a", "[")', None),
        (r'matches("a", "(?<n>a)")', None),
        (r'matches("a", "a", "z")', None),
        (r'matches("a{e<=1}", "a{e<=1}")', None),
        (r'replace("abracadabra", "a(.)", "[$1]")', "[b]r[c][d][b]ra"),
        (r'replace("abc", "(b)", "$12")', "ab2c"),
        (r'replace("a.b", ".", "\\$", "q")', "a\\$b"),
        (r'replace("abc", "x*", "-")', None),
        (r'replace("abc", "b", "$")', None),
        (r'split("a1b22c", "[0-9]+")', ["a", "b", "c"]),
    ],
)
def test_patterns(text, expected):
    assert compile_expression(text).evaluate({}) == expected
