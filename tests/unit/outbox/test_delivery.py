"""Delivery: order, urgency, retries, and that nothing is sent twice because it could not be written down."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError

from bot.db.engine import reading, transaction
from bot.db.models import OutboxMessage
from bot.outbox import delivery
from bot.outbox.delivery import due
from bot.outbox.record import delivered
from bot.outbox.sender import CannotDeliver, RetryAfter, TryLater
from tests.unit.outbox.conftest import NOW, FakeSender, delivering, queue, row

KINDS = ("crisis", "reply", "notice", "staff")
messages = st.lists(
    st.tuples(
        st.sampled_from(["11", "12", "-13"]),
        st.sampled_from(KINDS),
        st.lists(st.sampled_from(["later", "wait", "never"]), max_size=2),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages)
def test_each_is_sent_once_or_refused_with_a_reason_and_in_order(
    quick: None, made: list[tuple[str, str, list[str]]]
) -> None:
    with transaction() as session:
        session.execute(delete(OutboxMessage))
    troubles = {queue(recipient, kind): list(trouble) for recipient, kind, trouble in made}

    def outcome(message: OutboxMessage) -> None:
        if troubles[message.id]:
            trouble = troubles[message.id].pop(0)
            raise {"later": TryLater("timeout"), "wait": RetryAfter(0.01), "never": CannotDeliver("blocked")}[trouble]

    sender = FakeSender(outcome)

    def done() -> bool:
        with reading() as session:
            return session.execute(select(OutboxMessage.id).where(OutboxMessage.status == "waiting")).first() is None

    asyncio.run(delivering(sender, done))
    with reading() as session:
        rows = session.execute(select(OutboxMessage).order_by(OutboxMessage.id)).scalars().all()
    assert sorted(i for _, i in sender.sent) == [r.id for r in rows if r.status == "sent"]
    assert all(r.error == "blocked" for r in rows if r.status == "failed")
    for recipient in {r.recipient for r in rows}:
        arrived = [i for chat, i in sender.sent if chat == recipient]
        wanted = sorted((r for r in rows if r.recipient == recipient and r.status == "sent"),
                        key=lambda r: (r.priority, r.id))  # fmt: skip
        assert arrived == [r.id for r in wanted]


async def test_a_crisis_reply_overtakes_a_burst_of_other_chats(quick: None) -> None:
    for number in range(60):
        queue(str(100 + number), "reply")
    sender = FakeSender()
    crisis: list[int] = []

    def outcome(_message: OutboxMessage) -> None:
        if len(sender.sent) == 10:
            crisis.append(queue("999", "crisis"))

    sender.outcome = outcome
    running = delivery.Delivery(sender, delivery.Feed(), per_second=20)
    await running.start()
    while not crisis or row(crisis[0]).status != "sent":  # noqa: ASYNC110 - nothing to wait for
        await asyncio.sleep(0.01)
    await running.stop(2)
    place = [recipient for recipient, _ in sender.sent].index("999")
    assert place < 25, place  # a second's worth of small talk may be on its way; the other forty wait


async def test_an_alert_does_not_wait_for_an_ordinary_message_that_hangs(quick: None) -> None:
    hanging, sender = queue("-1001", "staff"), FakeSender()
    sender.gates[hanging] = asyncio.Event()
    alert: list[int] = []

    def done() -> bool:
        if sender.tried == [hanging] and not alert:
            alert.append(queue("-1001", "alert"))
        return bool(alert) and row(alert[0]).status == "sent"

    await delivering(sender, done)
    assert row(hanging).status == "waiting"


async def test_notices_leave_a_groups_last_places_to_alerts(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "GROUP_PER_MINUTE", 20)
    for _ in range(30):
        queue("-1001", "staff")
    sender, alerts = FakeSender(), []

    def done() -> bool:
        if len(sender.sent) == delivery.GROUP_PER_MINUTE - delivery.GROUP_RESERVED and not alerts:
            alerts.extend(queue("-1001", "alert") for _ in range(delivery.GROUP_RESERVED))
        return bool(alerts) and all(row(i).status == "sent" for i in alerts)

    await delivering(sender, done)
    assert len(sender.sent) == delivery.GROUP_PER_MINUTE


async def test_one_persons_alerts_come_at_once_where_ordinary_messages_wait(
    quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "CHAT_BURST_SECONDS", 60.0)
    monkeypatch.setattr(delivery, "URGENT_BURST_SECONDS", 60.0)
    notices = [queue("5001", "staff") for _ in range(10)]
    sender, alerts = FakeSender(), []

    def done() -> bool:
        if len(sender.sent) == delivery.CHAT_BURST and not alerts:
            alerts.extend(queue("5001", "alert") for _ in range(delivery.URGENT_BURST - delivery.CHAT_BURST))
        return bool(alerts) and all(row(i).status == "sent" for i in alerts)

    await delivering(sender, done)
    assert [which for _, which in sender.sent] == [*notices[: delivery.CHAT_BURST], *alerts]


async def test_a_delivery_that_cannot_be_written_down_is_not_made_again(
    quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = queue("11", "reply"), queue("11", "reply")
    failures = 0

    def locked_for_a_while(*args: Any) -> Any:
        nonlocal failures
        if failures < 6:
            failures += 1
            raise OperationalError("update", {}, Exception("database is locked"))
        return delivered(*args)

    monkeypatch.setattr(delivery, "delivered", locked_for_a_while)
    sender = FakeSender()
    await delivering(sender, lambda: row(second).status == "sent")
    assert sender.tried == [first, second]


async def test_a_look_that_a_delivery_overtook_sends_nothing_twice(
    quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, sender, real = queue("11", "reply"), FakeSender(), delivery.in_reading
    sender.gates[first] = asyncio.Event()
    looks = 0

    async def slow(function: Any, *args: Any) -> Any:
        nonlocal looks
        rows = await real(function, *args)
        if function is delivery.waiting and sender.tried and not sender.gates[first].is_set():
            sender.gates[first].set()  # it arrives and is recorded after we read that it waits
            while row(first).status != "sent":  # noqa: ASYNC110 - what is recorded announces itself to nobody
                await asyncio.sleep(0.005)
            await asyncio.sleep(0.05)
            looks += 1
        return rows

    monkeypatch.setattr(delivery, "in_reading", slow)
    await delivering(sender, lambda: looks > 0)
    assert sender.tried == [first]


async def test_one_chats_retry_after_holds_up_no_other(quick: None) -> None:
    held, others = queue("11", "reply"), []

    def outcome(message: OutboxMessage) -> None:
        if message.recipient == "11":
            raise RetryAfter(30)

    def done() -> bool:
        if row(held).error == "retry_after" and not others:
            others.extend([queue("12", "reply"), queue("11", "crisis")])
        return bool(others) and row(others[0]).status == "sent"

    sender = FakeSender(outcome)
    await delivering(sender, done)
    assert sender.tried == [held, others[0]]
    assert row(held).attempts == 0


@pytest.mark.parametrize(("error", "seconds", "is_due"), [
    (None, 0, True), (None, 3600, True),  # never tried: due whatever the clock says
    ("timeout", -1, True), ("timeout", 30, False),
    ("timeout", 3600, True),  # longer than any backoff: the clock was set back
])  # fmt: skip
def test_what_is_due_when_the_clock_jumps(error: str | None, seconds: int, is_due: bool) -> None:
    message = OutboxMessage(error=error, next_attempt_at=NOW + timedelta(seconds=seconds))
    assert due(message, NOW) is is_due


async def test_an_alert_behind_another_in_a_held_chat_goes_another_way_as_well(
    quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerts = [queue("-100", "alert") for _ in range(3)]
    monkeypatch.setattr(delivery, "GROUP_PER_MINUTE", 9)
    monkeypatch.setattr(delivery, "GROUP_RESERVED", 8)
    held: list[int] = []
    monkeypatch.setattr(delivery, "alert_held", lambda _session, outbox_id, _now: held.append(outbox_id) or 0)
    sender = FakeSender()

    def outcome(_row: OutboxMessage) -> None:
        raise RetryAfter(30)

    sender.outcome = outcome
    await delivering(sender, lambda: set(held) >= set(alerts[1:]))
    assert sender.tried == alerts[:1]
