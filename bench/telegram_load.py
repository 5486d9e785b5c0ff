"""Load on the whole stack, through a Telegram of its own; the bot runs as in production with another address."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.texts import ordinary, risky
from tests.telegram_api import TelegramApi, doings

# No message may take longer than this to be answered, however hard the load is.
PATIENCE_SECONDS = 180


@dataclass(frozen=True)
class Planned:
    """One message: when (seconds after the start), by whom, what."""

    at: float
    user: int
    text: str
    risky: bool = False


@dataclass
class Sent:
    """One message with what became of it; times are ``time.time()``."""

    planned: Planned
    external_id: str
    update_id: int
    written: float
    handed: float | None = None
    inbox_id: int | None = None
    answers: list[float] = field(default_factory=list)  # when each reply to it reached Telegram
    alerts: list[float] = field(default_factory=list)  # the first copy of each of its alerts
    escalations: int = 0

    @property
    def seconds(self) -> float | None:
        """Give how long the person waited for the first reply."""
        return min(self.answers) - self.written if self.answers else None

    @property
    def alert_seconds(self) -> float | None:
        """Give the time from Telegram's handing the message over to the alert's arrival."""
        return min(self.alerts) - self.handed if self.alerts and self.handed else None


def steady(rate: float, seconds: float, chats: int, rng: random.Random, first_user: int, share: float) -> list[Planned]:
    """Plan ``rate`` messages a second, spread as independent people would (Poisson), each chat about equally often.

    ``share`` of them are risky, each in a chat that is quiet about risk otherwise: a second risky message would join
    the first one's escalation.
    """
    count = round(rate * seconds)
    moments = sorted(rng.uniform(0, seconds) for _ in range(count))
    users = [first_user + number for _ in range(count // chats + 1) for number in rng.sample(range(chats), chats)]
    dangerous = set(rng.sample(range(count), round(count * share)))
    disclosed: set[int] = set()
    plan = []
    for index, at in enumerate(moments):
        user = users[index]
        if index in dangerous:
            while user in disclosed:
                user = first_user + rng.randrange(chats)
            disclosed.add(user)
        text = risky(rng) if index in dangerous else ordinary(rng)
        plan.append(Planned(at, user, text, index in dangerous))
    return plan


def write(api: TelegramApi, plan: Sequence[Planned]) -> list[Sent]:
    """Have the messages written when their moment comes; returns when the last one is."""

    async def play() -> list[Sent]:
        start, sent = time.time() + 0.05, []
        for planned in plan:
            wait = start + planned.at - time.time()
            if wait > 0:
                await asyncio.sleep(wait)
            got = doings.write(api.world, planned.user, text=planned.text, language_code="en")
            key = f"{planned.user}:{got['message_id']}"
            sent.append(Sent(planned, key, got["update_id"], time.time()))
        return sent

    return asyncio.run_coroutine_threadsafe(play(), api._loop).result()  # noqa: SLF001 - on its loop, where it may


def wait_until_quiet(
    api: TelegramApi, database: Path, patience: float = PATIENCE_SECONDS, meanwhile: Callable[[], None] = lambda: None
) -> float:
    """Wait until nothing waits at Telegram, in the inbox or in the outbox; gives the seconds it took.

    Raises:
        TimeoutError: it took longer than ``patience`` (seconds).
    """
    started = time.monotonic()
    # Telegram first: what was not waiting there any more had been stored before.
    while api.do(lambda: len(api.world.waiting)) or waiting(database) != (0, 0):
        if time.monotonic() - started > patience:
            raise TimeoutError(f"After {patience:.0f} s these waited in inbox and outbox: {waiting(database)}.")
        meanwhile()
        time.sleep(0.25)
    return time.monotonic() - started


def waiting(database: Path) -> tuple[int, int]:
    """Give how many messages wait for an answer, and how many for delivery to somebody.

    What goes to the staff's group is not counted: it waits for Telegram's 20 a minute, and each alert that this holds
    back has gone to a person.
    """
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        (inbox,) = db.execute("SELECT count(*) FROM inbox WHERE status IN ('waiting', 'working')").fetchone()
        (outbox,) = db.execute(
            "SELECT count(*) FROM outbox WHERE status = 'waiting' AND recipient NOT LIKE '-%'"
        ).fetchone()
    return inbox, outbox


def read_outcome(api: TelegramApi, database: Path, sent: Sequence[Sent]) -> None:
    """Fill in what became of each message: the stack's own tables say which reply answers which, Telegram when."""
    arrived = {
        (seen.chat_id, seen.data["message_id"]): seen.at
        for seen in api.seen(what="message")
        if "message_id" in seen.data
    }
    handed = api.do(lambda: {number: update.handed_at for number, update in api.world.handed.items()})
    by_key = {one.external_id: one for one in sent}
    by_row: dict[int, Sent] = {}
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        for row_id, key in db.execute("SELECT id, external_id FROM inbox WHERE channel = 'telegram'"):
            if key in by_key:
                by_row[row_id] = by_key[key]
                by_key[key].inbox_id = row_id
        replies = (
            # "I'm having trouble answering right now" is a notice, and no answer.
            "SELECT inbox_id, recipient, provider_message_id FROM outbox "
            "WHERE inbox_id IS NOT NULL AND status = 'sent' AND kind IN ('reply', 'crisis')"
        )
        for row_id, chat, number in db.execute(replies):
            if row_id in by_row and (int(chat), int(number)) in arrived:
                by_row[row_id].answers.append(arrived[int(chat), int(number)])
        alerts = (
            "SELECT DISTINCT m.inbox_id, o.recipient, o.provider_message_id FROM escalation_messages m "
            "JOIN outbox o ON o.escalation_id = m.escalation_id AND o.kind = 'alert' AND o.status = 'sent'"
        )
        for row_id, chat, number in db.execute(alerts):
            if row_id in by_row and (int(chat), int(number)) in arrived:
                by_row[row_id].alerts.append(arrived[int(chat), int(number)])
        for row_id, count in db.execute("SELECT inbox_id, count(*) FROM escalation_messages GROUP BY inbox_id"):
            if row_id in by_row:
                by_row[row_id].escalations = count
    for one in sent:
        one.handed = handed.get(one.update_id)
