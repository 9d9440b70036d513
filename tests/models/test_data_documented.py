"""docs/data.md names every table, and no table that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from models.metadata import all_tables

PAGE = Path(__file__).parents[2] / "docs" / "data.md"


def test_every_table_is_in_the_documentation():
    section = PAGE.read_text(encoding="utf-8").split("## Tables")[1].split("## Numbers")[0]
    first_cells = (line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))
    named = [name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(named) == sorted(all_tables().tables)
