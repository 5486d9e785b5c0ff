"""Escalations: two readers meet in one row, a level only rises, the clock runs until somebody takes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.models import AppendOnlyError, Escalation, EscalationEvent, InboxMessage, OutboxMessage, Staff
from bot.escalation import service, staff_buttons
from bot.escalation.timers import run_step
from bot.outbox.record import delivered, give_up
from tests.unit.escalation.conftest import CHECK, EMERGENCY, HIGH, MODERATE, NOW

Write = Callable[..., InboxMessage]


def alerts(db: Session) -> list[OutboxMessage]:
    return list(
        db.execute(select(OutboxMessage).where(OutboxMessage.kind == "alert").order_by(OutboxMessage.id)).scalars()
    )


def edits(db: Session) -> list[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.kind == "edit").order_by(OutboxMessage.id)
    return list(db.execute(query).scalars())


def events(db: Session, kind: str) -> list[EscalationEvent]:
    query = select(EscalationEvent).where(EscalationEvent.kind == kind).order_by(EscalationEvent.id)
    return list(db.execute(query).scalars())


def told(db: Session) -> list[str]:
    query = select(OutboxMessage.text).where(OutboxMessage.recipient == "77").order_by(OutboxMessage.id)
    return list(db.execute(query).scalars())


def count(db: Session, table: type) -> int:
    return int(db.execute(select(func.count()).select_from(table)).scalar_one())


def test_both_readers_of_one_message_open_one_escalation_and_one_alert(db: Session, message: Write) -> None:
    row = message()
    first = service.report(db, row.id, HIGH, reader="patterns", now=NOW)
    second = service.report(db, row.id, HIGH, reader="rasa", now=NOW)
    assert first.opened and not second.opened
    assert first.escalation_id == second.escalation_id
    assert count(db, Escalation) == 1
    assert len(alerts(db)) == 1


def test_the_second_reader_may_raise_the_level_and_then_staff_hear_again(db: Session, message: Write) -> None:
    row = message()
    service.report(db, row.id, MODERATE, reader="patterns", now=NOW)
    outcome = service.report(db, row.id, EMERGENCY, reader="rasa", now=NOW)
    escalation = db.get(Escalation, outcome.escalation_id)
    assert outcome.raised
    assert escalation.level == "E"
    assert escalation.categories == ["overdose", "relapse"]
    assert any("EMERGENCY" in alert.text for alert in alerts(db)[1:])


def test_a_lower_verdict_changes_nothing(db: Session, message: Write) -> None:
    row = message()
    service.report(db, row.id, EMERGENCY, reader="patterns", now=NOW)
    before = len(alerts(db))
    outcome = service.report(db, row.id, MODERATE, reader="rasa", now=NOW)
    assert not outcome.raised
    assert db.get(Escalation, outcome.escalation_id).level == "E"
    assert len(alerts(db)) == before


def test_a_question_to_ask_first_alerts_nobody(db: Session, message: Write) -> None:
    outcome = service.report(db, message().id, CHECK, reader="rasa", now=NOW)
    assert outcome.escalation_id is None
    assert count(db, Escalation) == 0


@pytest.mark.parametrize("level", ["H", "M"])
def test_a_further_message_at_the_same_level_is_a_quiet_line_under_the_alert(
    db: Session, message: Write, level: str
) -> None:
    first = service.report(db, message().id, HIGH, reader="patterns", now=NOW)
    for minutes in (1, 2):
        now = NOW + timedelta(minutes=minutes)
        again = service.report(db, message().id, {**HIGH, "level": level}, reader="dialogue", now=now)
        assert again.joined and again.escalation_id == first.escalation_id
    assert len(alerts(db)) == 1
    assert ["2 messages, the last at" in edits(db)[0].text, "3 messages, the last at" in edits(db)[1].text] == [
        True, True,
    ]  # fmt: skip
    assert [edit.edits_id for edit in edits(db)] == [alerts(db)[0].id] * 2
    assert [event.detail["level"] for event in events(db, "message")] == ["H", level, level]


def test_it_stays_quiet_also_after_somebody_took_it(db: Session, message: Write, staff: Staff) -> None:
    first = service.report(db, message().id, HIGH, reader="patterns", now=NOW)
    service.acknowledge(db, first.escalation_id, staff.id, NOW)
    service.report(db, message().id, HIGH, reader="dialogue", now=NOW)
    assert len(alerts(db)) == 1
    assert "2 messages" in edits(db)[-1].text and "acknowledged" in edits(db)[-1].text


@pytest.mark.parametrize("verdict", [EMERGENCY, {**HIGH, "categories": ["violence"]}], ids=["level", "category"])
def test_a_higher_level_or_a_new_category_alerts_at_once(db: Session, message: Write, verdict: dict[str, Any]) -> None:
    service.report(db, message().id, HIGH, reader="patterns", now=NOW)
    service.report(db, message().id, verdict, reader="dialogue", now=NOW)
    assert len(alerts(db)) == 2
    assert verdict["categories"][0] in alerts(db)[-1].text
    assert ("EMERGENCY" in alerts(db)[-1].text) == (verdict is EMERGENCY)


def test_a_quiet_line_changes_the_newest_alert_of_each_chat_only(db: Session, message: Write, staff: Staff) -> None:
    first = service.report(db, message().id, HIGH, reader="patterns", now=NOW)
    service.run_due_steps(db, db.get(Escalation, first.escalation_id), NOW + timedelta(hours=2))
    chats = {alert.recipient for alert in alerts(db)}
    assert len(alerts(db)) > len(chats)
    service.report(db, message().id, HIGH, reader="dialogue", now=NOW + timedelta(hours=2))
    newest = {alert.recipient: alert.id for alert in alerts(db)}
    assert sorted(edit.edits_id for edit in edits(db)) == sorted(newest.values())


def test_another_person_gets_an_escalation_of_their_own(db: Session, message: Write) -> None:
    first = service.report(db, message(key="77").id, HIGH, reader="patterns", now=NOW)
    second = service.report(db, message(key="78").id, HIGH, reader="patterns", now=NOW)
    assert first.escalation_id != second.escalation_id


def test_acknowledging_stops_the_clock_edits_the_alert_and_tells_the_person(
    db: Session, message: Write, staff: Staff
) -> None:
    outcome = service.report(db, message().id, HIGH, reader="patterns", now=NOW)
    escalation = service.acknowledge(db, outcome.escalation_id, staff.id, NOW + timedelta(minutes=2))
    assert escalation.next_step_at is None
    edits = list(db.execute(select(OutboxMessage).where(OutboxMessage.kind == "edit")).scalars())
    assert len(edits) == 1
    assert "Dana (counselor) acknowledged" in edits[0].text
    titles = [button["title"] for line in edits[0].buttons for button in line]
    assert titles == ["Resolve", "False alarm"]
    assert any("Dana (counselor) has seen this" in text for text in told(db))


def test_a_new_disclosure_at_a_higher_level_reopens_what_was_acknowledged(
    db: Session, message: Write, staff: Staff
) -> None:
    outcome = service.report(db, message().id, HIGH, reader="patterns", now=NOW)
    service.acknowledge(db, outcome.escalation_id, staff.id, NOW)
    service.report(db, message().id, EMERGENCY, reader="patterns", now=NOW + timedelta(minutes=5))
    escalation = db.get(Escalation, outcome.escalation_id)
    assert escalation.status == "open"
    assert escalation.next_step_at is not None


def test_after_closing_a_new_message_opens_a_new_one(db: Session, message: Write, staff: Staff) -> None:
    first = service.report(db, message().id, HIGH, reader="patterns", now=NOW)
    service.resolve(db, first.escalation_id, staff.id, NOW, "called")
    second = service.report(db, message().id, HIGH, reader="patterns", now=NOW)
    assert second.opened and second.escalation_id != first.escalation_id


def test_nobody_answers_so_each_step_reaches_more_people(
    db: Session, message: Write, staff: Staff, backup: Staff
) -> None:
    outcome = service.report(db, message().id, EMERGENCY, reader="patterns", now=NOW)
    for minutes in range(31):
        run_step(db, outcome.escalation_id, NOW + timedelta(minutes=minutes))
    reached = {alert.recipient for alert in alerts(db)}
    assert reached == {"-1001", "501", "502"}
    assert db.get(Escalation, outcome.escalation_id).next_step_at > NOW + timedelta(minutes=29)


def test_with_nobody_on_call_the_staff_chat_gets_one_alert_and_not_two(db: Session, message: Write) -> None:
    service.report(db, message().id, EMERGENCY, reader="patterns", now=NOW)
    assert [alert.recipient for alert in alerts(db)] == ["-1001"]


def test_a_step_that_comes_late_takes_the_loudest_route(
    db: Session, message: Write, staff: Staff, backup: Staff
) -> None:
    outcome = service.report(db, message().id, HIGH, reader="patterns", now=NOW)
    run_step(db, outcome.escalation_id, NOW + timedelta(minutes=20))  # due after 15
    late = [alert for alert in alerts(db) if "not passed on in time" in alert.text]
    assert {alert.recipient for alert in late} == {"-1001", "501", "502"}


def test_the_person_hears_of_the_alert_only_once_it_arrived(db: Session, message: Write) -> None:
    service.report(db, message().id, HIGH, reader="patterns", now=NOW)
    assert not any("have been alerted" in text for text in told(db))
    delivered(db, alerts(db)[0].id, "9001", NOW)
    assert sum("have been alerted" in text for text in told(db)) == 1
    delivered(db, alerts(db)[0].id, "9001", NOW)
    assert sum("have been alerted" in text for text in told(db)) == 1


def test_where_it_got_worse_the_person_is_told_shortly_and_not_the_same_again(db: Session, message: Write) -> None:
    service.report(db, message().id, HIGH, reader="patterns", now=NOW)
    delivered(db, alerts(db)[0].id, "9001", NOW)
    service.report(db, message().id, EMERGENCY, reader="patterns", now=NOW)
    delivered(db, alerts(db)[-1].id, "9002", NOW)
    assert sum("have been alerted" in text for text in told(db)) == 1
    assert told(db)[-1] == "The staff know about this too now."


def test_an_alert_that_cannot_be_delivered_goes_to_everyone_else_at_once(
    db: Session, message: Write, staff: Staff
) -> None:
    service.report(db, message().id, HIGH, reader="patterns", now=NOW)
    give_up(db, alerts(db)[0].id, "chat_gone", NOW)
    assert alerts(db)[-1].recipient == "501"
    assert alerts(db)[0].status == "failed"


def test_what_happened_is_never_changed(db: Session, message: Write) -> None:
    service.report(db, message().id, HIGH, reader="patterns", now=NOW)
    event = db.execute(select(EscalationEvent)).scalars().first()
    event.kind = "something else"
    with pytest.raises(AppendOnlyError):
        db.flush()
    db.rollback()


def test_closing_twice_says_so(db: Session, message: Write, staff: Staff) -> None:
    outcome = service.report(db, message().id, HIGH, reader="patterns", now=NOW)
    service.mark_false_alarm(db, outcome.escalation_id, staff.id, NOW)
    with pytest.raises(service.AlreadyClosed, match="closed already"):
        service.resolve(db, outcome.escalation_id, staff.id, NOW)


def test_only_staff_may_press(db: Session, message: Write, staff: Staff) -> None:
    service.report(db, message().id, HIGH, reader="patterns", now=NOW)
    token = alerts(db)[0].buttons[0][0]["token"]
    with pytest.raises(staff_buttons.NotStaff):
        staff_buttons.press(db, token, 999, NOW)
    staff.active = False
    with pytest.raises(staff_buttons.NotStaff):
        staff_buttons.press(db, token, 501, NOW)
    staff.active = True
    assert staff_buttons.press(db, token, 501, NOW) == "You have it. Thank you."


def test_a_false_alarm_is_kept_for_review(db: Session, message: Write, staff: Staff) -> None:
    from bot.escalation.review import labels, report

    outcome = service.report(db, message("this traffic").id, HIGH, reader="patterns", now=NOW)
    service.acknowledge(db, outcome.escalation_id, staff.id, NOW + timedelta(seconds=90))
    service.mark_false_alarm(db, outcome.escalation_id, staff.id, NOW)
    assert [(line["text"], line["label"]) for line in labels(db)] == [("this traffic", "false_alarm")]
    assert report(db) == [
        {"week": "2026-W48", "category": "suicide", "alerts": 1, "checks": 0, "false_alarms": 1,
         "median_acknowledge_seconds": 90}
    ]  # fmt: skip
