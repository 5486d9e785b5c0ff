"""What every test may use: a migrated, empty database of the chosen kind, and the clock."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

from bot.clock import clock
from bot.db.engine import forget_engine, transaction
from bot.db.upgrade import upgrade
from bot.settings import settings

# Everything that uses the database also runs on PostgreSQL: IOP_TEST_DATABASE=postgresql.
POSTGRESQL = os.environ.get("IOP_TEST_DATABASE", "sqlite") == "postgresql"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only the tests that use the database run; the others would be the same again."""
    if POSTGRESQL:
        same = {item for item in items if "_postgresql_server" not in getattr(item, "fixturenames", ())}
        config.hook.pytest_deselected(items=list(same))
        items[:] = [item for item in items if item not in same]


@pytest.fixture(autouse=True)
def _our_warnings_are_errors() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("error", module=r"(bot|actions|tests)(\.|$)")
        yield


@pytest.fixture(scope="session")
def _postgresql_server() -> Iterator[str | None]:
    if not POSTGRESQL:
        yield None
        return
    from tests.postgres import running_server

    with running_server() as url:
        yield url


@pytest.fixture(scope="session")
def _migrated_template(tmp_path_factory: pytest.TempPathFactory, _postgresql_server: str | None) -> str:
    """A migrated, empty database that each test gets a copy of: migrating for each would take most of the time."""
    from bot.db.engine import make_engine

    if _postgresql_server is None:
        url = f"sqlite:///{tmp_path_factory.mktemp('template') / 'template.sqlite'}"
    else:
        url = f"{_postgresql_server}/template_migrated"
        _on_server(_postgresql_server, "CREATE DATABASE template_migrated")
    made = make_engine(url)
    upgrade(made)
    made.dispose()
    if url.startswith("sqlite"):
        with create_engine(url, future=True).connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
    return url


_count = 0


@pytest.fixture
def database_url(tmp_path: Path, _migrated_template: str, _postgresql_server: str | None) -> Iterator[str]:
    """The address of a migrated, empty database of this test's own."""
    global _count
    if _postgresql_server is None:
        copy = tmp_path / "assistant.sqlite"
        shutil.copyfile(_migrated_template.removeprefix("sqlite:///"), copy)
        yield f"sqlite:///{copy}"
        return
    _count += 1
    name = f"test_{_count}"
    _on_server(_postgresql_server, f"CREATE DATABASE {name} TEMPLATE template_migrated")
    yield f"{_postgresql_server}/{name}"


def _on_server(server: str, statement: str) -> None:
    made = create_engine(f"{server}/postgres", future=True, isolation_level="AUTOCOMMIT")
    with made.connect() as connection:
        connection.execute(text(statement))
    made.dispose()


@pytest.fixture
def installation(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation of this test's own: settings, database and VAR_DIR. Gives VAR_DIR."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    monkeypatch.setenv("TELEGRAM_STAFF_CHAT_ID", "-1001")
    settings.cache_clear()
    forget_engine()
    yield tmp_path / "var"
    forget_engine()
    settings.cache_clear()


@pytest.fixture
def db(installation: Path) -> Iterator[Session]:
    """A session in a transaction on a migrated, empty database."""
    with transaction() as session:
        yield session


@pytest.fixture
def clock_at() -> Iterator[Callable[[datetime], None]]:
    """Sets the clock; it goes again after the test."""
    yield clock.set
    clock.release()
