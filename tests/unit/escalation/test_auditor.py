"""Late steps, alerts that wait or reach nobody, and office hours: nobody is left waiting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Conversation, Escalation, EscalationEvent, InboxMessage, OnCallShift, OutboxMessage, Staff
from bot.escalation import auditor, handoff, service
from bot.escalation.policy import snapshot
from bot.escalation.timers import Jumps, shift_back
from bot.metrics import ACKNOWLEDGE_SECONDS, LATE_STEPS
from bot.outbox.record import alert_held, delivered, put_off
from tests.unit.escalation.conftest import HIGH, NOW
from tests.unit.escalation.test_service import alerts, told

Write = Callable[..., InboxMessage]
OFFICE, NIGHT = datetime(2026, 11, 23, 16, tzinfo=timezone.utc), datetime(2026, 11, 24, 7, tzinfo=timezone.utc)


def kinds(db: Session) -> list[str]:
    return list(db.execute(select(EscalationEvent.kind).order_by(EscalationEvent.id)).scalars())


def test_a_late_step_is_noticed_though_the_timers_stand_still(
    db: Session, message: Write, staff: Staff, backup: Staff
) -> None:
    outcome = service.report(db, message().id, HIGH, reader="patterns", now=OFFICE)
    delivered(db, alerts(db)[0].id, "1", OFFICE)
    before = LATE_STEPS._value.get()
    now = OFFICE + timedelta(minutes=15, seconds=59)
    assert auditor.suspicious(db, now) == []
    now += timedelta(seconds=2)
    assert auditor.suspicious(db, now) == [outcome.escalation_id]
    auditor.audit(db, outcome.escalation_id, now)
    late = [alert for alert in alerts(db) if "not passed on in time" in alert.text]
    assert {alert.recipient for alert in late} == {"-1001", "501", "502"}
    assert LATE_STEPS._value.get() == before + 1
    assert auditor.suspicious(db, now) == []


def test_an_alert_that_arrived_nowhere_for_a_minute_goes_to_everyone_once(
    db: Session, message: Write, staff: Staff, backup: Staff
) -> None:
    outcome = service.report(db, message().id, HIGH, reader="patterns", now=OFFICE)
    now = OFFICE + timedelta(seconds=61)
    assert auditor.suspicious(db, now) == [outcome.escalation_id]
    auditor.audit(db, outcome.escalation_id, now)
    assert {alert.recipient for alert in alerts(db)} == {"-1001", "501", "502"}
    assert auditor.suspicious(db, now) == []
    assert kinds(db).count("undelivered") == 1


@pytest.mark.parametrize("reason", ["retry_after", "timeout"])
def test_an_alert_that_failed_for_now_goes_to_the_person_on_call_at_once(
    db: Session, message: Write, staff: Staff, backup: Staff, reason: str
) -> None:
    db.add(OnCallShift(staff_id=staff.id, starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(hours=1),
                       override=False))  # fmt: skip
    service.report(db, message().id, {**HIGH, "level": "M"}, reader="patterns", now=NOW)
    first = alerts(db)[0]
    put_off(db, first.id, reason, NOW + timedelta(seconds=40), NOW)
    assert [alert.recipient for alert in alerts(db)] == ["-1001", "501"]
    put_off(db, first.id, reason, NOW + timedelta(seconds=80), NOW)  # again: the backup is next, then nobody is left
    assert [alert.recipient for alert in alerts(db)] == ["-1001", "501", "502"]
    put_off(db, first.id, reason, NOW + timedelta(seconds=90), NOW)
    assert len(alerts(db)) == 3
    assert first.status == "waiting"


def test_an_alert_that_a_limit_holds_back_goes_another_way(db: Session, message: Write, staff: Staff) -> None:
    service.report(db, message().id, {**HIGH, "level": "M"}, reader="patterns", now=NOW)
    assert alert_held(db, alerts(db)[0].id, NOW) == 1
    assert alerts(db)[-1].recipient == "501"
    assert alert_held(db, alerts(db)[0].id, NOW) == 0


def test_a_new_message_reopens_what_was_acknowledged_and_starts_the_clock_again(
    db: Session, message: Write, staff: Staff
) -> None:
    outcome = service.report(db, message().id, HIGH, reader="patterns", now=OFFICE)
    service.acknowledge(db, outcome.escalation_id, staff.id, OFFICE + timedelta(minutes=2))
    before = len(alerts(db))
    later = OFFICE + timedelta(hours=3)
    again = service.report(db, message().id, HIGH, reader="patterns", now=later)
    escalation = db.get(Escalation, outcome.escalation_id)
    assert again.reopened and escalation.status == "open" and escalation.acknowledged_at is None
    assert escalation.next_step_at == later + timedelta(minutes=15)
    assert len(alerts(db)) == before + 1
    service.acknowledge(db, outcome.escalation_id, staff.id, later)
    assert sum("has seen this" in text for text in told(db)) == 2


def test_an_answer_to_our_question_or_a_chat_with_staff_reopens_nothing(
    db: Session, message: Write, staff: Staff
) -> None:
    outcome = service.report(db, message().id, HIGH, reader="patterns", now=NOW)
    service.acknowledge(db, outcome.escalation_id, staff.id, NOW)
    assert not service.report(db, message().id, HIGH, reader="dialogue", now=NOW).reopened
    db.execute(select(Conversation)).scalar_one().state = "staff"
    assert not service.report(db, message().id, HIGH, reader="patterns", now=NOW).reopened
    assert db.get(Escalation, outcome.escalation_id).status == "acknowledged"


def test_nights_have_steps_of_their_own_that_stay_with_the_escalation(db: Session, message: Write) -> None:
    assert [step["after_minutes"] for step in snapshot(db, "H", OFFICE)["steps"]] == [0, 15, 30, 45]
    assert [step["after_minutes"] for step in snapshot(db, "H", NIGHT)["steps"]] == [0, 0, 15, 30]
    outcome = service.report(db, message().id, HIGH, reader="patterns", now=NIGHT)
    service.run_due_steps(db, db.get(Escalation, outcome.escalation_id), NIGHT + timedelta(hours=8))
    assert db.get(Escalation, outcome.escalation_id).policy["hours"] == "out"


def test_acknowledging_is_measured(db: Session, message: Write, staff: Staff) -> None:
    total = ACKNOWLEDGE_SECONDS.labels("H")._sum
    before = total.get()
    outcome = service.report(db, message().id, HIGH, reader="patterns", now=NOW)
    service.acknowledge(db, outcome.escalation_id, staff.id, NOW + timedelta(seconds=90))
    assert total.get() == before + 90


def test_a_clock_that_is_set_back_delays_no_step(db: Session, message: Write) -> None:
    jumps = Jumps()
    assert not jumps.look(100.0, OFFICE)
    assert not jumps.look(101.0, OFFICE + timedelta(seconds=1.2))
    assert not jumps.look(102.0, OFFICE + timedelta(hours=5))  # forward: steps come early
    assert jumps.look(103.0, OFFICE + timedelta(hours=4, seconds=1)) == timedelta(hours=1)
    assert jumps.look(104.0, OFFICE + timedelta(hours=4, seconds=2)) == timedelta(hours=1)  # until it is settled
    jumps.settled()
    assert not jumps.look(105.0, OFFICE + timedelta(hours=4, seconds=3))
    outcome = service.report(db, message().id, HIGH, reader="patterns", now=OFFICE)
    shift_back(db, timedelta(hours=1))
    assert db.get(Escalation, outcome.escalation_id).next_step_at == OFFICE - timedelta(minutes=45)


def test_a_quiet_hand_over_ends_with_notice_to_both(db: Session, message: Write, staff: Staff) -> None:
    conversation_id = message().conversation_id
    handoff.staff_reply(db, staff, "Hi, it's Dana.", NOW, conversation_id=conversation_id)
    assert handoff.end_idle(db, NOW + timedelta(minutes=119)) == 0
    assert handoff.end_idle(db, NOW + timedelta(minutes=121)) == 1
    assert any("it's me again" in text for text in told(db))
    query = select(OutboxMessage.text).where(OutboxMessage.recipient == "501")
    assert any("nobody has written for 120 minutes" in text for text in db.execute(query).scalars())
    assert handoff.end_idle(db, NOW + timedelta(minutes=200)) == 0
