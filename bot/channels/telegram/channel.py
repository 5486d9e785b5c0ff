"""The Telegram channel, built in one place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from starlette.routing import BaseRoute
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.acting import Acting, Wakes
from bot.channels.telegram.client import TelegramBot, make_bot
from bot.channels.telegram.ending import end
from bot.channels.telegram.identity import Identity
from bot.channels.telegram.kinds import ALLOWED_UPDATES
from bot.channels.telegram.poller import REFUSED_WAIT, SENTENCES, Poller
from bot.channels.telegram.presence import Presence
from bot.channels.telegram.profile import show_profile
from bot.channels.telegram.retry_seconds import seconds_of
from bot.channels.telegram.sender import TelegramSender
from bot.channels.telegram.webhook import Webhook
from bot.channels.telegram.without_database import WithoutDatabase
from bot.settings import Settings

log = structlog.get_logger()

# Waits between tries to reach Telegram at start: seconds.
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
# Deliveries to the webhook at once; ours is quick, since it only stores.
WEBHOOK_CONNECTIONS = 10


class TelegramChannel:
    """Everything that has to do with Telegram: ``sender`` and ``presence`` go out, updates come in once started."""

    def __init__(self, settings: Settings, wakes: Wakes, on_queued: Callable[[], None]) -> None:
        self._bot: TelegramBot = make_bot(settings)
        self._identity = Identity(_bot_id(settings), staff_chat_id=settings.telegram_staff_chat_id)
        self._acting = Acting(self._bot, wakes, on_queued)
        self.sender = TelegramSender(self._bot, self._identity)
        self.presence = Presence(self._bot)
        self._without_database = WithoutDatabase(self._bot, self._identity)
        self._poller = Poller(self._bot, self._identity, self._acting.act, self._without_database)
        self._webhook: Webhook | None = None
        if settings.telegram_webhook_url and settings.telegram_webhook_secret:
            secret = settings.telegram_webhook_secret.get_secret_value()
            self._webhook = Webhook(
                settings.telegram_webhook_url, secret, self._identity, self._acting.act, self._without_database
            )
        self.routes: list[BaseRoute] = [self._webhook.route] if self._webhook is not None else []
        self._connected = False
        self._running: asyncio.Task[None] | None = None
        self._beside: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start receiving; returns at once, also while Telegram cannot be reached."""
        self._running = asyncio.create_task(self._run(), name="telegram")

    async def stop(self) -> None:
        """Take nothing new in; what is being stored is stored, and sending still works."""
        self._poller.stop()
        if self._running is not None:
            if not self._connected:
                await end(self._running)
            await asyncio.wait({self._running})
        if self._beside is not None:
            await end(self._beside)
        await self._acting.stop()
        await self.presence.stop()

    @property
    def username(self) -> str | None:
        """Give the bot's name for ``t.me`` links, once Telegram has said it."""
        return self._identity.username

    async def tell_staff(self, words: str) -> bool:
        """Write to the staff's chat without the database; gives whether that worked."""
        return await self._without_database.tell_staff(words)

    async def close(self) -> None:
        """Close the connections; nothing can be sent after that."""
        await self._bot.close_connections()

    async def ready(self) -> bool:
        """Tell whether Telegram took our token and updates arrive."""
        return self._connected and (self._webhook is not None or self._poller.works)

    async def _run(self) -> None:
        await self._connect()
        self._connected = True
        self._beside = asyncio.create_task(show_profile(self._bot), name="telegram profile")
        if self._webhook is None:
            await self._poller.run()

    async def _connect(self) -> None:
        """Learn who we are and choose how updates arrive; tried until it works."""
        wait, problem = FIRST_WAIT, ""
        while True:
            try:
                me = await self._bot.get_me()
                self._identity.username = me.username
                if self._webhook is None:
                    await self._bot.delete_webhook()
                else:
                    await self._bot.set_webhook(
                        self._webhook.url, secret_token=self._webhook.secret, allowed_updates=ALLOWED_UPDATES,
                        max_connections=WEBHOOK_CONNECTIONS,
                    )  # fmt: skip
            except TelegramError as error:  # noqa: PERF203 - it tries for ever
                kind = type(error).__name__
                if kind != problem:
                    log.warning(SENTENCES.get(type(error), "Telegram cannot be reached; trying again."), error=kind)
                problem = kind
                await asyncio.sleep(_wait_after(error, wait))
                wait = min(2 * wait, LONGEST_WAIT)
            else:
                log.info("connected to Telegram", webhook=self._webhook is not None)
                return


def _wait_after(error: TelegramError, wait: float) -> float:
    if isinstance(error, RetryAfter):
        return seconds_of(error)
    return REFUSED_WAIT if isinstance(error, (InvalidToken, Conflict)) else wait


def _bot_id(settings: Settings) -> int:
    assert settings.telegram_bot_token is not None  # noqa: S101 - the channel is built only with one
    number = settings.telegram_bot_token.get_secret_value().split(":")[0]
    return int(number) if number.isdigit() else 0


def build(settings: Settings, wakes: Wakes, on_queued: Callable[[], None] = lambda: None) -> TelegramChannel:
    """Build the channel; nothing is sent before :meth:`TelegramChannel.start`.

    Args:
        settings: with a token.
        wakes: told of every conversation that has a new message (the inbox's dispatcher).
        on_queued: called when something was queued without a message, such as after a press by staff.
    """
    return TelegramChannel(settings, wakes, on_queued)
