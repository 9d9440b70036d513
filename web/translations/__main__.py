"""`python -m web.translations`: read the messages, compile the catalogue, name what lacks its English."""

from __future__ import annotations

import sys

from web.translations import update

lacking = update()
print("\n".join(lacking))
sys.exit(1 if lacking else 0)
