"""The connection to Telegram: python-telegram-bot's client with our time-outs, and updates as they come."""

from __future__ import annotations

import logging
from typing import Any

from telegram import Bot

from bot.channels.telegram.request import AiohttpRequest
from bot.settings import Settings

# Telegram holds a poll open for so long when nothing happens.
POLL_SECONDS = 30
# Silence beyond that means that the connection is gone.
POLL_GRACE_SECONDS = 10
# Sending: an answer normally takes 0.1 s. Long enough for a slow network, short enough to try again soon.
ANSWER_SECONDS, CONNECT_SECONDS, POOL_SECONDS = 10.0, 5.0, 10.0
# More connections than deliveries, typing signs and button answers at once.
CONNECTIONS = 64
# They write addresses, and so the bot's token, at INFO and below.
TOKEN_WRITERS = ("aiohttp", "httpx", "httpcore", "telegram")


class TelegramBot(Bot):
    """A bot whose updates can be fetched as JSON.

    The library's own ``get_updates`` reads the whole batch and raises when one update has a form it does not know;
    that update would then come again for ever, and everybody else's with it. It also logs the batch.
    """

    async def fetch_updates(self, offset: int, allowed: list[str], wait: int = POLL_SECONDS) -> list[dict[str, Any]]:
        """Wait up to ``wait`` seconds for updates from ``offset`` on and give them as JSON.

        Telegram forgets those below ``offset``.

        Raises:
            telegram.error.TelegramError: it did not work.
        """
        result = await self._post(
            "getUpdates",
            {"offset": offset, "timeout": wait, "limit": 100, "allowed_updates": allowed},
            read_timeout=wait + POLL_GRACE_SECONDS,
        )
        return [update for update in result if isinstance(update, dict)] if isinstance(result, list) else []

    async def close_connections(self) -> None:
        """Close both connection pools; the library's ``shutdown`` does so only after an ``initialize`` that worked."""
        for request in self._request:
            await request.shutdown()


def make_bot(settings: Settings) -> TelegramBot:
    """Make the client for the token and address in ``settings``; nothing is sent yet."""
    assert settings.telegram_bot_token is not None  # noqa: S101 - the channel is built only with one
    for name in TOKEN_WRITERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    return TelegramBot(
        settings.telegram_bot_token.get_secret_value(),
        base_url=f"{settings.telegram_api_url}/bot",
        request=_request(CONNECTIONS),
        # A second connection for the poll that follows one which was cut off without our noticing.
        get_updates_request=_request(2),
    )


def _request(connections: int) -> AiohttpRequest:
    return AiohttpRequest(connections, ANSWER_SECONDS, CONNECT_SECONDS, POOL_SECONDS)
