"""List what people bear of losses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None

_KEPT = "loss_id, n, person, kind, duties, amount"


def upgrade() -> None:
    """The table is made anew, for its rows get a key of their own; nothing refers to it."""
    connection = op.get_bind()
    read = sa.text(f"SELECT {_KEPT} FROM loss_share ORDER BY loss_id, n")
    rows = [dict(row._mapping) for row in connection.execute(read)]
    op.drop_table('loss_share')
    _create(
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_loss_share')),
        sa.UniqueConstraint('loss_id', 'n', name=op.f('uq_loss_share_loss_id_n')),
    )
    op.create_index(op.f('ix_loss_share_confirmed_at_id'), 'loss_share', ['confirmed_at', 'id'])
    _fill(rows, f"{_KEPT}, confirmed_at", "(SELECT confirmed_at FROM loss WHERE loss.id = :loss_id)")


def downgrade() -> None:
    connection = op.get_bind()
    rows = [dict(row._mapping) for row in connection.execute(sa.text(f"SELECT {_KEPT} FROM loss_share"))]
    op.drop_table('loss_share')
    _create(sa.PrimaryKeyConstraint('loss_id', 'n', name=op.f('pk_loss_share')))
    _fill(rows, _KEPT)


def _create(*more: sa.schema.SchemaItem) -> None:
    op.create_table('loss_share',
    sa.Column('loss_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('person', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('duties', sa.String(length=255), nullable=False),
    sa.Column('amount', sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
    sa.CheckConstraint("kind IN ('direct', 'indirect')", name=op.f('ck_loss_share_kind_known')),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_loss_share_amount_not_negative')),
    sa.ForeignKeyConstraint(['loss_id'], ['loss.id'], name=op.f('fk_loss_share_loss_id_loss')),
    sa.UniqueConstraint('loss_id', 'person', name=op.f('uq_loss_share_loss_id_person')),
    *more,
    )
    op.create_index(op.f('ix_loss_share_person'), 'loss_share', ['person'])


def _fill(rows: list[dict[str, object]], columns: str, more: str = "") -> None:
    values = ", ".join([*(f":{name}" for name in _KEPT.split(", ")), *([more] if more else [])])
    for row in rows:
        op.get_bind().execute(sa.text(f"INSERT INTO loss_share ({columns}) VALUES ({values})"), row)
