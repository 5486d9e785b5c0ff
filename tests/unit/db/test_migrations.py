"""Migrations: one head, up and down on a real database, and models that match them."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from bot.db.engine import engine
from bot.db.models import Base
from bot.db.upgrade import alembic_config, upgrade
from bot.settings import ConfigurationError


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(alembic_config()).get_heads()) == 1


def test_models_match_the_migrated_database(installation: Path) -> None:
    with engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_down_and_up_again(installation: Path) -> None:
    config = alembic_config()
    with engine().connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        connection.commit()
        left = set(inspect(connection).get_table_names()) - {"alembic_version"}
        assert left == set()
    upgrade(engine())
    with engine().connect() as connection:
        assert "inbox" in inspect(connection).get_table_names()


def test_a_newer_database_is_refused_and_left_alone(installation: Path) -> None:
    with engine().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match="newer version"):
        upgrade(engine())
    with engine().connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"
