"""Many people who write at the same time, by a seed, and remember what they wrote."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field

from tests.telegram_api import Person, TelegramApi

# What Rasa answers alone, what needs the action server, what needs neither, and what staff must hear of.
PLAIN = (
    "what is IOP", "how much does it cost", "when is group on thursday", "can i bring my phone", "thank you so much",
    "i want to use so bad right now", "how do i do box breathing", "what is the capital of australia", "/help",
    "¿qué es el programa IOP?",
)  # fmt: skip
RISKY = (
    "i want to kill myself tonight", "i just took all my pills, i want to die", "i have a gun and i am going to end it",
    "my friend overdosed and is not breathing", "quiero matarme esta noche",
)  # fmt: skip
# Looked for in every log afterwards.
PLANTED = "xylophonic-wombat-2718"


@dataclass(frozen=True)
class Written:
    """One message of one person."""

    user_id: int
    update_id: int
    message_id: int
    text: str
    risky: bool
    at: float


@dataclass
class Crowd:
    """People numbered from ``first``; at most one of their messages in so many is risky."""

    api: TelegramApi
    rng: random.Random
    first: int
    size: int
    risky_share: float = 0.06
    written: list[Written] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make them known to Telegram."""
        numbers = range(self.first, self.first + self.size)
        self.people = [Person(self.api, number, first_name=f"{PLANTED}-{number}") for number in numbers]

    def one_writes(self) -> Written:
        """Have somebody write something."""
        person, risky = self.rng.choice(self.people), self.rng.random() < self.risky_share
        return self.write(person, self.rng.choice(RISKY if risky else PLAIN), risky=risky)

    def write(self, person: Person, text: str, *, risky: bool) -> Written:
        """Have one of them write ``text``."""
        # Commands stay as they are; everything else carries words that must be in no log.
        words = text if text.startswith("/") or self.rng.random() < 0.7 else f"{text} {PLANTED}"
        update = person.say(words)
        done = Written(person.user_id, update["update_id"], update["message_id"], words, risky, time.time())
        self.written.append(done)
        return done


class Load:
    """Has a crowd write in a thread of its own, so many messages a second, until it is left."""

    def __init__(self, crowd: Crowd, per_second: float) -> None:
        self._crowd = crowd
        self._per_second = per_second
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        while not self._over.wait(self._crowd.rng.expovariate(self._per_second)):
            self._crowd.one_writes()

    def __enter__(self) -> Load:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(10)
