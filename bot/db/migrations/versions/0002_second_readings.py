"""messages that the meaning reader has still to see

Revision ID: 0002
Revises: 0001
"""
from alembic import op
import sqlalchemy as sa
from bot.db import base


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('second_readings',
    sa.Column('inbox_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_attempt_at', base.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['inbox_id'], ['inbox.id'], name=op.f('fk_second_readings_inbox_id_inbox'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('inbox_id', name=op.f('pk_second_readings'))
    )
    op.create_index(op.f('ix_second_readings_next_attempt_at'), 'second_readings', ['next_attempt_at'])


def downgrade() -> None:
    op.drop_table('second_readings')
