"""Count failed sign-ins together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('failed_sign_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('counted', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_failed_sign_in'))
    )
    with op.batch_alter_table('failed_sign_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_failed_sign_in_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_failed_sign_in_counted_at'), ['counted', 'at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('failed_sign_in', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_failed_sign_in_counted_at'))
        batch_op.drop_index(batch_op.f('ix_failed_sign_in_at'))

    op.drop_table('failed_sign_in')
