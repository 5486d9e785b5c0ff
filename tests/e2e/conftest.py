"""One whole stack for the session, with a Telegram of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.stack import Stack
from tests.telegram_api import TOKEN, Person, TelegramApi

STAFF_GROUP = -1001999
STAFF_MEMBER = 5001


@pytest.fixture(scope="session")
def telegram() -> Iterator[TelegramApi]:
    with TelegramApi() as api:
        yield api


@pytest.fixture(scope="session")
def stack(telegram: TelegramApi) -> Iterator[Stack]:
    folder = Path(tempfile.mkdtemp(prefix="assistant-e2e-"))
    running = Stack(
        folder, TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url, TELEGRAM_STAFF_CHAT_ID=str(STAFF_GROUP)
    )
    running.start()
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def counselor(stack: Stack, telegram: TelegramApi) -> Person:
    """A member of staff whose own Telegram is linked, by the link from the console."""
    person = Person(telegram, STAFF_MEMBER)
    telegram.do(lambda: telegram.world.group(STAFF_GROUP))  # somebody has put the bot into the group
    person.say(f"/start {stack.link_code(staff='counselor')}")
    return person


_numbers = iter(range(9000, 9999))


@pytest.fixture
def person(stack: Stack, telegram: TelegramApi) -> Person:
    """Somebody who has not written before."""
    return Person(telegram, next(_numbers))
