"""Staff hear once that a part is down or messages wait, and once that it is over, also across restarts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from bot.db.engine import reading, transaction
from bot.db.models import InboxMessage, OutboxMessage
from bot.escalation import watch
from bot.escalation.watch import Watch
from bot.health import Health
from bot.people.conversations import conversation_of
from tests.unit.escalation.conftest import NOW


def said() -> list[str]:
    with reading() as session:
        return list(session.execute(select(OutboxMessage.text).order_by(OutboxMessage.id)).scalars())


async def test_a_part_that_is_down_is_told_once_and_once_when_it_is_back(installation: Path) -> None:
    parts = {"rasa": True, "database": True}
    looking = Watch(lambda: parts, lambda: None)
    await looking.look(NOW)
    parts["rasa"] = False
    for seconds in (1, 30, 60):
        await looking.look(NOW + timedelta(seconds=seconds))
    assert said() == []
    for seconds in (61, 62, 100):
        await looking.look(NOW + timedelta(seconds=seconds))
    assert said() == [watch.down_words("rasa")]
    restarted = Watch(lambda: parts, lambda: None)
    for seconds in (101, 170, 171):
        await restarted.look(NOW + timedelta(seconds=seconds))
    parts["rasa"] = True
    await restarted.look(NOW + timedelta(seconds=172))
    await restarted.look(NOW + timedelta(seconds=173))
    assert said() == [watch.down_words("rasa"), "✅ rasa is back."]


async def test_messages_that_wait_for_more_than_a_minute_are_told_once_and_once_when_it_is_over(
    installation: Path,
) -> None:
    with transaction() as session:
        conversation = conversation_of(session, "telegram", "77", NOW)
        session.add(InboxMessage(conversation_id=conversation.id, channel="telegram", external_id="1", kind="text",
                                 text="hi", status="waiting", attempts=0, next_attempt_at=NOW,
                                 received_at=NOW))  # fmt: skip
    looking = Watch(lambda: {"database": True}, lambda: None)
    for seconds in (59, 61, 90):
        await looking.look(NOW + timedelta(seconds=seconds))
    assert said() == [watch.WAIT_WORDS]
    with transaction() as session:
        session.execute(delete(InboxMessage))
    await looking.look(NOW + timedelta(seconds=91))
    await looking.look(NOW + timedelta(seconds=92))
    assert said() == [watch.WAIT_WORDS, watch.WAIT_OVER_WORDS]


async def test_words_that_could_not_be_queued_are_not_taken_for_told(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking = Watch(lambda: {"rasa": False, "database": True}, lambda: None)
    await looking.look(NOW)
    real = watch.tell_staff
    monkeypatch.setattr(watch, "tell_staff", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await looking.look(NOW + timedelta(seconds=61))
    monkeypatch.setattr(watch, "tell_staff", real)
    await looking.look(NOW + timedelta(seconds=62))
    assert said() == [watch.down_words("rasa")]


async def test_a_database_that_is_away_is_told_without_it(installation: Path) -> None:
    works, direct = {"database": False}, []

    async def tell(words: str) -> bool:
        direct.append(words)
        return len(direct) > 1  # Telegram hiccups at first

    looking = Watch(lambda: works, lambda: None, tell)
    for seconds in (0, 61, 62, 72, 90, 200):
        await looking.look(NOW + timedelta(seconds=seconds))
    assert direct == [watch.DATABASE_WORDS] * 2
    works["database"] = True
    await looking.look(NOW + timedelta(seconds=201))
    await looking.look(NOW + timedelta(seconds=202))
    assert direct[2:] == ["✅ The database is back."]


async def test_whoever_waits_for_a_part_hears_that_it_is_back() -> None:
    works, back = [False, True, True], []

    async def check() -> bool:
        return works.pop(0)

    async def note(part: str) -> None:
        back.append(part)

    health = Health({"rasa": check}, note)
    for _ in range(3):
        await health.look()
    assert back == ["rasa"]
