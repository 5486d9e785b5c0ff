"""The test Bot API server: in a thread of its own, so that a busy or blocked test does not stop Telegram."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import uvicorn

from tests.telegram_api.app import make_app
from tests.telegram_api.connections import BreakableProtocol
from tests.telegram_api.faults import Fault, Kind
from tests.telegram_api.webhook import post_updates
from tests.telegram_api.world import Json, Seen, World

T = TypeVar("T")
TOKEN = "7000000001:TEST-token-that-must-never-be-logged"


class TelegramApi:
    """A Telegram of one bot on a free loopback port. ``url`` goes into TELEGRAM_API_URL.

    What people do is in :class:`tests.telegram_api.Person`; here is what happens to Telegram itself. ``down()`` and
    ``up()`` are an outage: what Telegram knows is kept, the port too.
    """

    def __init__(self, port: int = 0, token: str = TOKEN) -> None:
        self.token = token
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="telegram-api", daemon=True)
        self._thread.start()
        self.world = self.do(lambda: World(token))
        self.port = port or _free_port()
        self._server: uvicorn.Server | None = None
        self._serving: Any = None
        self._posting: Any = None
        self.up()

    @property
    def url(self) -> str:
        """Give the server's address."""
        return f"http://127.0.0.1:{self.port}"

    def up(self) -> None:
        """Start serving; returns once connections are taken."""
        config = uvicorn.Config(
            make_app(self.world), host="127.0.0.1", port=self.port, ws="none", http=BreakableProtocol, loop="asyncio",
            log_level="critical", access_log=False, timeout_graceful_shutdown=1, lifespan="off",
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        ready = threading.Event()

        async def serve(server: uvicorn.Server) -> None:
            serving = asyncio.ensure_future(server.serve())
            while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.005)
            ready.set()
            await serving

        self._serving = asyncio.run_coroutine_threadsafe(serve(self._server), self._loop)
        self._posting = asyncio.run_coroutine_threadsafe(post_updates(self.world), self._loop)
        ready.wait(10)

    def down(self) -> None:
        """Stop serving at once: connections break, also the poll that waits."""
        if self._server is None:
            return
        self._posting.cancel()
        server, self._server = self._server, None

        def break_connections() -> None:
            for connection in list(server.server_state.connections):
                connection.transport.abort()
            if self.world.poll_ended is not None:
                self.world.poll_ended.set()

        def leave() -> None:
            server.should_exit = server.force_exit = True
            break_connections()

        self.do(leave)
        self._serving.result(10)
        # Until it has left, which takes it up to 0.1 s, the server takes connections: a poll that came then would wait
        # through the whole outage.
        self.do(break_connections)

    def stop(self) -> None:
        """End it for good."""
        self.down()
        asyncio.run_coroutine_threadsafe(_end_the_rest(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def __enter__(self) -> TelegramApi:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def do(self, function: Callable[[], T]) -> T:
        """Run ``function`` on the server's loop, where its state may be touched, and give the result."""

        async def run() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(10)

    async def wait(
        self, after: int, chat_id: int | None = None, what: str | None = None, timeout: float = 10
    ) -> list[Seen]:
        """Wait for something that the bot does after number ``after``; gives nothing after ``timeout`` seconds."""
        waiting = asyncio.run_coroutine_threadsafe(self.world.wait(after, chat_id, what, timeout), self._loop)
        return await asyncio.wrap_future(waiting)

    async def confirmed(self, update_id: int, timeout: float = 10) -> bool:
        """Wait until the bot has confirmed an update, that is, asked for the ones after it."""
        waiting = asyncio.run_coroutine_threadsafe(self.world.confirmed(update_id, timeout), self._loop)
        return await asyncio.wrap_future(waiting)

    def fail(self, kind: Kind, times: int | None = 1, **which: Any) -> None:
        """Have the next ``times`` calls fail (None: until :meth:`work`); see :class:`Fault` for ``which``."""
        self.do(lambda: self.world.faults.add(Fault(kind, times, **which)))

    def work(self) -> None:
        """End all faults."""
        self.do(self.world.faults.clear)

    def hold(self, chat_id: int, seconds: float) -> None:
        """Answer 429 for one chat for some seconds."""
        self.do(lambda: self.world.flood.hold(chat_id, seconds))

    def move(self, group_id: int, new_id: int) -> None:
        """Turn a group into a supergroup: its old id is refused from now on, and the refusal names the new one."""

        def move_it() -> None:
            self.world.moved[group_id] = new_id
            self.world.group(new_id)

        self.do(move_it)

    def push(self, kind: str, body: Json) -> int:
        """Push any update, also one of a kind that nobody knows; gives its id."""
        return self.do(lambda: self.world.push(kind, body))

    def seen(self, chat_id: int | None = None, what: str | None = None, after: int = 0) -> list[Seen]:
        """Give what the bot did so far."""
        return self.do(lambda: self.world.since(after, chat_id, what))

    def texts(self, chat_id: int) -> list[str]:
        """Give the texts that a chat shows from the bot, in order, as they are now after edits."""
        bot = self.world.bot["id"]
        return self.do(
            lambda: [
                m["text"] for (chat, _), m in self.world.messages.items() if chat == chat_id and m["from"]["id"] == bot
            ]
        )

    def unconfirmed(self) -> list[int]:
        """Give the ids of updates that the bot has not confirmed."""
        return self.do(lambda: [update.update_id for update in self.world.waiting])

    def calls(self, method: str) -> int:
        """Give how often a method was called."""
        return self.do(lambda: self.world.calls[method])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _end_the_rest() -> None:
    """End what still works for a caller that is gone."""
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
