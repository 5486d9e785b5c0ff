"""requests for a person time out

Revision ID: 0003
Revises: 0002
"""
from alembic import op
import sqlalchemy as sa
from bot.db import base


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('handovers', sa.Column('next_step', sa.String(length=8), nullable=True))
    op.add_column('handovers', sa.Column('next_step_at', base.UtcDateTime(), nullable=True))
    op.add_column('handovers', sa.Column('person_told_at', base.UtcDateTime(), nullable=True))
    op.create_index('ix_handovers_next_step_at', 'handovers', ['next_step_at'])


def downgrade() -> None:
    op.drop_index('ix_handovers_next_step_at', table_name='handovers')
    with op.batch_alter_table('handovers') as batch_op:
        for name in ('person_told_at', 'next_step_at', 'next_step'):
            batch_op.drop_column(name)
