"""A demo program on a Monday morning, with a linked and an unlinked conversation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Conversation, InboxMessage, Participant
from bot.demo import load_demo
from bot.program import program
from bot.schedule.question import Answer, ask

MONDAY = datetime(2026, 11, 23, 16, 0, tzinfo=timezone.utc)  # Monday, Nov 23, 11 AM in New York
LINKED, UNLINKED = "linked", "unlinked"
_ROOT = Path(__file__).parents[3]


@lru_cache(maxsize=1)
def responses() -> dict[str, list[dict[str, Any]]]:
    """The texts in data/responses/session.yml."""
    loaded = yaml.safe_load((_ROOT / "data/responses/session.yml").read_text(encoding="utf-8"))
    return dict(loaded["responses"])


def texts(answer: Answer, language: str) -> list[str]:
    """What the person may read: each phrasing of the response, filled in as at delivery."""
    chosen = [v for v in responses()[answer.response] if bool(v.get("condition")) == (language == "es")]
    return [program().fill(str(v["text"]).format(**answer.facts)) for v in chosen]


@dataclass
class Demo:
    """The database, and how to ask it something."""

    session: Session
    participant_id: int
    _ids: Any

    def message(self, conversation_id: str, text: str, at: datetime = MONDAY) -> int:
        """Store a message as the inbox does; gives its id."""
        row = InboxMessage(
            conversation_id=conversation_id, channel="telegram", external_id=f"m{next(self._ids)}", kind="text",
            text=text, payload={}, next_attempt_at=at, received_at=at,
        )  # fmt: skip
        self.session.add(row)
        self.session.flush()
        return int(row.id)

    def ask(
        self,
        use_case: Callable[..., Answer],
        text: str,
        *,
        who: str = LINKED,
        language: str = "en",
        at: datetime = MONDAY,
        future: bool = True,
        **entities: str,
    ) -> Answer:
        """Ask in a conversation."""
        question = ask(
            self.session, conversation_id=who, message_id=self.message(who, text, at), text=text, language=language,
            entities=entities, now=at, future=future,
        )  # fmt: skip
        return use_case(self.session, question, at)


@pytest.fixture
def demo(db: Session) -> Demo:
    """Demo data; Demo Alex of the evening track is linked to the conversation "linked"."""
    load_demo(db, MONDAY)
    alex = db.execute(select(Participant).where(Participant.first_name == "Demo Alex")).scalar_one()
    for index, (name, participant_id) in enumerate(((LINKED, alex.id), (UNLINKED, None))):
        db.add(
            Conversation(
                id=name,
                channel="telegram",
                external_id=str(100 + index),
                participant_id=participant_id,
                created_at=MONDAY,
            )
        )
    db.flush()
    return Demo(db, int(alex.id), count())
