"""A turn about a disclosure in the database: staff told once, the timer for silence, the end by staff."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Escalation, FollowUp, InboxMessage, Staff
from bot.escalation.service import report, resolve
from bot.people.conversations import conversation_of
from bot.program import program
from bot.risk_dialogue.conversation import Turn, answer, come_back, respond
from bot.risk_dialogue.reporting import SILENCE, SILENCE_FOR_STAFF, take_turn
from bot.risk_dialogue.state import RiskState

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=timezone.utc)


def verdict(category: str, level: str, action: str = "alert") -> dict[str, Any]:
    return {"level": level, "categories": [category], "action": action, "evidence": []}


@pytest.fixture
def message(db: Session) -> InboxMessage:
    conversation = conversation_of(db, "telegram", "77", NOW)
    row = InboxMessage(conversation_id=conversation.id, channel="telegram", external_id="77:1", kind="text",
                       text="words", status="working", attempts=1, next_attempt_at=NOW, received_at=NOW)  # fmt: skip
    db.add(row)
    db.flush()
    return row


def disclose(db: Session, message: InboxMessage, found: dict[str, Any], state: RiskState | None = None) -> Turn:
    return take_turn(
        db, message.conversation_id, message.id, state=state or RiskState(),
        decide=lambda s: respond(s, found, "en", NOW), reader="rasa", now=NOW,
    )  # fmt: skip


def reply(db: Session, message: InboxMessage, state: RiskState, said: str | None, now: datetime = NOW) -> Turn:
    return take_turn(
        db, message.conversation_id, message.id, state=state,
        decide=lambda s: answer(s, said, now), reader="dialogue", now=now,
    )  # fmt: skip


def escalations(db: Session) -> list[Escalation]:
    return list(db.execute(select(Escalation)).scalars())


def waiting(db: Session) -> list[FollowUp]:
    query = select(FollowUp).where(FollowUp.cancelled_at.is_(None), FollowUp.done_at.is_(None))
    return list(db.execute(query).scalars())


def test_the_pattern_screen_and_the_action_meet_in_one_escalation(db: Session, message: InboxMessage) -> None:
    report(db, message.id, verdict("suicide", "H"), reader="patterns", now=NOW)
    disclose(db, message, verdict("suicide", "H"))
    assert len(escalations(db)) == 1


def test_a_check_tells_nobody_until_the_answer_is_yes(db: Session, message: InboxMessage) -> None:
    asked = disclose(db, message, verdict("suicide", "M", "check"))
    assert escalations(db) == []
    assert message.verdict["action"] == "check"
    reply(db, message, asked.state, "yes")
    assert [e.level for e in escalations(db)] == ["H"]


def test_a_no_leaves_an_open_alert_as_it_is(db: Session, message: InboxMessage) -> None:
    turn = disclose(db, message, verdict("suicide", "H"))
    while turn.state.stage is not None:
        turn = reply(db, message, turn.state, "no")
    assert [(e.level, e.status) for e in escalations(db)] == [("H", "open")]


def test_a_question_sets_the_timer_for_silence(db: Session, message: InboxMessage) -> None:
    disclose(db, message, verdict("suicide", "H"))
    (timer,) = waiting(db)
    assert timer.kind == SILENCE
    assert timer.due_at == NOW + timedelta(minutes=program().risk.follow_up_minutes)


def test_somebody_who_may_be_read_along_with_is_never_written_to_by_a_timer(db: Session, message: InboxMessage) -> None:
    turn = disclose(db, message, verdict("abuse", "H"))
    assert [t.kind for t in waiting(db)] == [SILENCE_FOR_STAFF]
    reply(db, message, turn.state, "no")
    assert waiting(db) == []


def test_when_staff_have_closed_it_a_new_disclosure_starts_anew(db: Session, message: InboxMessage) -> None:
    staff = Staff(username="demo", first_name="Dana", role="counselor", created_at=NOW)
    db.add(staff)
    db.flush()
    turn = disclose(db, message, verdict("suicide", "H"))
    again = disclose(db, message, verdict("suicide", "H"), turn.state)
    assert again.texts == ()
    resolve(db, escalations(db)[0].id, staff.id, NOW + timedelta(minutes=5))
    anew = disclose(db, message, verdict("suicide", "H"), turn.state)
    assert anew.texts


def test_a_late_yes_is_still_an_answer(db: Session, message: InboxMessage) -> None:
    turn = disclose(db, message, verdict("suicide", "M", "check"))
    late = NOW + timedelta(hours=program().risk.state_hours + 2)
    assert reply(db, message, turn.state, "yes", late).state.stage == "suicide_plan"
    assert [e.level for e in escalations(db)] == ["H"]


def test_without_a_stored_message_it_still_talks(db: Session, message: InboxMessage) -> None:
    turn = take_turn(
        db, message.conversation_id, None, state=RiskState(),
        decide=lambda s: respond(s, verdict("relapse", "M"), "en", NOW), reader="rasa", now=NOW,
    )  # fmt: skip
    assert turn.texts
    assert escalations(db) == []


def test_coming_back_tells_nobody_again(db: Session, message: InboxMessage) -> None:
    turn = disclose(db, message, verdict("suicide", "H"))
    whose, which = message.conversation_id, message.id
    back = take_turn(db, whose, which, state=turn.state, decide=come_back, reader="dialogue", now=NOW)
    assert back.report is None
    assert back.responses[0] == "utter_risk_come_back"
