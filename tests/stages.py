"""Stages that tests have set up: struck when the test is over, so that the next one finds their engines warm."""

from __future__ import annotations

from engine.scenario.stage import strike_stage
from engine.service.house import House

_standing: list[House] = []


def stands(house: House) -> None:
    """A house in memory that the test has set up; nobody uses it after the test."""
    _standing.append(house)


def strike() -> None:
    """The test is over."""
    while _standing:
        strike_stage(_standing.pop())
