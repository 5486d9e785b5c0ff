"""Escalations under every order of events that Hypothesis thinks of, on a real database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from bot.db.engine import engine, transaction
from bot.db.models import (
    OPEN_STATES,
    Base,
    Escalation,
    EscalationEvent,
    EscalationMessage,
    InboxMessage,
    OutboxMessage,
    Staff,
)
from bot.escalation import auditor, service
from bot.escalation.timers import run_step, shift_back
from bot.outbox.record import delivered, give_up, put_off
from bot.people.conversations import conversation_of
from bot.risk.verdict import Level
from tests.unit.escalation.conftest import NOW

PEOPLE = ("77", "78")
LEVELS = st.sampled_from("MHE")


class Escalations(RuleBasedStateMachine):
    """People disclose, staff act or do not, time passes, alerts arrive or do not, the clock is set back."""

    @initialize()
    def begin(self) -> None:
        with engine().begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())
        self.now = NOW
        self.written = 0
        self.reported: dict[int, str] = {}  # message -> highest level that was reported of it
        self.events = 0
        with transaction() as session:
            for number, name in ((501, "Dana"), (502, "Bo")):
                session.add(Staff(username=name, first_name=name, role="counselor", telegram_user_id=number,
                                  active=True, admin=False, backup=number == 502, must_change_password=False,
                                  created_at=NOW))  # fmt: skip
            session.flush()
            self.staff_id = session.execute(select(Staff.id).where(Staff.first_name == "Dana")).scalar_one()

    @rule(
        person=st.sampled_from(PEOPLE), level=st.sampled_from("MHE"), reader=st.sampled_from(["patterns", "dialogue"])
    )
    def discloses(self, person: str, level: str, reader: str) -> None:
        self.written += 1
        with transaction() as session:
            conversation = conversation_of(session, "telegram", person, self.now)
            message = InboxMessage(conversation_id=conversation.id, channel="telegram", external_id=str(self.written),
                                   kind="text", text="words", status="done", attempts=1, next_attempt_at=self.now,
                                   received_at=self.now)  # fmt: skip
            session.add(message)
            session.flush()
            self._report(session, message.id, level, reader)

    @precondition(lambda self: self.reported)
    @rule(data=st.data(), level=LEVELS)
    def the_other_reader_comes_second(self, data: Any, level: str) -> None:
        with transaction() as session:
            self._report(session, data.draw(st.sampled_from(sorted(self.reported))), level, "rasa")

    def _report(self, session: Any, message_id: int, level: str, reader: str) -> None:
        # An emergency names a second category, so categories are known, new, and new together with a higher level.
        categories = ["suicide", "overdose"] if level == "E" else ["suicide"]
        verdict = {"level": level, "categories": categories, "action": "alert", "evidence": []}
        alerts = select(func.count(OutboxMessage.id)).where(OutboxMessage.kind == "alert")
        edits = select(func.count(OutboxMessage.id)).where(OutboxMessage.kind == "edit")
        had, had_edits = session.execute(alerts).scalar_one(), session.execute(edits).scalar_one()
        outcome = service.report(session, message_id, verdict, reader=reader, now=self.now)
        before = self.reported.get(message_id)
        self.reported[message_id] = level if before is None else max(before, level, key=Level)
        escalation = session.get(Escalation, outcome.escalation_id)
        assert Level(escalation.level) >= Level(level)
        if outcome.opened or outcome.raised or outcome.reopened:
            assert escalation.status == "open"
        more = session.execute(alerts).scalar_one() - had
        if outcome.opened or outcome.raised or outcome.reopened:
            assert more > 0, "staff were not alerted"
        elif outcome.joined:
            assert more == 0, "staff were alerted again of what they know"
            assert session.execute(edits).scalar_one() > had_edits, "staff were not told of it"

    @precondition(lambda self: self.reported)
    @rule(data=st.data(), what=st.sampled_from(["acknowledge", "resolve", "mark_false_alarm"]))
    def staff_act(self, data: Any, what: str) -> None:
        with transaction() as session:
            known = list(session.execute(select(Escalation.id).order_by(Escalation.id)).scalars())
            chosen = data.draw(st.sampled_from(known))
            closed = session.get(Escalation, chosen).status not in OPEN_STATES
            try:
                getattr(service, what)(session, chosen, self.staff_id, self.now)
            except service.AlreadyClosed:
                assert closed
            else:
                assert not closed

    @rule(minutes=st.sampled_from([0.5, 1, 3, 5, 15, 60, 600]), audited_first=st.booleans())
    def time_passes(self, minutes: float, audited_first: bool) -> None:
        self.now += timedelta(minutes=minutes)
        with transaction() as session:
            for escalation_id in auditor.suspicious(session, self.now) if audited_first else ():
                auditor.audit(session, escalation_id, self.now)
            for escalation_id in session.execute(select(Escalation.id)).scalars().all():
                run_step(session, escalation_id, self.now)
            for row in session.execute(select(Escalation).where(Escalation.status == "open")).scalars():
                assert row.next_step_at >= self.now, "a due step was left"

    @rule(minutes=st.sampled_from([5, 90]))
    def the_clock_is_set_back(self, minutes: int) -> None:
        with transaction() as session:
            before = dict(session.execute(select(Escalation.id, Escalation.next_step_at)).all())
            by = timedelta(minutes=minutes)
            self.now -= by
            shift_back(session, by)
            session.flush()
            for row in session.execute(select(Escalation).where(Escalation.status == "open")).scalars():
                assert row.next_step_at == before[row.id] - by

    @rule(data=st.data(), how=st.sampled_from(["delivered", "failed", "later"]))
    def telegram_answers(self, data: Any, how: str) -> None:
        with transaction() as session:
            query = select(OutboxMessage.id).where(OutboxMessage.kind == "alert", OutboxMessage.status == "waiting")
            waiting = list(session.execute(query.order_by(OutboxMessage.id)).scalars())
            if not waiting:
                return
            chosen = data.draw(st.sampled_from(waiting))
            if how == "delivered":
                delivered(session, chosen, "9000", self.now)
            elif how == "failed":
                give_up(session, chosen, "chat_not_found", self.now)
            else:
                put_off(session, chosen, "timeout", self.now + timedelta(seconds=1), self.now)

    @invariant()
    def each_person_has_at_most_one_open_escalation_and_each_message_is_in_one(self) -> None:
        if not hasattr(self, "reported"):
            return
        with transaction() as session:
            query = select(func.count(Escalation.id)).where(Escalation.status.in_(OPEN_STATES))
            counts = session.execute(query.group_by(Escalation.conversation_id)).scalars().all()
            assert all(count == 1 for count in counts)
            assert sorted(session.execute(select(EscalationMessage.inbox_id)).scalars()) == sorted(self.reported)

    @invariant()
    def the_clock_runs_until_somebody_takes_it_and_an_alert_is_on_its_way(self) -> None:
        if not hasattr(self, "reported"):
            return
        with transaction() as session:
            for row in session.execute(select(Escalation)).scalars():
                if row.status != "open":
                    assert row.next_step_at is None
                    continue
                assert row.next_step_at is not None
                assert row.acknowledged_at is None
                query = select(func.count(OutboxMessage.id)).where(
                    OutboxMessage.escalation_id == row.id, OutboxMessage.kind == "alert",
                    OutboxMessage.created_at >= row.clock_started_at,
                )  # fmt: skip
                assert session.execute(query).scalar_one() >= 1, "the clock runs and nobody was told"

    @invariant()
    def nobody_hears_that_staff_know_before_an_alert_arrived(self) -> None:
        if not hasattr(self, "reported"):
            return
        with transaction() as session:
            told = session.execute(
                select(OutboxMessage.dedupe_key).where(OutboxMessage.dedupe_key.like("told:delivered:%"))
            ).scalars()
            arrived = set(session.execute(
                select(OutboxMessage.escalation_id).where(OutboxMessage.kind == "alert", OutboxMessage.status == "sent")
            ).scalars())  # fmt: skip
            assert {int(key.split(":")[2]) for key in told} <= arrived

    @invariant()
    def the_record_only_grows(self) -> None:
        if not hasattr(self, "reported"):
            return
        with transaction() as session:
            count = session.execute(select(func.count(EscalationEvent.id))).scalar_one()
        assert count >= self.events
        self.events = count


def test_escalations_hold_in_every_order_of_events(installation: Path) -> None:
    run_state_machine_as_test(
        Escalations, settings=settings(max_examples=20, stateful_step_count=20, deadline=None, derandomize=True)
    )
