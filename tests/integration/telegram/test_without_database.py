"""The database is locked, read-only or full: crisis resources go out, staff know, and the message is stored later."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from bot.channels.telegram import TelegramChannel, without_database
from bot.clock import clock
from bot.db.engine import engine, reading
from bot.db.models import Escalation, InboxMessage
from bot.db.work import in_transaction, stop_threads
from bot.health import database_writes
from tests.conftest import POSTGRESQL
from tests.integration.telegram.conftest import STAFF_CHAT, eventually, stored, writing
from tests.telegram_api import Person, TelegramApi

pytestmark = pytest.mark.skipif(POSTGRESQL, reason="SQLite's own ways to fail; PostgreSQL's are one test below")


@contextmanager
def locked() -> Iterator[None]:
    connection = sqlite3.connect(str(engine().url.database), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


@contextmanager
def read_only() -> Iterator[None]:
    event.listen(engine(), "begin", _query_only)
    yield
    event.remove(engine(), "begin", _query_only)
    engine().dispose()  # new connections know nothing of it


def _query_only(connection: Any) -> None:
    connection.exec_driver_sql("PRAGMA query_only=ON")


@contextmanager
def full() -> Iterator[None]:
    # A migration that took an index away left pages that can be written to.
    connection = sqlite3.connect(str(engine().url.database), isolation_level=None)
    connection.execute("VACUUM")
    connection.close()
    event.listen(engine(), "begin", _no_more_pages)
    yield
    event.remove(engine(), "begin", _no_more_pages)
    engine().dispose()


def _no_more_pages(connection: Any) -> None:
    # SQLite's own limit: what needs a new page fails with "database or disk is full".
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


@pytest.mark.parametrize("trouble", [locked, read_only, full])
async def test_crisis_resources_go_out_and_the_alert_follows(
    trouble: Callable[[], Any], api: TelegramApi, anna: Person, channel: TelegramChannel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(without_database, "HELP_AFTER_SECONDS", 0.3)
    ben = Person(api, 1002)
    await eventually(channel.ready)
    with trouble():
        ben.say("what is IOP " + 3000 * "ñ")  # 6 kB: more than a page, also where it comes alone
        update = anna.say("I want to kill myself tonight " + 3000 * "x")["update_id"]
        assert "988" in (await anna.reply(timeout=30))["text"]
        staff = Person(api, 1, STAFF_CHAT)
        staff._read = 0
        assert "cannot be stored" in (await staff.reply(timeout=30))["text"]
        with reading() as session:
            assert session.execute(select(InboxMessage.id)).first() is None
        if trouble is not full:  # a small write may still find room in a page
            assert not await asyncio.wait_for(_writes(), 30)
    assert await api.confirmed(update, 20)
    assert len(stored()) == 2
    assert writing(lambda session: len(session.execute(select(Escalation)).scalars().all())) == 1
    assert api.texts(1002) == []
    assert len(api.texts(1001)) == 1  # told once, however often the update came
    assert await _writes()


async def _writes() -> bool:
    try:
        return await in_transaction(database_writes, clock.now())
    except Exception:  # noqa: BLE001 - whatever it is, it cannot be written
        return False


@pytest.fixture(autouse=True)
def _threads_of_this_test(environment: Path) -> Iterator[None]:
    stop_threads()
    yield
    stop_threads()


async def test_crisis_by_command_too_and_nothing_for_small_talk(
    api: TelegramApi, anna: Person, channel: TelegramChannel
) -> None:
    await eventually(channel.ready)
    helping = channel._without_database
    message = {"chat": {"id": 1001, "type": "private"}, "from": {"language_code": "es"}}
    anna.open_chat()
    await helping.help([
        {"update_id": 1, "message": {**message, "text": "/crisis"}},
        {"update_id": 2, "message": {**message, "text": "hola"}},
        {"update_id": 3, "message": {**message, "text": "quiero morir", "chat": {"id": -5, "type": "group"}}},
        {"update_id": 4, "message": "nonsense"}, {"update_id": "5"}, {},
    ])  # fmt: skip
    assert len(api.texts(1001)) == 1
    assert api.texts(STAFF_CHAT) == []
