"""Follow cases, and save conditions of the inbox under a name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('saved_filter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('tab', sa.String(length=16), nullable=False),
    sa.Column('conditions', sa.String(length=1000), nullable=False),
    sa.Column('shared_with', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['shared_with'], ['unit.id'], name=op.f('fk_saved_filter_shared_with_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_filter')),
    sa.UniqueConstraint('person', 'name', name=op.f('uq_saved_filter_person_name'))
    )
    with op.batch_alter_table('saved_filter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_saved_filter_shared_with'), ['shared_with'], unique=False)

    op.create_table('followed_case',
    sa.Column('person', sa.String(length=64), nullable=False),
    sa.Column('instance_id', sa.Uuid(), nullable=False),
    sa.Column('followed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['instance_id'], ['instance.id'], name=op.f('fk_followed_case_instance_id_instance')),
    sa.PrimaryKeyConstraint('person', 'instance_id', name=op.f('pk_followed_case'))
    )


def downgrade() -> None:
    op.drop_table('followed_case')
    with op.batch_alter_table('saved_filter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_saved_filter_shared_with'))

    op.drop_table('saved_filter')
