"""Bring the database to this version's schema, or refuse one that is newer."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from bot.settings import ConfigurationError


def alembic_config() -> Config:
    """Give Alembic's configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def upgrade(engine: Engine) -> None:
    """Migrate ``engine``'s database to the newest schema.

    Raises:
        ConfigurationError: the database cannot be reached, or comes from a newer version of the assistant.
    """
    config = alembic_config()
    scripts = ScriptDirectory.from_config(config)
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
            if current is not None:
                try:
                    scripts.get_revision(current)
                except CommandError:
                    raise ConfigurationError(
                        "The database comes from a newer version of the assistant; update the code, or use another "
                        "DATABASE_URL."
                    ) from None
            connection.rollback()
            if current == scripts.get_current_head():
                return
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
    except OperationalError as error:
        raise ConfigurationError(
            f"The database cannot be opened ({type(error.orig).__name__}); check DATABASE_URL and that it is running."
        ) from None
