"""Transactions of the bot's own: what waits together shares one on SQLite, and nobody notices."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.db import work
from bot.db.engine import reading, transaction
from bot.db.models import Setting
from bot.db.work import in_transaction, stop_threads
from tests.conftest import POSTGRESQL

pytestmark = pytest.mark.skipif(POSTGRESQL, reason="PostgreSQL writes side by side")


@pytest.fixture
def counted(installation: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Count the transactions that were committed."""
    commits: list[int] = []

    @contextmanager
    def counting() -> Iterator[Session]:
        with transaction() as session:
            yield session
        commits.append(1)

    stop_threads()
    monkeypatch.setattr(work, "transaction", counting)
    yield commits
    stop_threads()


def put(session: Session, key: str) -> str:
    session.add(Setting(key=key, value="there"))
    return key


def stored() -> set[str]:
    with reading() as session:
        return {row.key for row in session.query(Setting)}


async def together(*calls: asyncio.Future[str] | object) -> list[object]:
    """Have all of them wait while the writer is busy, and let it go."""
    busy, go = threading.Event(), threading.Event()

    def hold(_session: Session) -> None:
        busy.set()
        go.wait(10)

    holding = asyncio.ensure_future(in_transaction(hold))
    await asyncio.to_thread(busy.wait, 10)
    waiting = [asyncio.ensure_future(call) for call in calls]  # type: ignore[arg-type]
    await asyncio.sleep(0)  # each of them has been handed over
    go.set()
    await holding
    return list(await asyncio.gather(*waiting, return_exceptions=True))


async def test_what_waits_together_is_committed_together(counted: list[int]) -> None:
    results = await together(*(in_transaction(put, f"key-{number}") for number in range(5)))
    assert results == [f"key-{number}" for number in range(5)]
    assert stored() == set(results)
    assert len(counted) == 2  # the one that held the writer up, and all the others


async def test_one_that_fails_undoes_itself_only(counted: list[int]) -> None:
    def fails(session: Session) -> str:
        put(session, "half-done")
        raise ValueError("no")

    results = await together(in_transaction(put, "before"), in_transaction(fails), in_transaction(put, "after"))
    assert [results[0], results[2]] == ["before", "after"]
    assert isinstance(results[1], ValueError)
    assert stored() == {"before", "after"}


async def test_a_row_that_the_database_refuses_is_its_own_works_failure(counted: list[int]) -> None:
    await in_transaction(put, "twice")
    results = await together(in_transaction(put, "twice"), in_transaction(put, "once"))
    assert type(results[0]).__name__ == "IntegrityError"
    assert results[1] == "once"
    assert stored() == {"twice", "once"}


async def test_a_locked_database_is_waited_for_once_and_not_by_each(
    counted: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    @contextmanager
    def locked() -> Iterator[Session]:
        nonlocal tries
        tries += 1
        if tries == 1:  # the one that holds the writer up
            with transaction() as session:
                yield session
            return
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    monkeypatch.setattr(work, "transaction", locked)
    results = await together(*(in_transaction(put, f"key-{number}") for number in range(5)))
    assert all(isinstance(result, OperationalError) for result in results)
    assert tries == 2


async def test_what_nobody_waits_for_any_more_is_not_done(counted: list[int]) -> None:
    async def given_up() -> str:
        asking = asyncio.ensure_future(in_transaction(put, "given-up"))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        return "cancelled"

    assert await together(given_up(), in_transaction(put, "kept")) == ["cancelled", "kept"]
    assert stored() == {"kept"}
