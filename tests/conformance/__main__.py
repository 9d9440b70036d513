"""`make conformance`: runs every public suite that is there, and reports the rates.

`python -m tests.conformance.dmn_tck WORD…` runs the folders of a suite whose names contain a word, with every failure.
Exit status 1 when a case fails that no document explains.
"""

from __future__ import annotations

import sys

from tests.conformance import bpmn_miwg, dmn_tck

SUITES = (dmn_tck.main, bpmn_miwg.main)
"""Each takes words that select folders, prints its report and gives an exit status."""


def main() -> int:
    """All suites, one after the other."""
    return max([run([]) for run in SUITES])


if __name__ == "__main__":
    sys.exit(main())
