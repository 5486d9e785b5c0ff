"""Builds the bot process, starts its parts in order, and stops them so that nothing is half done."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Awaitable, Iterator
from contextlib import AbstractAsyncContextManager

import httpx
import structlog
import uvicorn
import uvloop

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram import build as build_telegram
from bot.clock import clock
from bot.db.engine import engine
from bot.db.upgrade import upgrade
from bot.db.work import in_transaction, stop_threads
from bot.dialogue.rasa_client import RasaClient
from bot.escalation.auditor import Auditor
from bot.escalation.timers import Timers
from bot.escalation.watch import Watch
from bot.health import Check, Health, database_writes
from bot.inbox.second_reading import SecondReader
from bot.inbox.worker import Dispatcher, no_presence
from bot.installation import installation_secret
from bot.outbox.delivery import Delivery
from bot.program import program
from bot.risk import screen
from bot.settings import Settings, settings
from bot.web.feed import Feed
from bot.web.server import build_web

log = structlog.get_logger()

# SIGTERM: work under way is finished or given back within this time, and the process ended within 10 s.
# supervisord.conf waits 12 s before it kills.
DRAIN_SECONDS = 7.0
# Python's own is ten times that, made for threads that compute.
SWITCH_SECONDS = 0.0005


class _Server(uvicorn.Server):
    """Leaves signals to :class:`Assistant`, which has more to stop than the pages."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Assistant:
    """The bot process: channels, inbox, outbox, timers and pages on one event loop."""

    def __init__(self, config: Settings) -> None:
        self.config = config
        self.feed = Feed()
        self.rasa = RasaClient(config.rasa_url, installation_secret("rasa-channel"))
        self._http = httpx.AsyncClient(timeout=2.0)
        self.dispatcher = Dispatcher(self.rasa, self._queued, self._presence)
        self.telegram: TelegramChannel | None = None
        if config.telegram_bot_token is not None:
            self.telegram = build_telegram(config, self.dispatcher, self._queued)
        self.delivery = Delivery(
            self.telegram.sender if self.telegram is not None else None, self.feed, config.telegram_messages_per_second
        )
        self.health = Health(self._checks(), self._back)
        self.timers = Timers(self._queued)
        self.auditor = Auditor(self._queued)
        self.second_reader = SecondReader(self.rasa.read, self._queued)
        tell_directly = self.telegram.tell_staff if self.telegram is not None else None
        self.watch = Watch(lambda: self.health.latest, self._queued, tell_directly)
        self.web = build_web(
            config,
            self.dispatcher,
            self.health,
            feed=self.feed,
            on_queued=self._queued,
            telegram_username=lambda: self.telegram.username if self.telegram is not None else None,
            extra_routes=self.telegram.routes if self.telegram is not None else (),
        )

    def _queued(self) -> None:
        self.delivery.wake()

    def _presence(self, channel: str, recipient: str) -> AbstractAsyncContextManager[object]:
        if channel == "telegram" and self.telegram is not None:
            return self.telegram.presence.typing(recipient)
        if channel == "web":
            return self.feed.typing(recipient)
        return no_presence(channel, recipient)

    def _checks(self) -> dict[str, Check]:
        checks: dict[str, Check] = {
            "database": lambda: in_transaction(database_writes, clock.now()),
            "rasa": self.rasa.ready,
            "actions": self._actions_ready,
        }
        if self.telegram is not None:
            checks["telegram"] = self.telegram.ready
        return checks

    async def _back(self, part: str) -> None:
        log.info("a part is back", part=part)
        await self.dispatcher.hurry()
        await self.second_reader.hurry()

    async def _actions_ready(self) -> bool:
        return (await self._http.get(f"{self.config.actions_url}/health")).status_code == 200

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        server = _Server(
            uvicorn.Config(
                self.web,
                host=self.config.host,
                port=self.config.port,
                ws="none",
                access_log=False,
                log_config=None,
                timeout_graceful_shutdown=2,
                server_header=False,
            )
        )
        serving = asyncio.create_task(server.serve(), name="pages")
        await self.dispatcher.start()
        await self.delivery.start()
        await self.health.start()
        await self.timers.start()
        await self.auditor.start()
        await self.second_reader.start()
        await self.watch.start()
        if self.telegram is not None:
            await self.telegram.start()
        log.info("started", telegram=self.telegram is not None)
        await asyncio.wait({serving, asyncio.create_task(stopping.wait())}, return_when=asyncio.FIRST_COMPLETED)
        await self._stop(server, serving)

    async def _stop(self, server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
        log.info("stopping")
        until = asyncio.get_running_loop().time() + DRAIN_SECONDS

        def left(share: float = 1.0) -> float:
            return max(0.1, (until - asyncio.get_running_loop().time()) * share)

        server.should_exit = True
        self.feed.close()
        if self.telegram is not None:
            await _within(left(1 / 3), self.telegram.stop())  # nothing new
        for part in (self.watch, self.second_reader, self.auditor, self.timers, self.health):
            await _within(left(1 / 4), part.stop())
        await self.dispatcher.stop(left(1 / 2))
        await self.delivery.stop(left(2 / 3))
        await _within(left(), serving)
        if self.telegram is not None:
            await _within(1.0, self.telegram.close())
        await _within(1.0, self.rasa.close())
        await _within(1.0, self._http.aclose())
        stop_threads()
        log.info("stopped")


async def _within(seconds: float, ending: Awaitable[object]) -> None:
    """Wait for the end of a part for so long: what hangs must not keep the others from ending in order."""
    with contextlib.suppress(Exception):
        await asyncio.wait_for(ending, seconds)


def serve() -> None:
    """Run the bot process.

    Raises:
        ConfigurationError: the settings, ``program.yml`` or the database will not do.
    """
    program()
    upgrade(engine())
    screen("warm up")  # the first screen builds its patterns; not while somebody waits
    # A database thread gives Python's lock away with each statement and would wait 5 ms to have it back.
    sys.setswitchinterval(SWITCH_SECONDS)
    uvloop.install()
    asyncio.run(Assistant(settings()).run())
