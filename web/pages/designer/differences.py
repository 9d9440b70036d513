"""What differs between two texts, line by line, with a little of what stands around it. Bounded for hostile texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 3
_MOST_COMPARED = 4_000
_MOST_SHOWN = 2_000
_MOST_CHARACTERS = 500


@dataclass(frozen=True)
class Line:
    """A line of a comparison: `kind` is `same`, `del`, `add` or `gap` (lines left out); numbers count from 1."""

    kind: str
    text: str
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True)
class Difference:
    """What differs, and how many lines were added and removed; `whole` is false when the rest was left out."""

    lines: list[Line]
    added: int
    removed: int
    whole: bool = True


def differing(before: Sequence[str], after: Sequence[str]) -> Difference:
    """Compares two texts. What is equal at both ends costs nothing; of very long middles no detail is sought."""
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    lines = list(_lines(before, after, _blocks(old, new, head)))
    return Difference(
        lines=lines[:_MOST_SHOWN],
        added=sum(line.kind == "add" for line in lines),
        removed=sum(line.kind == "del" for line in lines),
        whole=len(lines) <= _MOST_SHOWN,
    )


Block = tuple[int, int, int, int]


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    count = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        count += 1
    return count


def _blocks(old: Sequence[str], new: Sequence[str], offset: int) -> list[Block]:
    """Ranges (before from, to, after from, to) that differ."""
    if len(old) > _MOST_COMPARED or len(new) > _MOST_COMPARED:
        return [(offset, offset + len(old), offset, offset + len(new))]
    found = SequenceMatcher(None, old, new).get_opcodes()
    return [(a + offset, b + offset, c + offset, d + offset) for tag, a, b, c, d in found if tag != "equal"]


def _lines(before: Sequence[str], after: Sequence[str], blocks: list[Block]) -> Iterator[Line]:
    at = 0
    for number, (old_from, old_to, new_from, new_to) in enumerate(blocks):
        shift = new_from - old_from
        begin = max(at, old_from - AROUND)
        if begin > at:
            yield Line("gap", "")
        yield from _same(before, begin, old_from, shift)
        for index in range(old_from, old_to):
            yield Line("del", before[index][:_MOST_CHARACTERS], before=index + 1)
        for index in range(new_from, new_to):
            yield Line("add", after[index][:_MOST_CHARACTERS], after=index + 1)
        following = blocks[number + 1][0] if number + 1 < len(blocks) else len(before)
        at = min(old_to + AROUND, following)
        yield from _same(before, old_to, at, new_to - old_to)
    if blocks and at < len(before):
        yield Line("gap", "")


def _same(lines: Sequence[str], begin: int, end: int, shift: int) -> Iterator[Line]:
    for index in range(begin, end):
        yield Line("same", lines[index][:_MOST_CHARACTERS], index + 1, index + 1 + shift)
