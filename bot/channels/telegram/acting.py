"""What follows a commit: conversations are woken, pressed buttons answered and taken away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from html import escape
from typing import Any, Protocol

import structlog
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.channels.telegram.client import TelegramBot
from bot.channels.telegram.effects import Effects, PressAnswer, UsedButtons
from bot.channels.telegram.split import LONGEST, units

log = structlog.get_logger()

# A notice on a pressed button holds so many characters (core.telegram.org/bots/api#answercallbackquery).
LONGEST_NOTICE = 200
# Calls at once: a burst of presses must not take all connections from delivery.
AT_ONCE = 16


class Wakes(Protocol):
    """What is told of a new message (``bot.inbox.worker.Dispatcher``)."""

    def wake(self, conversation_id: str) -> None:
        """Have the conversation looked at."""


class Acting:
    """Does what :class:`Effects` say. Answers to presses are worth seconds only, so they are not in the outbox."""

    def __init__(self, bot: TelegramBot, wakes: Wakes, on_queued: Callable[[], None]) -> None:
        self._bot = bot
        self._wakes = wakes
        self._on_queued = on_queued
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._calls: set[asyncio.Task[None]] = set()

    def act(self, effects: Effects) -> None:
        """Start everything; call it on the event loop, after the commit."""
        for conversation_id in effects.wake:
            self._wakes.wake(conversation_id)
        if effects.queued:
            self._on_queued()
        for answer in effects.answers:
            self._start(self._answer(answer))
        for used in effects.used:
            self._start(self._take_away(used))

    async def stop(self) -> None:
        """Wait a moment for what is on its way."""
        if self._calls:
            await asyncio.wait(self._calls, timeout=2)
        for task in self._calls:
            task.cancel()

    def _start(self, call: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._quietly(call), name="button")
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _quietly(self, call: Coroutine[Any, Any, None]) -> None:
        async with self._slots:
            try:
                await call
            except TelegramError as error:
                # Too old to answer, blocked meanwhile, a limit: the press itself is stored and will be dealt with.
                log.info("a button was not answered", error=type(error).__name__)

    async def _answer(self, answer: PressAnswer) -> None:
        await self._bot.answer_callback_query(
            answer.callback_id, answer.text[:LONGEST_NOTICE] or None, show_alert=answer.alert
        )

    async def _take_away(self, used: UsedButtons) -> None:
        if used.text is None or units(used.text) > LONGEST:
            await self._bot.edit_message_reply_markup(used.chat_id, used.message_id)
        else:
            await self._bot.edit_message_text(
                escape(used.text, quote=False), used.chat_id, used.message_id, parse_mode=ParseMode.HTML
            )
