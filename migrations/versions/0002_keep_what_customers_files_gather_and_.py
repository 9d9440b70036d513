"""Keep what customers' files gather, and what staff are to customers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('house_figure',
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('value', sa.Text(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by', sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_house_figure'))
    )
    op.create_table('customer_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(length=32), nullable=False),
    sa.Column('before', sa.Text(), nullable=True),
    sa.Column('after', sa.Text(), nullable=True),
    sa.Column('reason', sa.String(length=1000), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_customer_change_customer_id_customer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_change'))
    )
    with op.batch_alter_table('customer_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_customer_change_customer_id_id'), ['customer_id', 'id'], unique=False)

    op.create_table('customer_contact',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('value', sa.String(length=300), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.String(length=64), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('phone', 'address', 'email', 'employer', 'emergency')", name=op.f('ck_customer_contact_kind_known')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_customer_contact_customer_id_customer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_contact'))
    )
    with op.batch_alter_table('customer_contact', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_customer_contact_customer_id'), ['customer_id'], unique=False)

    op.create_table('customer_rating',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('rated_on', sa.Date(), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('score', sa.Numeric(20, 10).with_variant(sa.String(32), "sqlite"), nullable=True),
    sa.Column('risk_degree', sa.Numeric(20, 10).with_variant(sa.String(32), "sqlite"), nullable=True),
    sa.Column('inputs', sa.Text(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('instance_id', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_customer_rating_customer_id_customer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_rating'))
    )
    with op.batch_alter_table('customer_rating', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_customer_rating_customer_id_rated_on'), ['customer_id', 'rated_on'], unique=False)

    op.create_table('financial_statement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('figures', sa.Text(), nullable=False),
    sa.Column('instance_id', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_financial_statement_customer_id_customer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_financial_statement'))
    )
    with op.batch_alter_table('financial_statement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_financial_statement_customer_id_as_of'), ['customer_id', 'as_of'], unique=False)

    with op.batch_alter_table('blocked_party', schema=None) as batch_op:
        batch_op.add_column(sa.Column('recorded_by', sa.String(length=64), nullable=True))

    with op.batch_alter_table('customer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_customer_phone'), ['phone'], unique=False)

    with op.batch_alter_table('staff_relation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=16), server_default='other', nullable=False))
        batch_op.add_column(sa.Column('note', sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column('recorded_by', sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f('ix_staff_relation_customer'), ['customer'], unique=False)
        batch_op.create_check_constraint(
            batch_op.f('ck_staff_relation_kind_known'),
            "kind IN ('self', 'spouse', 'family', 'friend', 'invested', 'leads', 'other')",
        )



def downgrade() -> None:
    with op.batch_alter_table('staff_relation', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_staff_relation_kind_known'), type_='check')
        batch_op.drop_index(batch_op.f('ix_staff_relation_customer'))
        batch_op.drop_column('recorded_by')
        batch_op.drop_column('note')
        batch_op.drop_column('kind')

    with op.batch_alter_table('customer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_customer_phone'))

    with op.batch_alter_table('blocked_party', schema=None) as batch_op:
        batch_op.drop_column('recorded_by')

    with op.batch_alter_table('financial_statement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_financial_statement_customer_id_as_of'))

    op.drop_table('financial_statement')
    with op.batch_alter_table('customer_rating', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_customer_rating_customer_id_rated_on'))

    op.drop_table('customer_rating')
    with op.batch_alter_table('customer_contact', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_customer_contact_customer_id'))

    op.drop_table('customer_contact')
    with op.batch_alter_table('customer_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_customer_change_customer_id_id'))

    op.drop_table('customer_change')
    op.drop_table('house_figure')
