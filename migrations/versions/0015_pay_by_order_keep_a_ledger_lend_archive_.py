"""Pay by order, keep a ledger, lend archive volumes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('ledger_account',
    sa.Column('role', sa.String(length=24), nullable=False),
    sa.Column('code', sa.String(length=24), nullable=False),
    sa.Column('title_zh', sa.String(length=100), nullable=False),
    sa.Column('title_en', sa.String(length=100), nullable=False),
    sa.CheckConstraint("role IN ('loans', 'clearing', 'settlement', 'interest_income', 'fee_income', 'penalty_income', 'customer_deposits')", name=op.f('ck_ledger_account_role_known')),
    sa.PrimaryKeyConstraint('role', name=op.f('pk_ledger_account')),
    sa.UniqueConstraint('code', name=op.f('uq_ledger_account_code'))
    )
    op.create_table('recorded_answer',
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('answers', sa.Text(), nullable=False),
    sa.Column('message', sa.String(length=1000), nullable=True),
    sa.PrimaryKeyConstraint('account', name=op.f('pk_recorded_answer'))
    )
    op.create_table('recorded_payment',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('payee', sa.String(length=200), nullable=False),
    sa.Column('amount', sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('reference', sa.String(length=100), nullable=False),
    sa.Column('message', sa.String(length=1000), nullable=True),
    sa.Column('submitted', sa.Integer(), nullable=False),
    sa.Column('asked', sa.Integer(), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_recorded_payment_amount_positive')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_recorded_payment')),
    sa.UniqueConstraint('reference', name=op.f('uq_recorded_payment_reference'))
    )
    op.create_table('precondition_waiver',
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('draw_no', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('waived_by', sa.String(length=64), nullable=False),
    sa.Column('waived_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_precondition_waiver_with_reason')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_precondition_waiver_application_id_application')),
    sa.PrimaryKeyConstraint('application_id', 'draw_no', 'code', name=op.f('pk_precondition_waiver'))
    )
    op.create_table('archive_handover',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('archive_entry_id', sa.Integer(), nullable=False),
    sa.Column('instance_id', sa.Uuid(), nullable=False),
    sa.Column('handed_by', sa.String(length=64), nullable=False),
    sa.Column('handed_to', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('handed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('location', sa.String(length=200), nullable=True),
    sa.CheckConstraint('handed_by <> handed_to', name=op.f('ck_archive_handover_two_people')),
    sa.ForeignKeyConstraint(['archive_entry_id'], ['archive_entry.id'], name=op.f('fk_archive_handover_archive_entry_id_archive_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_archive_handover'))
    )
    with op.batch_alter_table('archive_handover', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_archive_handover_archive_entry_id'), ['archive_entry_id'], unique=False)
        batch_op.create_index('uq_archive_handover_on_the_way', ['archive_entry_id'], unique=True, sqlite_where=sa.text('received_at IS NULL'), postgresql_where=sa.text('received_at IS NULL'))

    op.create_table('archive_loan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('archive_entry_id', sa.Integer(), nullable=False),
    sa.Column('instance_id', sa.Uuid(), nullable=False),
    sa.Column('borrower', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('lent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lent_by', sa.String(length=64), nullable=True),
    sa.Column('returned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('returned_to', sa.String(length=64), nullable=True),
    sa.Column('condition', sa.String(length=1000), nullable=True),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_archive_loan_with_reason')),
    sa.CheckConstraint('(returned_at IS NULL) = (returned_to IS NULL)', name=op.f('ck_archive_loan_returned_to_somebody')),
    sa.ForeignKeyConstraint(['archive_entry_id'], ['archive_entry.id'], name=op.f('fk_archive_loan_archive_entry_id_archive_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_archive_loan'))
    )
    with op.batch_alter_table('archive_loan', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_archive_loan_archive_entry_id'), ['archive_entry_id'], unique=False)
        batch_op.create_index('ix_archive_loan_until', ['until', 'id'], unique=False, sqlite_where=sa.text('returned_at IS NULL'), postgresql_where=sa.text('returned_at IS NULL'))
        batch_op.create_index('uq_archive_loan_out', ['archive_entry_id'], unique=True, sqlite_where=sa.text('returned_at IS NULL'), postgresql_where=sa.text('returned_at IS NULL'))

    op.create_table('continuation',
    sa.Column('instance_id', sa.Uuid(), nullable=False),
    sa.Column('of_instance', sa.Uuid(), nullable=False),
    sa.CheckConstraint('instance_id <> of_instance', name=op.f('ck_continuation_of_another_case')),
    sa.ForeignKeyConstraint(['instance_id'], ['instance.id'], name=op.f('fk_continuation_instance_id_instance')),
    sa.ForeignKeyConstraint(['of_instance'], ['instance.id'], name=op.f('fk_continuation_of_instance_instance')),
    sa.PrimaryKeyConstraint('instance_id', name=op.f('pk_continuation'))
    )
    with op.batch_alter_table('continuation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_continuation_of_instance'), ['of_instance'], unique=False)

    op.create_table('draw_period',
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('agreed_by', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_draw_period_contract_id_contract')),
    sa.PrimaryKeyConstraint('contract_id', name=op.f('pk_draw_period'))
    )
    op.create_table('journal_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('event', sa.String(length=160), nullable=False),
    sa.Column('loan_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.Column('voucher_no', sa.String(length=100), nullable=True),
    sa.Column('reverses_id', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['loan_id'], ['loan.id'], name=op.f('fk_journal_entry_loan_id_loan')),
    sa.ForeignKeyConstraint(['reverses_id'], ['journal_entry.id'], name=op.f('fk_journal_entry_reverses_id_journal_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal_entry')),
    sa.UniqueConstraint('event', name=op.f('uq_journal_entry_event')),
    sa.UniqueConstraint('number', name=op.f('uq_journal_entry_number')),
    sa.UniqueConstraint('reverses_id', name=op.f('uq_journal_entry_reverses_id'))
    )
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_journal_entry_booked_on_id'), ['booked_on', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_journal_entry_loan_id'), ['loan_id'], unique=False)

    op.create_table('payment_order',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('loan_id', sa.Integer(), nullable=False),
    sa.Column('instance_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('amount', sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
    sa.Column('payee', sa.String(length=200), nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('evidence', sa.String(length=200), nullable=True),
    sa.Column('planned_on', sa.Date(), nullable=False),
    sa.Column('pay_by', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('bank_reference', sa.String(length=100), nullable=True),
    sa.Column('message', sa.String(length=1000), nullable=True),
    sa.Column('ordered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ordered_by', sa.String(length=64), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by', sa.String(length=64), nullable=True),
    sa.CheckConstraint("(state IN ('paid', 'failed')) = (settled_at IS NOT NULL)", name=op.f('ck_payment_order_settled_at_some_time')),
    sa.CheckConstraint("kind IN ('own', 'entrusted')", name=op.f('ck_payment_order_kind_known')),
    sa.CheckConstraint("state IN ('waiting', 'sent', 'unknown', 'paid', 'failed')", name=op.f('ck_payment_order_state_known')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_payment_order_amount_positive')),
    sa.CheckConstraint('pay_by >= planned_on', name=op.f('ck_payment_order_paid_after_it_is_planned')),
    sa.ForeignKeyConstraint(['loan_id'], ['loan.id'], name=op.f('fk_payment_order_loan_id_loan')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_order')),
    sa.UniqueConstraint('key', name=op.f('uq_payment_order_key')),
    sa.UniqueConstraint('number', name=op.f('uq_payment_order_number'))
    )
    with op.batch_alter_table('payment_order', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payment_order_loan_id'), ['loan_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_order_state_pay_by'), ['state', 'pay_by'], unique=False)
        batch_op.create_index('uq_payment_order_live', ['loan_id'], unique=True, sqlite_where=sa.text("state <> 'failed'"), postgresql_where=sa.text("state <> 'failed'"))

    op.create_table('posting',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=24), nullable=False),
    sa.Column('debit', sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
    sa.Column('credit', sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
    sa.CheckConstraint('(debit = 0) <> (credit = 0)', name=op.f('ck_posting_one_side')),
    sa.CheckConstraint('debit >= 0 AND credit >= 0', name=op.f('ck_posting_not_negative')),
    sa.ForeignKeyConstraint(['entry_id'], ['journal_entry.id'], name=op.f('fk_posting_entry_id_journal_entry')),
    sa.ForeignKeyConstraint(['role'], ['ledger_account.role'], name=op.f('fk_posting_role_ledger_account')),
    sa.PrimaryKeyConstraint('entry_id', 'n', name=op.f('pk_posting'))
    )
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_posting_role_entry_id'), ['role', 'entry_id'], unique=False)

    with op.batch_alter_table('archive_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('room', sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column('shelf', sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column('box', sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column('bound_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('holder', sa.String(length=64), nullable=True))

    with op.batch_alter_table('archive_item', schema=None) as batch_op:
        batch_op.alter_column('title',
               existing_type=sa.VARCHAR(length=200),
               type_=sa.String(length=300),
               existing_nullable=False)

    with op.batch_alter_table('loan', schema=None) as batch_op:
        batch_op.add_column(sa.Column('draw_no', sa.Integer(), server_default='1', nullable=False))
        batch_op.add_column(sa.Column('due_day_rule', sa.String(length=20), server_default='as_is', nullable=False))
        batch_op.add_column(sa.Column('reversed_on', sa.Date(), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_loan_contract_id'), type_='unique')
        batch_op.drop_constraint(batch_op.f('ck_loan_status_known'), type_='check')
        batch_op.create_check_constraint(
            batch_op.f('ck_loan_status_known'), "status IN ('paying', 'active', 'settled', 'reversed')"
        )
        batch_op.create_check_constraint(
            batch_op.f('ck_loan_reversed_on_a_day'), "(status = 'reversed') = (reversed_on IS NOT NULL)"
        )
        batch_op.create_check_constraint(batch_op.f('ck_loan_draw_counts'), 'draw_no > 0')
        batch_op.create_check_constraint(
            batch_op.f('ck_loan_due_day_rule_known'), "due_day_rule IN ('as_is', 'next_working_day')"
        )
        batch_op.create_index(batch_op.f('ix_loan_contract_id'), ['contract_id'], unique=False)
        batch_op.create_index('uq_loan_draw', ['contract_id', 'draw_no'], unique=True, sqlite_where=sa.text("status <> 'reversed'"), postgresql_where=sa.text("status <> 'reversed'"))

    with op.batch_alter_table('voucher', schema=None) as batch_op:
        batch_op.add_column(sa.Column('void_on', sa.Date(), nullable=True))

    with op.batch_alter_table('loan_transaction', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_loan_transaction_kind_known'), type_='check')
        batch_op.create_check_constraint(
            batch_op.f('ck_loan_transaction_kind_known'), "kind IN ('disbursement', 'repayment', 'reversal')"
        )

    _open_the_ledger(op.get_bind())


_ACCOUNTS = (
    ('loans', '1303', '贷款', 'Loans'),
    ('clearing', '2241', '待清算放款', 'Disbursements in clearing'),
    ('settlement', '1011', '存放同业清算款', 'Settlement account'),
    ('interest_income', '6011', '利息收入', 'Interest income'),
    ('fee_income', '6021', '手续费收入', 'Fee income'),
    ('penalty_income', '6012', '罚息收入', 'Penalty interest income'),
    ('customer_deposits', '2243', '待退客户款', 'Owed to customers'),
)
_SIDES = (
    ('principal', 'loans'),
    ('interest', 'interest_income'),
    ('fee', 'fee_income'),
    ('penalty', 'penalty_income'),
    ('excess', 'customer_deposits'),
)


def _open_the_ledger(bind: sa.Connection) -> None:
    # What was paid out and in before there was a ledger is booked into it, so that books and ledger agree from now on.
    # Amounts are moved as they are stored (fen on SQLite), so they are read and written without conversion.
    meta = sa.MetaData()
    meta.reflect(bind, only=['loan', 'loan_transaction', 'ledger_account', 'journal_entry', 'posting'])
    loan, moved = meta.tables['loan'], meta.tables['loan_transaction']
    account, entry, posting = (meta.tables[name] for name in ('ledger_account', 'journal_entry', 'posting'))
    rows = bind.execute(
        sa.select(moved, loan.c.number.label('loan_no')).join(loan, loan.c.id == moved.c.loan_id).order_by(moved.c.id)
    ).mappings().all()
    if not rows:
        return
    for role, code, zh, en in _ACCOUNTS:
        bind.execute(account.insert().values(role=role, code=code, title_zh=zh, title_en=en))
    for row in rows:
        entry_id = bind.execute(
            entry.insert()
            .values(
                number=f"J-0-{row['id']:06d}",
                event=f"{row['kind']}:{row['loan_no']}:{row['seq']}",
                loan_id=row['loan_id'],
                kind=row['kind'],
                booked_on=row['value_date'],
                voucher_no=row['reference'],
                recorded_at=row['recorded_at'],
                recorded_by=row['recorded_by'],
            )
            .returning(entry.c.id)
        ).scalar_one()
        received = row['kind'] == 'repayment'
        lines = [('settlement', row['amount'], received)]
        lines += [(role, row[column], not received) for column, role in _SIDES if row[column]]
        for n, (role, amount, on_debit) in enumerate(lines, start=1):
            debit, credit = (amount, 0) if on_debit else (0, amount)
            bind.execute(posting.insert().values(entry_id=entry_id, n=n, role=role, debit=debit, credit=credit))


def downgrade() -> None:
    with op.batch_alter_table('voucher', schema=None) as batch_op:
        batch_op.drop_column('void_on')

    with op.batch_alter_table('loan_transaction', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_loan_transaction_kind_known'), type_='check')
        batch_op.create_check_constraint(
            batch_op.f('ck_loan_transaction_kind_known'), "kind IN ('disbursement', 'repayment')"
        )

    with op.batch_alter_table('loan', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_loan_due_day_rule_known'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_loan_draw_counts'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_loan_reversed_on_a_day'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_loan_status_known'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_loan_status_known'), "status IN ('active', 'settled')")
        batch_op.drop_index('uq_loan_draw', sqlite_where=sa.text("status <> 'reversed'"), postgresql_where=sa.text("status <> 'reversed'"))
        batch_op.drop_index(batch_op.f('ix_loan_contract_id'))
        batch_op.create_unique_constraint(batch_op.f('uq_loan_contract_id'), ['contract_id'])
        batch_op.drop_column('reversed_on')
        batch_op.drop_column('due_day_rule')
        batch_op.drop_column('draw_no')

    with op.batch_alter_table('archive_item', schema=None) as batch_op:
        batch_op.alter_column('title',
               existing_type=sa.String(length=300),
               type_=sa.VARCHAR(length=200),
               existing_nullable=False)

    with op.batch_alter_table('archive_entry', schema=None) as batch_op:
        batch_op.drop_column('holder')
        batch_op.drop_column('bound_on')
        batch_op.drop_column('box')
        batch_op.drop_column('shelf')
        batch_op.drop_column('room')

    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_posting_role_entry_id'))

    op.drop_table('posting')
    with op.batch_alter_table('payment_order', schema=None) as batch_op:
        batch_op.drop_index('uq_payment_order_live', sqlite_where=sa.text("state <> 'failed'"), postgresql_where=sa.text("state <> 'failed'"))
        batch_op.drop_index(batch_op.f('ix_payment_order_state_pay_by'))
        batch_op.drop_index(batch_op.f('ix_payment_order_loan_id'))

    op.drop_table('payment_order')
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_journal_entry_loan_id'))
        batch_op.drop_index(batch_op.f('ix_journal_entry_booked_on_id'))

    op.drop_table('journal_entry')
    op.drop_table('draw_period')
    with op.batch_alter_table('continuation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_continuation_of_instance'))

    op.drop_table('continuation')
    with op.batch_alter_table('archive_loan', schema=None) as batch_op:
        batch_op.drop_index('uq_archive_loan_out', sqlite_where=sa.text('returned_at IS NULL'), postgresql_where=sa.text('returned_at IS NULL'))
        batch_op.drop_index('ix_archive_loan_until', sqlite_where=sa.text('returned_at IS NULL'), postgresql_where=sa.text('returned_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_archive_loan_archive_entry_id'))

    op.drop_table('archive_loan')
    with op.batch_alter_table('archive_handover', schema=None) as batch_op:
        batch_op.drop_index('uq_archive_handover_on_the_way', sqlite_where=sa.text('received_at IS NULL'), postgresql_where=sa.text('received_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_archive_handover_archive_entry_id'))

    op.drop_table('archive_handover')
    op.drop_table('precondition_waiver')
    op.drop_table('recorded_payment')
    op.drop_table('recorded_answer')
    op.drop_table('ledger_account')