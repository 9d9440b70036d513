"""Names with spaces or operators in them: one spelling for each, and finding the longest that is known."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import Token, tokenize


class Names:
    """Names of more than one token that are known, so that the longest can be matched; single words need no help."""

    def __init__(self, names: Iterable[str] = ()):
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> bool:
        """Makes a name known. Whether that is news, so that `forget` must follow at the end of its scope."""
        words = _words(name)
        if len(words) < 2:
            return False
        known = self._by_first.setdefault(words[0], [])
        if (words, name) in known:
            return False
        known.append((words, name))
        known.sort(key=lambda entry: len(entry[0]), reverse=True)
        return True

    def forget(self, name: str) -> None:
        """Takes back a name that was added."""
        words = _words(name)
        self._by_first[words[0]].remove((words, name))

    def longest(self, tokens: list[Token], position: int) -> tuple[int, str]:
        """The longest known name from `position` on: how many tokens it takes (0: there is none), and its spelling."""
        for words, name in self._by_first.get(tokens[position].text, ()):
            found = tokens[position : position + len(words)]
            if len(found) == len(words) and all(token.text == word for token, word in zip(found, words, strict=True)):
                return len(words), name
        return 0, ""


@lru_cache(maxsize=4096)
def _words(name: str) -> tuple[str, ...]:
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
