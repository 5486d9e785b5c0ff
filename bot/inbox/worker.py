"""Takes messages on: in order within a conversation, conversations side by side."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext

import structlog

from bot.clock import clock
from bot.db.work import in_reading, in_transaction
from bot.dialogue.rasa_client import RasaClient, RasaUnavailable
from bot.dialogue.turn import Begun, begin, end, fail, outgoing, put_back
from bot.inbox.store import due_conversations, make_due, return_unfinished
from bot.metrics import ANSWER_RETRIES, ERRORS, TURN_SECONDS

log = structlog.get_logger()

# Rasa answers one message at a time; more calls at once would only wait there instead of here.
AT_ONCE = 8
# How often waiting messages are looked for that nobody announced: retries that are due, work of a dead process.
SWEEP_SECONDS = 1.0
# At a stop unfinished messages are marked as waiting; a database that is away must not hold the stop up.
GIVE_BACK_SECONDS = 1.0

Presence = Callable[[str, str], AbstractAsyncContextManager[object]]


def no_presence(_channel: str, _recipient: str) -> AbstractAsyncContextManager[object]:
    """Show nobody that an answer is being written."""
    return nullcontext()


class Dispatcher:
    """One task for each conversation that has something waiting; at most :data:`AT_ONCE` of them ask Rasa."""

    def __init__(self, rasa: RasaClient, on_queued: Callable[[], None], presence: Presence = no_presence) -> None:
        self._rasa = rasa
        self._on_queued = on_queued
        self.presence = presence
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._stopping = False
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up what a former process left, and go on from there."""
        try:
            returned = await in_transaction(return_unfinished, clock.now())
        except Exception as error:  # noqa: BLE001 - locked for a while: the sweep takes them when they are due
            log.warning("messages not taken up yet", error=type(error).__name__)
        else:
            if returned:
                log.info("messages returned", count=returned)
        self._sweeper = asyncio.create_task(self._sweep(), name="inbox sweep")

    async def stop(self, within: float) -> None:
        """Finish what is under way, for at most ``within`` seconds; the rest stays stored."""
        self._stopping = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        tasks = list(self._tasks.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=within)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._give_back()

    async def hurry(self) -> None:
        """Try at once what waits for a retry, because a part is back."""
        try:
            await in_transaction(make_due, clock.now())
        except Exception as error:  # noqa: BLE001 - then they are tried when they are due
            ERRORS.labels("inbox").inc()
            log.warning("waiting messages not hurried", error=type(error).__name__)

    async def _give_back(self) -> None:
        try:
            await asyncio.wait_for(in_transaction(return_unfinished, clock.now()), GIVE_BACK_SECONDS)
        except Exception as error:  # noqa: BLE001 - the next start does it
            log.warning("messages not given back", error=type(error).__name__)

    def wake(self, conversation_id: str) -> None:
        """Say that a conversation has a message; call it after the commit."""
        self._on_queued()  # a crisis reply may have been queued with the message
        if self._stopping:
            return
        if conversation_id in self._tasks:
            self._again.add(conversation_id)
            return
        task = asyncio.create_task(self._work(conversation_id), name="conversation")
        self._tasks[conversation_id] = task
        task.add_done_callback(lambda _task: self._finished(conversation_id))

    def _finished(self, conversation_id: str) -> None:
        self._tasks.pop(conversation_id, None)
        if conversation_id in self._again:
            self._again.discard(conversation_id)
            self.wake(conversation_id)

    async def _sweep(self) -> None:
        while True:
            try:
                for conversation_id in await in_reading(due_conversations, clock.now()):
                    if conversation_id not in self._tasks:
                        self.wake(conversation_id)
            except Exception as error:  # noqa: BLE001 - the database may be away for a while
                ERRORS.labels("inbox_sweep").inc()
                log.warning("inbox sweep failed", error=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)

    async def _work(self, conversation_id: str) -> None:
        try:
            while not self._stopping:
                begun = await in_transaction(begin, conversation_id, clock.now())
                if begun is None:
                    return
                if begun.ask is None:
                    self._on_queued()
                elif not await self._answer_in_turn(begun):
                    return
                if not begun.more:
                    return  # what came meanwhile was announced (wake)
        except Exception as error:  # noqa: BLE001 - one conversation's trouble is not another's
            ERRORS.labels("inbox").inc()
            log.warning("conversation failed", error=type(error).__name__)
            await self._put_back(conversation_id, type(error).__name__)

    async def _put_back(self, conversation_id: str, reason: str) -> None:
        try:
            await in_transaction(put_back, conversation_id, reason, clock.now())
            self._on_queued()
        except Exception as error:  # noqa: BLE001 - the database itself is away; the sweep finds the message later
            log.warning("message not put back", error=type(error).__name__)

    async def _answer_in_turn(self, begun: Begun) -> bool:
        # Only calls to Rasa queue up: commands and hand-overs need none, so a slow Rasa is not in their way.
        async with self._slots:
            return not self._stopping and await self._answer(begun)

    async def _answer(self, begun: Begun) -> bool:
        """Ask Rasa and end the turn. Gives False where the conversation has to wait for a retry."""
        started = time.monotonic()
        ask = begun.ask or {}
        try:
            async with self.presence(begun.channel, begun.recipient):
                turn = await self._rasa.turn(
                    begun.conversation_id, begun.message_id, metadata=ask["metadata"], text=ask.get("text"),
                    intent=ask.get("intent"),
                )  # fmt: skip
        except RasaUnavailable as error:
            ERRORS.labels(error.reason).inc()
            ANSWER_RETRIES.inc()
            log.warning("no answer from Rasa", reason=error.reason, message_id=begun.message_id)
            await in_transaction(fail, begun, error.reason, clock.now())
            self._on_queued()
            return False
        await in_transaction(end, begun, [*begun.replies, *outgoing(turn)], turn, clock.now())
        TURN_SECONDS.observe(time.monotonic() - started)
        self._on_queued()
        return True
