"""For developers: `python -m migrations "Add the register of notices"` writes the revision that the models need."""

from __future__ import annotations

import sys

from alembic import command
from alembic.script import ScriptDirectory

from migrations import configuration, upgrade
from models.database import make_engine


def main(message: str) -> None:
    """Writes a revision from what the existing ones build to what the models describe."""
    engine = make_engine("sqlite://")
    upgrade(engine)
    with engine.begin() as connection:
        config = configuration(connection)
        number = sum(1 for _ in ScriptDirectory.from_config(config).walk_revisions()) + 1
        command.revision(config, message=message, autogenerate=True, rev_id=f"{number:04d}")


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
