"""Changed messages, and those that go to staff, are read by the meaning reader too; that holds up nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import clock
from bot.db.engine import transaction
from bot.db.models import Conversation, Escalation, InboxMessage, OutboxMessage, SecondReading, Staff
from bot.dialogue.rasa_client import RasaUnavailable
from bot.dialogue.turn import begin
from bot.escalation.handoff import staff_reply
from bot.inbox.second_reading import SecondReader, due, put_off, settle
from bot.inbox.store import MOST_ATTEMPTS, RETRY_SECONDS, accept
from bot.risk import Action, Level, Verdict
from tests.unit.core.test_inbox_outbox import NOW, incoming, sent

HIGH = Verdict(Level.H, ("suicide",), Action.alert)
ASK = Verdict(Level.M, ("suicide",), Action.check)
NOTHING = Verdict(Level.N, (), Action.none)


def to_staff(db: Session, recipient: str) -> list[str]:
    query = select(OutboxMessage.text).where(OutboxMessage.recipient == recipient).order_by(OutboxMessage.id)
    return list(db.execute(query).scalars())


def escalations(db: Session) -> list[Escalation]:
    return list(db.execute(select(Escalation)).scalars())


def taken_on(db: Session, number: int, kind: str = "edit", text: str = "words", **payload: object) -> int:
    accepted = accept(db, incoming(text, number, kind, **payload), NOW)
    begun = begin(db, accepted.conversation_id, NOW)
    assert begun is not None and begun.ask is None
    db.flush()
    return accepted.message_id


def in_a_chat_with(db: Session, staff: Staff) -> None:
    accepted = accept(db, incoming("/help", 1, "command", name="help"), NOW)
    begin(db, accepted.conversation_id, NOW)
    staff_reply(db, staff, "Hi", NOW, conversation_id=accepted.conversation_id)


def test_a_changed_message_is_read_once_and_raises_an_alert_with_the_first_reply(db: Session) -> None:
    number = taken_on(db, 1)
    assert due(db, NOW) == [(number, "words")]
    settle(db, number, HIGH, NOW)
    settle(db, number, HIGH, NOW)
    assert [e.level for e in escalations(db)] == ["H"]
    assert len(to_staff(db, "-1001")) == 1
    assert sum("988" in text for text in sent(db, "crisis")) == 1
    assert due(db, NOW) == []


def test_what_goes_to_staff_is_relayed_first_and_read_afterwards(db: Session, staff: Staff) -> None:
    in_a_chat_with(db, staff)
    number = taken_on(db, 2, "text")
    assert any("words" in text for text in to_staff(db, "501"))
    assert due(db, NOW) == [(number, "words")]
    settle(db, number, HIGH, NOW)
    assert [e.level for e in escalations(db)] == ["H"]
    assert any("988" in text for text in sent(db, "crisis"))


def test_a_second_reader_that_finds_less_or_the_same_says_nothing_again(db: Session, staff: Staff) -> None:
    in_a_chat_with(db, staff)
    number = taken_on(db, 2, "text", "i want to kill myself tonight")
    before = len(sent(db, "crisis"))
    settle(db, number, HIGH, NOW)
    assert len(escalations(db)) == 1
    assert len(sent(db, "crisis")) == before > 0


def test_a_second_reader_that_finds_worse_raises_the_level_and_replies_to_that(db: Session) -> None:
    number = taken_on(db, 1, text="i relapsed last night and drank")
    assert [e.level for e in escalations(db)] in ([], ["M"])
    before = len(to_staff(db, "-1001"))
    settle(db, number, Verdict(Level.E, ("overdose",), Action.alert), NOW)
    assert [e.level for e in escalations(db)] == ["E"]
    assert len(to_staff(db, "-1001")) > before
    assert any("911" in text for text in sent(db, "crisis"))


def test_a_doubt_is_a_quiet_note_to_whoever_has_the_chat_and_nothing_to_the_person(db: Session, staff: Staff) -> None:
    in_a_chat_with(db, staff)
    number = taken_on(db, 2, "text")
    before, seen = sent(db), len(to_staff(db, "501"))
    settle(db, number, ASK, NOW)
    notes = to_staff(db, "501")[seen:]
    assert len(notes) == 1 and "may be about suicide" in notes[0]
    assert escalations(db) == [] and sent(db) == before and to_staff(db, "-1001") == []
    assert db.get(InboxMessage, number).verdict["action"] == "check"


def test_a_doubt_about_a_change_goes_to_the_staff_unless_the_first_version_was_asked_about(db: Session) -> None:
    number = taken_on(db, 1, message_id="77:40")
    settle(db, number, ASK, NOW)
    assert ["may be about suicide" in text for text in to_staff(db, "-1001")] == [True]
    first = accept(db, incoming("words", 40), NOW)
    db.get(InboxMessage, first.message_id).verdict = ASK.to_dict()
    db.get(InboxMessage, first.message_id).status = "done"
    again = taken_on(db, 2, message_id="77:40")
    settle(db, again, ASK, NOW)
    assert len(to_staff(db, "-1001")) == 1


def test_no_risk_says_nothing_to_anybody(db: Session) -> None:
    settle(db, taken_on(db, 1), NOTHING, NOW)
    assert to_staff(db, "-1001") == [] and sent(db) == []


def test_a_try_that_failed_is_made_again_with_growing_waits_and_at_last_staff_read_it(db: Session) -> None:
    number, now = taken_on(db, 1), NOW
    for count in range(MOST_ATTEMPTS):
        assert due(db, now) == [(number, "words")]
        put_off(db, number, now)
        wait = timedelta(seconds=RETRY_SECONDS[min(count, len(RETRY_SECONDS) - 1)])
        assert due(db, now + wait - timedelta(milliseconds=1)) == []
        now += wait
    assert due(db, now + timedelta(hours=1)) == []
    assert ["Please read it in the console" in text for text in to_staff(db, "-1001")] == [True]


def test_a_clock_that_is_set_back_delays_no_reading(db: Session) -> None:
    number = taken_on(db, 1)
    assert due(db, NOW - timedelta(hours=5)) == [(number, "words")]


def test_a_deleted_message_is_not_read(db: Session) -> None:
    number = taken_on(db, 1)
    db.delete(db.get(Conversation, db.get(InboxMessage, number).conversation_id))
    db.flush()
    db.expire_all()
    assert due(db, NOW) == [] and db.execute(select(SecondReading)).first() is None
    settle(db, number, HIGH, NOW)
    assert escalations(db) == []


async def test_rasa_away_and_back(installation: Path, clock_at: Callable[..., None]) -> None:
    away, asked, queued = [True], [], []

    async def read(text: str) -> dict[str, Any]:
        asked.append(text)
        if away[0]:
            raise RasaUnavailable("rasa_timeout")
        return HIGH.to_dict()

    clock_at(NOW)
    with transaction() as session:
        taken_on(session, 1, text="one")
        taken_on(session, 2, text="two")
    reader = SecondReader(read, lambda: queued.append(1))
    await reader.look(NOW)
    assert asked == ["one"]  # what hangs is not waited for twice
    await reader.look(NOW)
    assert asked == ["one", "two"]
    await reader.look(NOW)
    assert asked == ["one", "two"]
    away[0] = False
    clock.set(NOW + timedelta(milliseconds=10))
    await reader.hurry()
    await reader.look(clock.now())
    assert asked == ["one", "two", "one", "two"] and queued
    with transaction() as session:
        assert [e.level for e in escalations(session)] == ["H"]
        assert due(session, NOW + timedelta(days=1)) == []
