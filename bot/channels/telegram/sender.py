"""Sends the outbox to Telegram, one try at a time; when to try is ``bot/outbox/delivery.py``'s matter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape
from typing import Any, NoReturn, TypeVar

import structlog
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError, TimedOut

from bot.channels.telegram.client import TelegramBot
from bot.channels.telegram.identity import Identity
from bot.channels.telegram.retry_seconds import seconds_of
from bot.channels.telegram.split import split
from bot.db.models import OutboxMessage
from bot.outbox import sender as outcome

log = structlog.get_logger()
T = TypeVar("T")

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

# Words of Telegram's 403 and 400 answers, and what they mean for the record.
_FORBIDDEN = {"blocked": "blocked", "deactivated": "deactivated", "kicked": "kicked", "initiate": "never_started"}
_FINAL = {
    "chat not found": "chat_not_found",
    "message to edit not found": "edit_gone",
    "message can't be edited": "edit_gone",
    "not enough rights": "no_rights",
    "have no rights": "no_rights",
    "message text is empty": "empty",
}


class TelegramSender:
    """Implements ``bot.outbox.sender.Sender``."""

    def __init__(self, bot: TelegramBot, identity: Identity) -> None:
        self._bot = bot
        self._identity = identity
        # Parts of a long message that are out already, by outbox row: a retry goes on where it stopped.
        self._parts_sent: dict[int, list[int]] = {}

    async def send(self, message: OutboxMessage) -> str:
        """Send a message, in parts if it is long; gives the id of the last one. Raises DeliveryError."""
        parts = split(message.text)
        if not parts:
            raise outcome.CannotDeliver("empty")
        sent = self._parts_sent.setdefault(message.id, [])
        try:
            while len(sent) < len(parts):
                last = len(sent) == len(parts) - 1
                sent.append(await self._send_part(message, parts[len(sent)], first=not sent, last=last))
        except outcome.CannotDeliver:
            self._parts_sent.pop(message.id, None)
            raise
        self._parts_sent.pop(message.id, None)
        return str(sent[-1])

    async def edit(self, message: OutboxMessage, provider_message_id: str) -> None:
        """Change a sent message; one that says the same already is fine. Raises DeliveryError."""
        parts = split(message.text)
        if not parts:
            raise outcome.CannotDeliver("empty")

        async def change(chat_id: int) -> None:
            try:
                await self._bot.edit_message_text(
                    escape(parts[-1], quote=False), chat_id=chat_id, message_id=int(provider_message_id),
                    parse_mode=ParseMode.HTML, reply_markup=keyboard(message.buttons), link_preview_options=_NO_PREVIEW,
                )  # fmt: skip
            except BadRequest as error:
                if "not modified" not in error.message.lower():
                    raise

        await self._trying(message, change)

    async def _send_part(self, message: OutboxMessage, part: str, *, first: bool, last: bool) -> int:
        reply_to = (message.extra or {}).get("reply_to") if first else None
        full: dict[str, Any] = {
            "text": escape(part, quote=False),
            "parse_mode": ParseMode.HTML,
            "reply_markup": keyboard(message.buttons) if last else None,
            "reply_parameters": ReplyParameters(int(reply_to), allow_sending_without_reply=True) if reply_to else None,
        }

        async def send(chat_id: int) -> int:
            try:
                sent = await self._bot.send_message(chat_id, link_preview_options=_NO_PREVIEW, **full)
            except BadRequest as error:
                if _final_reason(error) is not None:
                    raise
                # Telegram did not like the form. What is said matters more than buttons, so it goes bare.
                log.warning(
                    "telegram refused the form of a message; sending it bare", kind=message.kind, outbox_id=message.id
                )
                sent = await self._bot.send_message(chat_id, part, link_preview_options=_NO_PREVIEW)
            return int(sent.message_id)

        return await self._trying(message, send)

    async def _trying(self, message: OutboxMessage, work: Callable[[int], Awaitable[T]]) -> T:
        chat_id = int(message.recipient)
        try:
            try:
                return await work(self._identity.now_at(chat_id))
            except ChatMigrated as error:
                self._identity.moved(chat_id, error.new_chat_id)
                log.warning(
                    "A Telegram group has a new id; set TELEGRAM_STAFF_CHAT_ID to it.", chat_id=error.new_chat_id
                )
                return await work(error.new_chat_id)
        except TelegramError as error:
            _translate(error)


def keyboard(rows: list[list[dict[str, str]]] | None) -> InlineKeyboardMarkup | None:
    """Give the buttons under a message; each carries only its token."""
    shown = [[InlineKeyboardButton(b["title"], callback_data=b["token"]) for b in row] for row in rows or [] if row]
    return InlineKeyboardMarkup(shown) if shown else None


def _final_reason(error: BadRequest) -> str | None:
    words = error.message.lower()
    return next((reason for part, reason in _FINAL.items() if part in words), None)


def _translate(error: TelegramError) -> NoReturn:
    """Say what an error means for delivery. The order matters: the library's BadRequest is a NetworkError."""
    if isinstance(error, RetryAfter):
        raise outcome.RetryAfter(seconds_of(error)) from None
    if isinstance(error, Forbidden):
        words = error.message.lower()
        raise outcome.CannotDeliver(next((r for part, r in _FORBIDDEN.items() if part in words), "forbidden")) from None
    if isinstance(error, BadRequest):
        raise outcome.CannotDeliver(_final_reason(error) or "bad_request") from None
    raise outcome.TryLater("timeout" if isinstance(error, TimedOut) else type(error).__name__.lower()) from None
