"""Benches are struck after each test, so that the next one finds their engines warm."""

from collections.abc import Iterator

import pytest

from tests.engine.builder import strike_benches


@pytest.fixture(autouse=True)
def _benches_are_struck() -> Iterator[None]:
    yield
    strike_benches()
