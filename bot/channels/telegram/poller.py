"""Fetches updates and confirms them to Telegram only once they are stored.

The library's own updater confirms first and keeps what it got in memory, where a crash loses it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.arrivals import store_updates
from bot.channels.telegram.client import POLL_SECONDS, TelegramBot
from bot.channels.telegram.effects import Effects
from bot.channels.telegram.ending import end
from bot.channels.telegram.identity import Identity
from bot.channels.telegram.kinds import ALLOWED_UPDATES
from bot.channels.telegram.retry_seconds import seconds_of
from bot.channels.telegram.without_database import WithoutDatabase, store_or_help
from bot.clock import clock
from bot.db.models import PollOffset
from bot.db.work import in_reading, in_transaction
from bot.metrics import ERRORS

log = structlog.get_logger()

# Waits after failures in a row: short first (a dropped connection), then up to half a minute (an outage).
FIRST_WAIT, LONGEST_WAIT = 0.25, 30.0
# Another process polls with our token: trying more often would throw each other out all the time.
CONFLICT_WAIT = 5.0
# A refused token will not heal by itself, but Telegram has refused good ones for a while.
REFUSED_WAIT = 60.0

SENTENCES = {
    Conflict: "Another process fetches this Telegram bot's updates. Stop it, or give each its own TELEGRAM_BOT_TOKEN.",
    InvalidToken: "Telegram does not accept TELEGRAM_BOT_TOKEN. Copy it again from @BotFather into .env and restart.",
}


class Poller:
    """One loop: fetch, store with the offset in one transaction, act; then the next fetch confirms."""

    def __init__(
        self, bot: TelegramBot, identity: Identity, act: Callable[[Effects], None], without_database: WithoutDatabase
    ) -> None:
        self._without_database = without_database
        self._bot = bot
        self._identity = identity
        self._act = act
        self._failures = 0
        self._last_problem = ""
        self._stopping = asyncio.Event()

    @property
    def works(self) -> bool:
        """Tell whether the last fetch was stored (or none has failed yet)."""
        return self._failures == 0

    async def run(self) -> None:
        """Poll until :meth:`stop`; survives whatever happens."""
        offset: int | None = None
        while not self._stopping.is_set():
            try:
                if offset is None:
                    offset = await in_reading(read_offset, self._identity.bot_id)
                # After a failure Telegram is asked not to wait, so that we know soon whether it works again.
                wait = 0 if self._failures else POLL_SECONDS
                updates = await self._unless_stopping(self._bot.fetch_updates(offset, ALLOWED_UPDATES, wait))
                if updates is None:
                    return
                if updates:
                    storing = in_transaction(store_batch, updates, self._identity, clock.now(), self._identity.bot_id)
                    effects = await store_or_help(storing, updates, self._without_database)
                    offset = next_offset(updates, offset)
                    self._act(effects)
                self._went_well()
            except Exception as error:  # noqa: BLE001, PERF203 - the loop is the only way in; it must not end
                await self._unless_stopping(asyncio.sleep(self._after(error)))

    def stop(self) -> None:
        """End the loop; what is being stored is still stored."""
        self._stopping.set()

    async def _unless_stopping(self, work: Coroutine[Any, Any, Any]) -> Any:
        doing = asyncio.create_task(work)
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return doing.result() if doing.done() else None
        finally:
            await end(doing)
            await end(stopping)

    def _went_well(self) -> None:
        if self._failures:
            log.info("Telegram's updates are fetched again.")
        self._failures = 0
        self._last_problem = ""

    def _after(self, error: Exception) -> float:
        """Record a failure by its kind, never its text (it may hold the token), and give the seconds to wait."""
        self._failures += 1
        kind = type(error).__name__
        ERRORS.labels("telegram_poll").inc()
        if kind != self._last_problem:
            sentence = SENTENCES.get(type(error), "Telegram's updates could not be fetched; trying again.")
            if not isinstance(error, TelegramError):
                sentence = "Telegram's updates could not be stored; they stay with Telegram until they are."
            log.warning(sentence, error=kind)
        self._last_problem = kind
        if isinstance(error, RetryAfter):
            return seconds_of(error)
        if isinstance(error, InvalidToken):
            return REFUSED_WAIT
        if isinstance(error, Conflict):
            return CONFLICT_WAIT
        wait = min(FIRST_WAIT * 2 ** (self._failures - 1), LONGEST_WAIT)
        return wait * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing


def store_batch(
    session: Session, updates: list[dict[str, Any]], identity: Identity, now: datetime, bot_id: int
) -> Effects:
    """Store updates together with how far Telegram may forget them.

    Raises:
        DBAPIError and the like: nothing was stored, also not the offset.
    """
    effects = store_updates(session, updates, identity, now)
    row = session.get(PollOffset, _name(bot_id))
    if row is None:
        row = PollOffset(name=_name(bot_id), offset=0)
        session.add(row)
    row.offset = next_offset(updates, row.offset)
    return effects


def next_offset(updates: list[dict[str, Any]], before: int) -> int:
    """Give the offset that confirms ``updates``. After a quiet week Telegram may go on with lower numbers."""
    return max((int(u["update_id"]) for u in updates if isinstance(u.get("update_id"), int)), default=before - 1) + 1


def read_offset(session: Session, bot_id: int) -> int:
    """Give the offset up to which this bot's updates are stored; 0 for a bot that never ran."""
    row = session.get(PollOffset, _name(bot_id))
    return int(row.offset) if row is not None else 0


def _name(bot_id: int) -> str:
    # Another bot's updates have numbers of their own.
    return f"telegram:{bot_id}"
