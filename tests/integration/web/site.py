"""The real web application on a real port, with a stand-in for the assistant that answers what a test says."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from bot.clock import clock
from bot.db.engine import transaction
from bot.db.models import Conversation, InboxMessage
from bot.db.work import in_transaction
from bot.inbox.store import claim, finish
from bot.outbox.store import Button, ButtonGone, Outgoing, press, queue_to_person
from bot.settings import settings
from bot.web.feed import Feed
from bot.web.server import build_web

Answer = Callable[[InboxMessage, str], list[Outgoing]]


def echo(_message: InboxMessage, text: str) -> list[Outgoing]:
    """Answer with two buttons."""
    return [Outgoing(f"You said: {text}", ((Button("Yes", "/yes"), Button("No", "/no")),))]


@dataclass
class StandIn:
    """Has the dispatcher's ``wake``; answers from a function instead of Rasa."""

    feed: Feed
    answer: Answer = echo
    held: bool = False
    woken: list[str] = field(default_factory=list)
    loop: asyncio.AbstractEventLoop | None = None
    tasks: set[Any] = field(default_factory=set)

    def wake(self, conversation_id: str) -> None:
        """Answer what waits, unless the test holds the assistant."""
        self.loop = asyncio.get_running_loop()
        self.woken.append(conversation_id)
        if not self.held:
            task = asyncio.create_task(self._answer(conversation_id))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def release(self) -> None:
        """Answer what was held."""
        self.held = False
        assert self.loop is not None
        for conversation_id in dict.fromkeys(self.woken):
            asyncio.run_coroutine_threadsafe(self._answer(conversation_id), self.loop).result(10)

    def settle(self) -> None:
        """Wait until everything that was said has its answer."""
        assert self.loop is not None

        async def all_done() -> None:
            while self.tasks:
                await asyncio.gather(*self.tasks)

        asyncio.run_coroutine_threadsafe(all_done(), self.loop).result(10)

    async def _answer(self, conversation_id: str) -> None:
        while await in_transaction(self._turn, conversation_id):
            self.feed.publish(conversation_id)

    def _turn(self, session: Any, conversation_id: str) -> bool:
        claimed = claim(session, conversation_id, clock.now())
        if claimed is None:
            return False
        message = claimed.message
        text = message.text
        if message.kind == "button":
            try:
                text = press(session, message.payload["token"], conversation_id, clock.now()).payload
            except ButtonGone:
                text = "gone"
        for reply in self.answer(message, text):
            queue_to_person(session, claimed.conversation, reply, kind="reply", now=clock.now(), inbox_id=message.id)
        finish(session, message.id, clock.now())
        return True


@dataclass
class Site:
    """A running site."""

    url: str
    feed: Feed
    assistant: StandIn
    queued: list[bool]

    def say(self, conversation_id: str, text: str, *, kind: str = "reply", **extra: Any) -> int:
        """Queue something to a person, as the assistant would by itself."""
        with transaction() as session:
            conversation = session.get(Conversation, conversation_id)
            row = queue_to_person(session, conversation, Outgoing(text, extra=extra), kind=kind, now=clock.now())
            assert row is not None
            number = int(row.id)
        self.feed.publish(conversation_id)
        return number


@contextmanager
def running(telegram_username: str | None = "demo_iop_bot") -> Iterator[Site]:
    """Start the site on a free port of this machine, and stop it."""
    feed = Feed()
    assistant = StandIn(feed)
    queued: list[bool] = []
    app = build_web(
        settings(),
        assistant,
        None,
        feed=feed,
        on_queued=lambda: queued.append(True),
        telegram_username=lambda: telegram_username,
    )
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, ws="none", log_config=None, access_log=False, timeout_graceful_shutdown=2, lifespan="off")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    started = threading.Event()
    while not server.started and thread.is_alive():
        started.wait(0.02)
    try:
        yield Site(f"http://127.0.0.1:{listener.getsockname()[1]}", feed, assistant, queued)
    finally:
        feed.close()
        server.should_exit = True
        thread.join(10)
        listener.close()
