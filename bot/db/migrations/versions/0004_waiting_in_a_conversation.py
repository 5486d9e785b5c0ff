"""what waits in a conversation is found by an index

Revision ID: 0004
Revises: 0003
"""
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_inbox_conversation_id_status_id', 'inbox', ['conversation_id', 'status', 'id'])
    # With this one there SQLite would go through a conversation in its order, to save itself a sort of two rows.
    op.drop_index('ix_inbox_conversation_id_id', table_name='inbox')


def downgrade() -> None:
    op.create_index('ix_inbox_conversation_id_id', 'inbox', ['conversation_id', 'id'])
    op.drop_index('ix_inbox_conversation_id_status_id', table_name='inbox')
