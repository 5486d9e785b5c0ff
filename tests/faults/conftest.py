"""One whole stack for the session, on a Telegram that keeps its limits, with a member of staff to reach."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import clock
from bot.db.engine import make_engine
from bot.db.models import Staff
from bot.people.participants import make_link_code
from tests.e2e.stack import Stack
from tests.faults.count import Account, account, open_work, reading, what_waits
from tests.faults.load import Crowd
from tests.telegram_api import TOKEN, Person, TelegramApi, doings

STAFF_GROUP = -1001777
STAFF_MEMBER = 5001
# A fixed seed, so that a failure comes again; FAULTS_SEED takes another one, FAULTS=long more of everything.
SEED = int(os.environ.get("FAULTS_SEED", "20261123"))
LONG = os.environ.get("FAULTS") == "long"
# How a process is recognised by its command line.
PROCESSES = {"bot": b"bot\0serve", "rasa": b"rasa\0run", "actions": b"rasa_sdk"}
# Everything has to be answered this long after the last fault: Rasa alone needs up to 30 s to start on two cores.
# The long run's sixty alerts, and what becomes of them, go to a group that takes twenty messages a minute.
SETTLE_SECONDS = 900 if LONG else 180


@dataclass
class Scene:
    """The stack, its Telegram, and what was done to it."""

    stack: Stack
    api: TelegramApi
    rng: random.Random
    kills_of_bot: list[float] = field(default_factory=list)
    kills: dict[str, int] = field(default_factory=dict)
    _next_person: int = 30_000
    _taken: set[int] = field(default_factory=set)

    @property
    def database(self) -> Path:
        """Give the stack's database file."""
        return self.stack.folder / "assistant.sqlite"

    def crowd(self, size: int = 40, **options: float) -> Crowd:
        """Make people who have not written before."""
        first, self._next_person = self._next_person, self._next_person + size
        return Crowd(self.api, self.rng, first, size, **options)

    def pid(self, name: str) -> int | None:
        """Give the process of a part, if it runs now."""
        for pid in self.stack.processes():
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue
            if PROCESSES[name] in command and b"supervisord" not in command:
                return pid
        return None

    def kill(self, name: str) -> bool:
        """Kill a part with SIGKILL, if it runs."""
        pid = self.pid(name)
        if pid is None:
            return False
        os.kill(pid, signal.SIGKILL)
        self.kills[name] = self.kills.get(name, 0) + 1
        if name == "bot":
            self.kills_of_bot.append(time.time())
        return True

    @contextmanager
    def stopped(self, name: str) -> Iterator[None]:
        """Have a part stand still, as one that hangs does."""
        until(lambda: self.pid(name) is not None, 60, f"{name} does not run")
        pid = self.pid(name)
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @contextmanager
    def database_locked(self) -> Iterator[None]:
        """Hold the database's one write lock."""
        connection = sqlite3.connect(self.database, timeout=30, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")
            connection.close()

    @contextmanager
    def disk_full(self) -> Iterator[None]:
        """Let the processes that write to the database write to no file (every write fails with EFBIG)."""
        before: list[tuple[int, tuple[int, int]]] = []
        try:
            for name in ("bot", "actions"):
                until(lambda name=name: self.pid(name) is not None, 60, f"{name} does not run")  # type: ignore[misc]
                pid = self.pid(name)
                assert pid is not None
                before.append((pid, resource.prlimit(pid, resource.RLIMIT_FSIZE)))
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, before[-1][1][1]))
            yield
        finally:
            for pid, limits in before:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)

    def take_alerts(self) -> None:
        """Have a member of staff acknowledge each alert that the group shows, once."""

        def press() -> None:
            for (chat, number), message in list(self.api.world.messages.items()):
                rows = message.get("reply_markup", {}).get("inline_keyboard", [])
                take = [button["callback_data"] for row in rows for button in row if button["text"] == "Acknowledge"]
                if chat == STAFF_GROUP and take and number not in self._taken:
                    self._taken.add(number)
                    doings.press_data(self.api.world, STAFF_MEMBER, take[0], message)

        self.api.do(press)

    def settle(self, crowd: Crowd, *, lost_answers: int = 0, taken: bool = False) -> Account:
        """Wait until nothing is left to do, and count.

        Args:
            crowd: who wrote.
            lost_answers: how often Telegram's answer was made to be lost.
            taken: staff take each alert that they are shown; what nobody takes is told again and again.
        """
        last = max((one.update_id for one in crowd.written), default=0)
        until(
            lambda: not [u for u in self.api.unconfirmed() if u <= last], SETTLE_SECONDS, "updates stay with Telegram"
        )

        def quiet() -> bool:
            if taken:
                self.take_alerts()
            return reading(self.database, open_work) == (0, 0)

        until(quiet, SETTLE_SECONDS, "work is left", lambda: reading(self.database, what_waits))
        got = account(self.database, self.api, crowd.written, self.kills_of_bot, lost_answers)
        print(f"\n  {got.line()}")
        return got


def until(check: Callable[[], bool], seconds: float, words: str, detail: Callable[[], str] = lambda: "") -> None:
    """Wait for a state of other processes that announces itself to nobody."""
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() > end:
            raise AssertionError(f"After {seconds} s {words} {detail()}")
        time.sleep(0.1)


@pytest.fixture(scope="session")
def scene() -> Iterator[Scene]:
    """The running stack."""
    folder = Path(tempfile.mkdtemp(prefix="assistant-faults-"))
    with TelegramApi() as api:
        flood = api.world.flood
        flood.overall_per_second, flood.chat_burst, flood.group_per_minute = 30, 3, 20
        api.do(lambda: api.world.group(STAFF_GROUP))
        stack = Stack(folder, TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=api.url,
                      TELEGRAM_STAFF_CHAT_ID=str(STAFF_GROUP))  # fmt: skip
        stack.start()
        try:
            made = Scene(stack, api, random.Random(SEED))
            _link_staff(made)
            yield made
        finally:
            stack.stop()
    shutil.rmtree(folder, ignore_errors=True)


def _link_staff(scene: Scene) -> None:
    made = make_engine(f"sqlite:///{scene.database}")
    with Session(made, future=True) as session, session.begin():
        found = session.execute(select(Staff.id).where(Staff.username == "counselor")).scalar_one()
        code = make_link_code(session, clock.now(), staff_id=found)
    made.dispose()
    Person(scene.api, STAFF_MEMBER).say(f"/start {code}")
    until(lambda: bool(scene.api.texts(STAFF_MEMBER)), 20, "the staff's link did not work")
