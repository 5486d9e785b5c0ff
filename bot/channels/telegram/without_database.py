"""Crisis resources for people whose messages cannot be stored right now; the message itself stays with Telegram.

The pattern screen needs no database. Nothing that is sent here says that staff know, although they are written to.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine
from html import escape
from typing import Any

import structlog
from telegram.error import TelegramError

from bot.channels.telegram.client import TelegramBot
from bot.channels.telegram.effects import Effects
from bot.channels.telegram.identity import Identity
from bot.nlu.language import detect
from bot.program import program
from bot.risk import screen
from bot.texts import say

log = structlog.get_logger()

# Storing takes milliseconds; after this long people with risk get crisis numbers while it is still being tried.
HELP_AFTER_SECONDS = 2.0
# Updates that were helped with already: they come again until they can be stored.
REMEMBERED = 10_000

STAFF_WORDS = (
    "🔴 Somebody's message on Telegram carries risk and cannot be stored: the database cannot be written. They got "
    "crisis numbers. The alert follows as soon as the database works again."
)


class WithoutDatabase:
    """Answers what must not wait for the database."""

    def __init__(self, bot: TelegramBot, identity: Identity) -> None:
        self._bot = bot
        self._identity = identity
        self._helped: OrderedDict[int, None] = OrderedDict()

    async def help(self, updates: list[dict[str, Any]]) -> None:
        """Send crisis resources to whoever of ``updates`` (Telegram's JSON) needs them, once for each update."""
        for update in updates:
            number = update.get("update_id")
            if number in self._helped or not isinstance(number, int):
                continue
            words = await _words(update)
            if words is not None and not await self._send(words[0], words[1]):
                continue  # tried again when the update comes again
            self._helped[number] = None
            if words is not None and words[2]:
                await self.tell_staff(STAFF_WORDS)
        while len(self._helped) > REMEMBERED:
            self._helped.popitem(last=False)

    async def tell_staff(self, words: str) -> bool:
        """Write to the staff's chat without the outbox; gives whether that worked."""
        chat = self._identity.staff_chat_id
        return chat is not None and await self._send(self._identity.now_at(chat), words)

    async def _send(self, chat_id: int, words: str) -> bool:
        try:
            await self._bot.send_message(chat_id, escape(words, quote=False), parse_mode="HTML")
        except TelegramError as error:
            log.warning("not told without the database", error=type(error).__name__)
            return False
        return True


async def store_or_help(
    storing: Coroutine[Any, Any, Effects], updates: list[dict[str, Any]], without_database: WithoutDatabase
) -> Effects:
    """Give what ``storing`` gives; where that fails or takes long, whoever needs crisis resources gets them meanwhile.

    Raises:
        Whatever ``storing`` raises.
    """
    task = asyncio.ensure_future(storing)
    # Shielded: a stop in this moment must not lose track of what was committed.
    await asyncio.wait({task}, timeout=HELP_AFTER_SECONDS)
    if not task.done() or task.exception() is not None:
        await without_database.help(updates)
    return await asyncio.shield(task)


async def _words(update: dict[str, Any]) -> tuple[int, str, bool] | None:
    """Give whom to write what, and whether staff are to know; None where nothing must be said."""
    message = update.get("message") or update.get("edited_message")
    if not isinstance(message, dict) or not isinstance(message.get("chat"), dict):
        return None
    chat = message["chat"]
    text = message.get("text") or message.get("caption")
    if chat.get("type") != "private" or not isinstance(chat.get("id"), int) or not isinstance(text, str):
        return None
    asked = text.split("@")[0].split(" ")[0] == "/crisis"
    risky = not asked and (await asyncio.to_thread(screen, text)).action == "alert"
    if not asked and not risky:
        return None
    author = message.get("from")
    app = str(author.get("language_code") or "") if isinstance(author, dict) else ""
    language = detect(text) or ("es" if app.startswith("es") else "en")
    return chat["id"], program().fill(say("crisis", language)), risky
