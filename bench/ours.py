"""The assistant under load: one stack, one Telegram, and what each run of messages came to."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.processes import cpu_seconds, names
from bench.telegram_load import Planned, Sent, read_outcome, steady, wait_until_quiet, waiting, write
from bot.clock import clock
from bot.db.engine import make_engine
from bot.db.models import OnCallShift, Staff
from tests.e2e.stack import Stack
from tests.telegram_api import TOKEN, TelegramApi

GROUP, ON_CALL = -1001999, 5001
CHATS = 300
RISKY_SHARE = 0.02


@dataclass
class Run:
    """One run of messages."""

    sent: list[Sent]
    seconds: float  # of writing
    left: tuple[int, int]  # inbox and outbox when the last was written
    drained: float  # seconds until nothing waited
    cpu: dict[str, float]  # CPU seconds by process
    load_cpu: float  # of the load generator and the test Telegram

    @property
    def answered(self) -> list[float]:
        """Give the seconds to the first reply, for every message that has one."""
        return [one.seconds for one in self.sent if one.seconds is not None]


class Ours:
    """The whole stack, started as ``make run`` starts it."""

    def __init__(self, api: TelegramApi, folder: Path, **environment: str) -> None:
        self.api = api
        self.stack = Stack(folder, TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=api.url,
                           TELEGRAM_STAFF_CHAT_ID=str(GROUP), **environment)  # fmt: skip
        self.database = folder / "assistant.sqlite"
        self.seconds_to_ready = 0.0
        self._first_user = 10_000

    def start(self) -> None:
        """Start; a staff group and somebody on call are there."""
        began = time.monotonic()
        self.stack.start()
        self.seconds_to_ready = time.monotonic() - began
        self.api.do(self._people)
        engine = make_engine(f"sqlite:///{self.database}")
        with Session(engine, future=True) as session, session.begin():
            staff = session.execute(select(Staff).order_by(Staff.id).limit(1)).scalar_one()
            if staff.telegram_user_id is None:
                staff.telegram_user_id = ON_CALL
                now = clock.now()
                session.add(OnCallShift(staff_id=staff.id, starts_at=now, ends_at=now + timedelta(days=1)))
        engine.dispose()

    def _people(self) -> None:
        self.api.world.group(GROUP)
        self.api.world.person(ON_CALL)
        self.api.world.started.add(ON_CALL)

    def steady(self, rate: float, seconds: float, rng: random.Random, share: float = RISKY_SHARE) -> Run:
        """Write ``rate`` messages a second from chats that are new."""
        plan = steady(rate, seconds, CHATS, rng, self.new_users(CHATS), share)
        return self.run(plan)

    def new_users(self, count: int) -> int:
        """Give the first of ``count`` people who have not written before."""
        first = self._first_user
        self._first_user += count
        return first

    def run(self, plan: list[Planned]) -> Run:
        """Write what is planned, wait until all is answered, and look what became of it."""
        running = names(self.stack.processes())
        before, load_before, began = cpu_seconds(running), time.process_time(), time.monotonic()
        sent = write(self.api, plan)
        seconds, left = time.monotonic() - began, waiting(self.database)
        drained = wait_until_quiet(self.api, self.database)
        after = cpu_seconds(running)
        load_cpu = time.process_time() - load_before
        cpu: dict[str, float] = {}
        for pid, name in running.items():
            cpu[name] = cpu.get(name, 0.0) + after.get(pid, 0.0) - before.get(pid, 0.0)
        read_outcome(self.api, self.database, sent)
        return Run(sent, seconds, left, drained, cpu, load_cpu)


@contextmanager
def ours(**environment: str) -> Iterator[Ours]:
    """Give a running stack with a folder of its own, and take it away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="assistant-bench-"))
    with TelegramApi() as api:
        made = Ours(api, folder, **environment)
        made.api.do(made._people)  # noqa: SLF001 - the group is there before the bot is
        try:
            made.start()
            yield made
        finally:
            made.stack.stop()
            shutil.rmtree(folder, ignore_errors=True)
