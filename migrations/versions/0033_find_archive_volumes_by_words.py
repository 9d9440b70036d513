"""Find archive volumes by words."""

from __future__ import annotations

from alembic import op

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # `loanflow init` fills an empty index: volumes get entries.
    op.execute("DELETE FROM search_entry")


def downgrade() -> None:
    op.execute("DELETE FROM search_entry WHERE kind = 'volume'")
