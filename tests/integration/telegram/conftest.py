"""A Telegram, and the channel connected to it as in production, only with another address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.channels.telegram import TelegramChannel, build
from bot.db.engine import transaction
from bot.db.models import InboxMessage, OutboxMessage, Staff
from bot.risk import screen
from bot.settings import settings
from tests.telegram_api import TOKEN, Person, TelegramApi

T = TypeVar("T")
STAFF_CHAT = -1001
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=timezone.utc)


class Wakes:
    """Stands in for the inbox's dispatcher: says which conversations were woken."""

    def __init__(self) -> None:
        self.woken: asyncio.Queue[str] = asyncio.Queue()
        self.queued = 0

    def wake(self, conversation_id: str) -> None:
        self.woken.put_nowait(conversation_id)

    def on_queued(self) -> None:
        self.queued += 1

    async def next(self, seconds: float = 10) -> str:
        """Wait for the next conversation that is woken."""
        return await asyncio.wait_for(self.woken.get(), seconds)


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    """The first screen builds its patterns, as the bot does before it starts; not while a test waits."""
    screen("warm up")


@pytest.fixture
def api() -> Iterator[TelegramApi]:
    with TelegramApi() as made:
        made.do(lambda: made.world.group(STAFF_CHAT))
        yield made


@pytest.fixture
def anna(api: TelegramApi) -> Person:
    return Person(api, 1001, first_name="Anna")


@pytest.fixture
def environment(installation: Path, api: TelegramApi, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment that names the test server."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_API_URL", api.url)
    monkeypatch.setenv("TELEGRAM_STAFF_CHAT_ID", str(STAFF_CHAT))
    settings.cache_clear()
    return installation


@pytest.fixture
async def wakes() -> Wakes:
    return Wakes()


@pytest.fixture
async def make_channel(environment: Path, wakes: Wakes) -> AsyncIterator[Callable[[], TelegramChannel]]:
    """Builds channels that are stopped and closed at the end."""
    made: list[TelegramChannel] = []

    def make() -> TelegramChannel:
        settings.cache_clear()
        made.append(build(settings(), wakes, wakes.on_queued))
        return made[-1]

    yield make
    for channel in made:
        await channel.stop()
        await channel.close()


@pytest.fixture
async def channel(make_channel: Callable[[], TelegramChannel]) -> TelegramChannel:
    """A started channel."""
    made = make_channel()
    await made.start()
    return made


@pytest.fixture
def rosa(environment: Path, api: TelegramApi) -> Person:
    """A member of staff, linked, with an open private chat."""
    with transaction() as session:
        session.add(
            Staff(
                username="rosa",
                first_name="Rosa",
                role="counselor",
                telegram_user_id=2001,
                admin=False,
                backup=False,
                active=True,
                must_change_password=False,
                created_at=NOW,
            )
        )
    made = Person(api, 2001, first_name="Rosa")
    made.open_chat()
    return made


def stored(**which: Any) -> list[InboxMessage]:
    """Give the stored messages, oldest first."""
    with transaction() as session:
        return list(session.execute(select(InboxMessage).filter_by(**which).order_by(InboxMessage.id)).scalars())


def queued(**which: Any) -> list[OutboxMessage]:
    """Give the queued messages, oldest first."""
    with transaction() as session:
        return list(session.execute(select(OutboxMessage).filter_by(**which).order_by(OutboxMessage.id)).scalars())


def writing(function: Callable[[Session], T]) -> T:
    """Do something in a transaction of its own."""
    with transaction() as session:
        return function(session)


async def deliver(channel: TelegramChannel, row: OutboxMessage) -> None:
    """Send a queued message as delivery does, and note its id."""
    provider_id = await channel.sender.send(row)
    with transaction() as session:
        kept = session.get(OutboxMessage, row.id)
        kept.status, kept.provider_message_id = "sent", provider_id


async def eventually(check: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    """Wait for a state that announces itself to nobody."""

    async def look() -> None:
        while not await check():  # noqa: ASYNC110 - nothing to wait for
            await asyncio.sleep(0.02)

    await asyncio.wait_for(look(), seconds)
