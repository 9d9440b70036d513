"""Reading tokens one after another: what must come, what may come, and names, which end where the known ones do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import KEYWORDS, Token, error_at, tokenize
from engine.feel.names import Names, join_words

MAX_NESTING: Final = 80
_JUEL_WORDS: Final = {
    "eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "div": "/", "mod": "modulo(a, b)",
    "empty": "count(x) = 0", "instanceof": "instance of",
}  # fmt: skip
_FUNCTIONS_WITH_KEYWORDS: Final = ("date and time", "years and months duration")


class Reader:
    """A text's tokens, the position in them, and the names of several words known at that position."""

    def __init__(self, source: str, names: Iterable[str] = ()):
        self.source = source
        self.tokens = tokenize(source)
        self.position = 0
        self.names = Names(names)
        self._depth = 0
        self._in_range_end = False
        self._scopes: list[list[str]] = []

    def descend(self) -> None:
        """Begins something nested; `ascend` ends it."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise self.error(f"nested more than {MAX_NESTING} levels deep")

    def ascend(self) -> None:
        """Ends something nested."""
        self._depth -= 1

    def error(self, message: str, token: Token | None = None) -> FeelSyntaxError:
        """A syntax error at a token, by default the next one."""
        at = token or self.tokens[min(self.position, len(self.tokens) - 1)]
        return error_at(self.source, at.start, message)

    def expect(self, text: str) -> None:
        """Reads a symbol or keyword that must come next."""
        if not self._accept(text):
            self._refuse_juel()
            found = self.tokens[self.position].text
            raise self.error(f"{text!r} is missing" + (f" before {found!r}" if found else " at the end"))

    def _accept(self, text: str) -> bool:
        if self._at(text):
            self.position += 1
            return True
        return False

    def _at(self, text: str) -> bool:
        token = self.tokens[self.position]
        return token.text == text and token.kind != "string"

    def _next(self) -> Token:
        token = self.tokens[self.position]
        if token.kind != "end":
            self.position += 1
        return token

    def _expect_end(self) -> None:
        token = self.tokens[self.position]
        if token.kind != "end":
            self._refuse_juel()
            if token.text == ":" and "?" in self.source:
                raise self.error("write if c then x else y, not c ? x : y")
            raise self.error(f"unexpected {token.text!r} after the end of the expression")

    def _refuse_juel(self) -> None:
        word = self.tokens[self.position]
        if word.kind == "name" and word.text in _JUEL_WORDS:
            raise self.error(f"write {_JUEL_WORDS[word.text]}, not {word.text}")

    def parse_name(self) -> str:
        """A name: the longest known one, else as many words as stand side by side."""
        known = self._known_name()
        if known is not None:
            return known
        if words := self._function_with_keyword():
            return self._take_name(words)
        first = self.tokens[self.position]
        if first.kind != "name" or first.text in KEYWORDS:
            raise self.error(f"a name is missing before {first.text!r}" if first.text else "a name is missing")
        words = 1
        while self._continues_name(self.position + words):
            word = self.tokens[self.position + words].text
            if word in _JUEL_WORDS and word != "empty":
                raise self.error(f"write {_JUEL_WORDS[word]}, not {word}", self.tokens[self.position + words])
            words += 1
        if first.text == "not" and words > 1:
            raise self.error("write not(x), not not x", first)
        if first.text == "empty" and words > 1:
            raise self.error(f"write {_JUEL_WORDS['empty']}, not empty x", first)
        return self._take_name(words)

    def _continues_name(self, position: int) -> bool:
        token = self.tokens[position]
        if token.kind != "name" or token.text in KEYWORDS:
            return False
        return not (token.text == "instance" and self.tokens[position + 1].text == "of")

    def _function_with_keyword(self) -> int:
        for name in _FUNCTIONS_WITH_KEYWORDS:
            words = name.split()
            texts = [token.text for token in self.tokens[self.position : self.position + len(words) + 1]]
            if texts == [*words, "("]:
                return len(words)
        return 0

    def _take_name(self, words: int) -> str:
        texts = [token.text for token in self.tokens[self.position : self.position + words]]
        self.position += words
        return join_words(texts)

    def _known_name(self) -> str | None:
        """Reads the longest known name of several tokens, if one stands here."""
        words, name = self.names.longest(self.tokens, self.position)
        self.position += words
        return name if words else None

    def _open_scope(self) -> None:
        self._scopes.append([])

    def _declare(self, name: str) -> None:
        if self.names.add(name):
            self._scopes[-1].append(name)

    def _close_scope(self) -> None:
        for name in self._scopes.pop():
            self.names.forget(name)
