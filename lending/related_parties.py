"""Who belongs together: groups under one control, circles of guarantors, and how somebody is related to somebody.

Parties are any hashable keys. Knows nothing of where ties are recorded, nor of what a house lends to whom.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

import networkx as nx

Party = TypeVar("Party", bound=Hashable)

SHARE_COUNTS = "shareholder"
"""The one kind of tie that counts only from a certain share on."""


@dataclass(frozen=True)
class Tie:
    """`subject` is the `kind` of `other`: its shareholder, its spouse. `share` is the fraction held, if any."""

    subject: Any
    kind: str
    other: Any
    share: Decimal | None = None


def closely(ties: Iterable[Tie], kinds: Collection[str], share: Decimal) -> list[Tie]:
    """The ties of some kinds; of shareholders only those that hold at least `share` (a fraction)."""
    return [
        tie
        for tie in ties
        if tie.kind in kinds and (tie.kind != SHARE_COUNTS or (tie.share is not None and tie.share >= share))
    ]


def group_of(ties: Iterable[Tie], whom: Party) -> set[Party]:
    """`whom` and all who hang together with them by these ties, over however many others (trade.md section 9)."""
    graph = nx.Graph((tie.subject, tie.other) for tie in ties)
    return set(nx.node_connected_component(graph, whom)) if whom in graph else {whom}


def circles_of(guarantees: Iterable[tuple[Party, Party]], whom: Party, longest: int, most: int) -> list[list[Party]]:
    """The circles of guarantees that `whom` is in: each guarantees the next, the last the first, `whom` comes first.

    `guarantees` are pairs of guarantor and guaranteed. Circles of more than `longest` parties are not looked for; the
    shortest come first, at most `most`.
    """
    graph = nx.DiGraph(guarantees)
    if whom not in graph:
        return []
    around = nx.descendants(graph, whom) & nx.ancestors(graph, whom) | {whom}
    cycles = nx.simple_cycles(graph.subgraph(around), length_bound=longest)
    found = (cycle[cycle.index(whom) :] + cycle[: cycle.index(whom)] for cycle in cycles if whom in cycle)
    return sorted(islice(found, most), key=len)


def shortest_chains(ties: Iterable[Tie], whom: Collection[Party], steps: int) -> Mapping[Party, list[Tie]]:
    """For everybody who is at most `steps` ties from one of `whom`: the shortest chain of ties that leads there.

    The direction of ties does not matter; whoever is one of `whom` has an empty chain.
    """
    by_party: dict[Party, list[Tie]] = {}
    for tie in ties:
        by_party.setdefault(tie.subject, []).append(tie)
        by_party.setdefault(tie.other, []).append(tie)
    chains: dict[Party, list[Tie]] = {party: [] for party in whom}
    front = list(chains)
    for _ in range(steps):
        reached = []
        for party in front:
            for tie in by_party.get(party, ()):
                beyond = tie.other if tie.subject == party else tie.subject
                if beyond not in chains:
                    chains[beyond] = [*chains[party], tie]
                    reached.append(beyond)
        front = reached
    return chains
