"""One whole stack for the session, with a Telegram of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import clock
from bot.db.engine import make_engine
from bot.db.models import Participant, Staff
from bot.people.participants import make_link_code
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
def link_code(stack: Stack):  # noqa: ANN201 - a function
    """Make link codes as the console does: ``link_code(participant="DEMO-001")``, ``link_code(staff="counselor")``."""

    def make(participant: str | None = None, staff: str | None = None) -> str:
        made = make_engine(f"sqlite:///{stack.folder / 'assistant.sqlite'}")
        with Session(made, future=True) as session, session.begin():
            if participant is not None:
                found = session.execute(select(Participant.id).where(Participant.reference == participant)).scalar_one()
                code = make_link_code(session, clock.now(), participant_id=found)
            else:
                found = session.execute(select(Staff.id).where(Staff.username == staff)).scalar_one()
                code = make_link_code(session, clock.now(), staff_id=found)
        made.dispose()
        return code

    return make


@pytest.fixture(scope="session")
def counselor(stack: Stack, telegram: TelegramApi, link_code) -> Person:  # noqa: ANN001 - a function
    """A member of staff whose own Telegram is linked, by the link from the console."""
    person = Person(telegram, STAFF_MEMBER)
    telegram.do(lambda: telegram.world.group(STAFF_GROUP))  # somebody has put the bot into the group
    person.say(f"/start {link_code(staff='counselor')}")
    return person


_numbers = iter(range(9000, 9999))


@pytest.fixture
def person(stack: Stack, telegram: TelegramApi) -> Person:
    """Somebody who has not written before."""
    return Person(telegram, next(_numbers))
