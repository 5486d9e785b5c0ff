"""Alembic's entry: runs the migrations over the connection that bot/db/upgrade.py hands it."""

from __future__ import annotations

from alembic import context

from bot.db.engine import make_engine
from bot.db.models import Base
from bot.settings import settings


def run() -> None:
    """Migrate over the connection given by the caller, or over a new one to ``DATABASE_URL``."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _migrate(connection)
        return
    engine = make_engine(settings().database_url)
    with engine.connect() as own:
        _migrate(own)
        own.commit()


def _migrate(connection: object) -> None:
    # SQLite cannot alter a table in place, so Alembic rebuilds it there (render_as_batch).
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="base.",
    )
    with context.begin_transaction():
        context.run_migrations()


run()
