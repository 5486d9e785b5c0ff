"""The database engine and the unit of work."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

from bot.settings import settings

# A writer waits this long for another one: longer than any transaction of ours, shorter than an action may take (5 s).
BUSY_SECONDS = 4
# SQLAlchemy 1.4 opens a SQLite file anew for each transaction, reads its schema and sets its pragmas again.
_KEPT_CONNECTIONS = {"poolclass": QueuePool, "pool_size": 10, "max_overflow": 10}


def make_engine(url: str) -> Engine:
    """Make an engine for a SQLite or PostgreSQL address, with what each needs to be safe with several processes."""
    if make_url(url).get_backend_name() == "sqlite":
        database = make_url(url).database
        if database and database != ":memory:":
            Path(database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            url, future=True, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
            **(_KEPT_CONNECTIONS if database and database != ":memory:" else {}),
        )  # fmt: skip
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_immediate)
        return engine
    # Errors name the statement, never the values: those are what people wrote.
    return create_engine(url, future=True, hide_parameters=True, pool_pre_ping=True, pool_size=10, max_overflow=10)


def _configure_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # pysqlite opens transactions itself, and too late; SQLAlchemy's manual (dialects/sqlite) says to switch that off.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # A commit survives a crash of the process; at a power cut the last one may be missing unless FULL.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    # A deferred transaction that reads first and writes later fails at once when another one wrote meanwhile.
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")


@lru_cache(maxsize=1)
def engine() -> Engine:
    """Give the process's engine for ``DATABASE_URL``."""
    return make_engine(settings().database_url)


@lru_cache(maxsize=1)
def _factory() -> sessionmaker[Session]:
    return sessionmaker(engine(), future=True, expire_on_commit=False)


@lru_cache(maxsize=1)
def _reading_factory() -> sessionmaker[Session]:
    return sessionmaker(engine().execution_options(sqlite_begin="DEFERRED"), future=True, expire_on_commit=False)


@contextmanager
def transaction() -> Iterator[Session]:
    """Give a session whose work is committed at the end, or undone whole when something raises."""
    with _factory()() as session, session.begin():
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """Give a session for reading only; on SQLite it does not wait for a writer."""
    with _reading_factory()() as session, session.begin():
        yield session


def forget_engine() -> None:
    """Close all connections and read the settings again; for tests and after a fork."""
    if engine.cache_info().currsize:
        engine().dispose()
    for cached in (engine, _factory, _reading_factory):
        cached.cache_clear()
