"""Names with spaces or operators in them: one spelling for each, and finding the longest that is known."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import Token, tokenize

# The key under which a branch of the tree keeps the spellings of the name that ends there; no token is empty.
_END: Final = ""


_Branch = dict[str, Any]


class Names:
    """Names of more than one token that are known, so that the longest can be matched; single words need no help.

    They are trees of words, so that finding one costs no more than its own length, however many there are. The tree of
    the names from outside is shared by all texts of one model; what a text declares itself comes on top.
    """

    def __init__(self, names: Iterable[str] = ()):
        self._given = _tree(frozenset(names))
        self._declared: _Branch = {}

    def add(self, name: str) -> bool:
        """Makes a name known. Whether that is news, so that `forget` must follow at the end of its scope."""
        return _plant(self._declared, name)

    def forget(self, name: str) -> None:
        """Takes back a name that was added."""
        branch = self._declared
        for word in _words(name):
            branch = branch[word]
        del branch[_END][name]

    def longest(self, tokens: list[Token], position: int) -> tuple[int, str]:
        """The longest known name from `position` on: how many tokens it takes (0: there is none), and its spelling."""
        given, declared = _longest(self._given, tokens, position), _longest(self._declared, tokens, position)
        return declared if declared[0] >= given[0] else given


@lru_cache(maxsize=64)
def _tree(names: frozenset[str]) -> _Branch:
    root: _Branch = {}
    for name in sorted(names):
        _plant(root, name)
    return root


def _plant(root: _Branch, name: str) -> bool:
    words = _words(name)
    if len(words) < 2:
        return False
    branch = root
    for word in words:
        branch = branch.setdefault(word, {})
    spellings = branch.setdefault(_END, {})
    if name in spellings:
        return False
    spellings[name] = {}
    return True


def _longest(root: _Branch, tokens: list[Token], position: int) -> tuple[int, str]:
    branch = root.get(tokens[position].text) if root else None
    found, name, words = 0, "", 1
    while branch is not None and tokens[position + words - 1].kind != "end":
        if branch.get(_END):
            found, name = words, next(iter(branch[_END]))
        if position + words == len(tokens):
            break
        branch = branch.get(tokens[position + words].text)
        words += 1
    return found, name


@lru_cache(maxsize=4096)
def _words(name: str) -> tuple[str, ...]:
    if name.isidentifier():
        return (name,)
    try:
        return tuple(token.text for token in tokenize(name) if token.kind != "end")
    except FeelSyntaxError:
        return ()


def join_words(words: list[str]) -> str:
    """One spelling for a name of several tokens: a space between two words, none around other characters."""
    name = words[0]
    for before, word in pairwise(words):
        both = _wordy(before[-1]) and _wordy(word[0])
        name += f" {word}" if both else word
    return name


def _wordy(char: str) -> bool:
    return char.isalnum() or char in "_?" or ord(char) > 127
