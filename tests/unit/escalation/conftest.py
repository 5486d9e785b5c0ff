"""A person, staff and a message, for escalation tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from bot.db.models import InboxMessage, Staff
from bot.people.conversations import conversation_of
from tests.unit.conftest import NOW, add_staff

HIGH = {"level": "H", "categories": ["suicide"], "action": "alert", "evidence": []}
EMERGENCY = {"level": "E", "categories": ["overdose"], "action": "alert", "evidence": []}
MODERATE = {"level": "M", "categories": ["relapse"], "action": "alert", "evidence": []}
CHECK = {"level": "M", "categories": ["suicide"], "action": "check", "evidence": []}


@pytest.fixture
def backup(db: Session) -> Staff:
    return add_staff(db, "backup", "Bo", "director", 502, backup=True)


@pytest.fixture
def message(db: Session) -> Callable[..., InboxMessage]:
    count = 0

    def write(text: str = "words", key: str = "77") -> InboxMessage:
        nonlocal count
        count += 1
        conversation = conversation_of(db, "telegram", key, NOW)
        row = InboxMessage(conversation_id=conversation.id, channel="telegram", external_id=f"{key}:{count}",
                           kind="text", text=text, status="waiting", attempts=0, next_attempt_at=NOW,
                           received_at=NOW)  # fmt: skip
        db.add(row)
        db.flush()
        return row

    return write
