"""docs/feel.md names every built-in function, and no other."""

import re
from pathlib import Path

from engine.feel.builtins import FUNCTIONS

DOCUMENT = Path(__file__).parents[3] / "docs" / "feel.md"


def test_all_functions_are_documented():
    section = DOCUMENT.read_text("utf-8").partition("### Functions")[2].partition("They are the standard's")[0]
    assert set(re.findall(r"`([^`]+)`", section)) == set(FUNCTIONS)
