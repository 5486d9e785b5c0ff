"""The meaning reader's look at messages that Rasa does not answer: changed ones, and those that went to staff.

The pattern reader saw them when they were stored. This comes afterwards, from rows, so that a Rasa that is away or slow
holds up neither staff nor the person, and forgets none of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.clock import clock
from bot.db.models import Conversation, InboxMessage, SecondReading
from bot.db.work import in_reading, in_transaction
from bot.dialogue.crisis import alert_and_reply
from bot.dialogue.rasa_client import RasaUnavailable
from bot.escalation.alerts import how_to_reach, who
from bot.escalation.handoff import note
from bot.escalation.notices import notify_staff
from bot.escalation.service import report
from bot.inbox.store import LONGEST_WAIT, MOST_ATTEMPTS, wait_after
from bot.loop import Loop
from bot.metrics import ERRORS
from bot.risk import Action, Verdict

log = structlog.get_logger()

LOOK_SECONDS = 1.0


class SecondReader(Loop):
    """Looks once a second for messages to read, and reads them one after the other: answers go before."""

    name = "second reader"

    def __init__(self, read: Callable[[str], Awaitable[dict[str, Any]]], on_queued: Callable[[], None]) -> None:
        """Args: read: gives a text's verdict, or raises RasaUnavailable. on_queued: called when something is queued."""
        super().__init__()
        self._read = read
        self._on_queued = on_queued

    async def _run(self) -> None:
        while True:
            try:
                await self.look(clock.now())
            except Exception as error:  # noqa: BLE001 - the database may be away for a while
                ERRORS.labels("second_reading").inc()
                log.warning("second reading failed", error=type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self, now: datetime) -> None:
        """Read what is due; after a reading that failed the others wait for the next look."""
        for message_id, text in await in_reading(due, now):
            try:
                verdict = await self._read(text)
            except RasaUnavailable as error:
                ERRORS.labels(error.reason).inc()
                await in_transaction(put_off, message_id, clock.now())
                self._on_queued()
                return
            await in_transaction(settle, message_id, Verdict.from_dict(verdict), clock.now())
            self._on_queued()

    async def hurry(self) -> None:
        """Read at once what waits for another try, because a part is back."""
        try:
            await in_transaction(make_due, clock.now())
        except Exception as error:  # noqa: BLE001 - then it is read when it is due
            log.warning("second readings not hurried", error=type(error).__name__)


def read_later(session: Session, message: InboxMessage, now: datetime) -> None:
    """Have the meaning reader see a message that Rasa will not answer."""
    if message.text.strip() and session.get(SecondReading, message.id) is None:
        session.add(SecondReading(inbox_id=message.id, attempts=0, next_attempt_at=now))


def due(session: Session, now: datetime, limit: int = 20) -> list[tuple[int, str]]:
    """Give messages to read now, as (id, text), those that have waited longest first."""
    query = (
        select(SecondReading.inbox_id, InboxMessage.text)
        .join(InboxMessage, InboxMessage.id == SecondReading.inbox_id)
        # The second: the clock was set back.
        .where(or_(SecondReading.next_attempt_at <= now, SecondReading.next_attempt_at > now + LONGEST_WAIT))
        .order_by(SecondReading.next_attempt_at)
        .limit(limit)
    )
    return [(int(number), str(text)) for number, text in session.execute(query)]


def make_due(session: Session, now: datetime) -> None:
    """Have everything that waits for another try read now."""
    session.execute(update(SecondReading).where(SecondReading.next_attempt_at > now).values(next_attempt_at=now))


def put_off(session: Session, message_id: int, now: datetime) -> None:
    """Try again later, as with a turn; after as many tries staff are asked to read a changed message themselves."""
    row = session.get(SecondReading, message_id)
    if row is None:
        return
    row.attempts += 1
    row.next_attempt_at = now + wait_after(row.attempts)
    if row.attempts < MOST_ATTEMPTS:
        return
    session.delete(row)
    message = session.get(InboxMessage, message_id)
    if message.kind == "edit":  # staff have read the others as they came
        notify_staff(session, kind="unread", subject_id=message_id, conversation_id=message.conversation_id, now=now)


def settle(session: Session, message_id: int, verdict: Verdict, now: datetime) -> None:
    """Do what the verdict of a message asks for; once.

    An alert is raised as for any message, with the same first reply. Where the person would be asked first, they are
    not, since nobody is answering this message: staff get a quiet note instead.
    """
    row = session.get(SecondReading, message_id)
    if row is None:
        return
    session.delete(row)
    message = session.get(InboxMessage, message_id)
    conversation = session.get(Conversation, message.conversation_id)
    if verdict.action == Action.alert:
        alert_and_reply(session, conversation, message, verdict, now, reader="rasa")
    elif verdict.action == Action.check and not _asked_already(session, message):
        report(session, message_id, verdict.to_dict(), reader="rasa", now=now)  # keeps the verdict; alerts nobody
        categories = ", ".join(category.replace("_", " ") for category in verdict.categories)
        what = "changed a message, and it" if message.kind == "edit" else "wrote something that"
        words = (
            f"🔎 {who(session, conversation)} {what} may be about {categories}. The assistant has not asked them. "
            f"{how_to_reach(conversation)}"
        )
        note(session, conversation, words, now, key=f"second:{message_id}")


def _asked_already(session: Session, message: InboxMessage) -> bool:
    """Tell whether the first version of a changed message led to a question or an alert already."""
    if message.kind != "edit":
        return False
    query = select(InboxMessage).where(
        InboxMessage.channel == message.channel, InboxMessage.external_id == str(message.payload.get("message_id"))
    )
    first = session.execute(query).scalar_one_or_none()
    return first is not None and (first.verdict or {}).get("action") in ("check", "alert")
