"""Shows "typing" while an answer is being made."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.channels.telegram.client import TelegramBot

# Telegram shows it for five seconds (core.telegram.org/bots/api#sendchataction).
RENEW_SECONDS = 4.0
# An answer that comes sooner needs no sign: up to a second does not break a thought off (Nielsen, Usability
# Engineering, 1993). Each sign is a call, costs as much as the answer's, and would be sent when there is most to do.
SHOW_AFTER_SECONDS = 0.5


class Presence:
    """The sign that somebody is being answered."""

    def __init__(self, bot: TelegramBot) -> None:
        self._bot = bot
        self._shown: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def typing(self, chat_id: int | str) -> AsyncIterator[None]:
        """Show "typing" until it is left, unless that is soon. It is a courtesy: no error of it reaches the caller."""
        left = asyncio.Event()
        showing = asyncio.create_task(self._show(int(chat_id), left), name="typing")
        self._shown.add(showing)
        showing.add_done_callback(self._shown.discard)
        try:
            yield
        finally:
            # Not cancelled: breaking a request off costs its connection, and every fast answer would pay that.
            left.set()

    async def stop(self) -> None:
        """Wait for what is on its way."""
        if self._shown:
            await asyncio.wait(self._shown, timeout=1)
        for task in self._shown:
            task.cancel()

    async def _show(self, chat_id: int, left: asyncio.Event) -> None:
        await _left_within(left, SHOW_AFTER_SECONDS)
        while not left.is_set():
            with contextlib.suppress(TelegramError):
                await self._bot.send_chat_action(chat_id, ChatAction.TYPING)
            await _left_within(left, RENEW_SECONDS)


async def _left_within(left: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(left.wait(), seconds)
