"""What a text can be found by, made by us so that every database finds the same: Chinese as overlapping pairs.

No database cuts Chinese into words: FTS5's trigram finds nothing below three characters, PostgreSQL has no parser.
So each run of Chinese is indexed by its characters and by its pairs (陈梅芳: 陈 梅 芳 陈梅 梅芳), and asked for by its
pairs. Everything else goes by words, which are found by their beginning; the number of a thing is found by any three
signs of it that follow one another, for which what it ends with is indexed too, behind a mark (`…0012`).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import regex

_RUN = regex.compile(r"[\p{Han}〇]+|[^\W_\p{Han}〇]+")
_HAN = regex.compile(r"[\p{Han}〇]")
_MOST_WORDS = 20
MIDDLE = "…"
"""Stands before the ends of a number, so that short words do not find numbers by their middle."""
_LEAST_MIDDLE = 3
_LONGEST_NUMBER = 40
_DIGIT = regex.compile(r"\d")


@dataclass(frozen=True)
class Asked:
    """What somebody looks for: whole tokens, and beginnings of words. Empty when nothing could be found by it.

    `number` is all of it as part of a number, separators or not; empty when it cannot be one.
    """

    whole: tuple[str, ...]
    beginnings: tuple[str, ...]
    number: str = ""

    def __bool__(self) -> bool:
        return bool(self.whole or self.beginnings)


def tokens(*texts: str | None) -> str:
    """The tokens of the texts, separated by blanks, each once."""
    found: dict[str, None] = {}
    for text in texts:
        for run in _runs(text or ""):
            if _HAN.match(run):
                found |= dict.fromkeys(run) | dict.fromkeys(_pairs(run))
            else:
                # A number is also found without its leading zeros.
                found |= {run: None} | ({run.lstrip("0"): None} if run.lstrip("0") else {})
        found |= {key: None} if (key := number_key(text)) else {}
    return " ".join(found)


def asked(words: str) -> Asked:
    """What `words` ask for."""
    whole: dict[str, None] = {}
    beginnings: dict[str, None] = {}
    for run in _runs(words)[:_MOST_WORDS]:
        if _HAN.match(run):
            whole |= dict.fromkeys(_pairs(run) or [run])
        else:
            beginnings[run] = None
    return Asked(tuple(whole), tuple(beginnings), middle(number_key(words)))


def middle(word: str) -> str:
    """The beginning of a token by which a number is found of which this is a part; empty for what is too short."""
    return f"{MIDDLE}{word}" if len(word) >= _LEAST_MIDDLE and _DIGIT.search(word) else ""


def middles(number: str | None) -> list[str]:
    """The tokens by which a number is found by any part of it: each of its ends."""
    key = number_key(number)[:_LONGEST_NUMBER]
    return [f"{MIDDLE}{key[first:]}" for first in range(1, len(key) - _LEAST_MIDDLE + 1)]


def number_key(text: str | None) -> str:
    """A number without what people write between its parts: `A1-2026-0012` is `a120260012`. Empty for other texts."""
    runs = _runs(text or "")
    return "" if any(_HAN.match(run) for run in runs) else "".join(runs)


def folded(text: str) -> str:
    """A text as it is compared: width and case do not count."""
    return unicodedata.normalize("NFKC", text).casefold()


def _runs(text: str) -> list[str]:
    return [str(run) for run in _RUN.findall(folded(text))]


def _pairs(run: str) -> list[str]:
    return [run[index : index + 2] for index in range(len(run) - 1)]
