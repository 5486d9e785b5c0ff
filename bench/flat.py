"""Is the tenth message as cheap as the thousandth, and as cheap with 100,000 messages stored as with ten?

A thousand turns at Telegram's one message a second would take a quarter of an hour, so one chat really has a thousand
turns with Rasa (they are answered at once and the delivery of their replies is struck out), and its rows are copied to
the chats that are measured. The 100,000 stored messages are rows of other people.
"""

from __future__ import annotations

import random
import sqlite3
import uuid
from dataclasses import dataclass
from statistics import median

from bench.figures import quantile
from bench.ours import Ours
from bench.telegram_load import Planned, wait_until_quiet, write
from bench.texts import ordinary

MEASURED_CHATS = 40
RATE = 8.0
# What is compared hears the same words, and before them the same: a chat in the middle of an exercise costs more than
# one that is not, and a question in two parts more than a greeting.
WORDS = 20
LAST_TURNS = 9
ROUNDS = 3


@dataclass(frozen=True)
class Cost:
    """What a message took: median seconds to its answer, and CPU seconds of all processes together."""

    median: float
    cpu: float


def measure(ours: Ours, first_user: int) -> Cost:
    """Have each of the measured chats write twice, in three rounds, and give the medians of the rounds."""
    words = random.Random(WORDS)
    rounds = []
    for _ in range(ROUNDS):
        plan = [
            Planned(index / RATE, first_user + index % MEASURED_CHATS, ordinary(words))
            for index in range(2 * MEASURED_CHATS)
        ]
        run = ours.run(plan)
        rounds.append(Cost(quantile(run.answered, 0.5), sum(run.cpu.values()) / len(plan)))
    return Cost(median(one.median for one in rounds), median(one.cpu for one in rounds))


def chats_with_turns(ours: Ours, turns: int, rng: random.Random) -> int:
    """Give the first of :data:`MEASURED_CHATS` chats with ``turns`` turns, this one with it; the last are alike."""
    first = ours.new_users(MEASURED_CHATS)
    words = random.Random(WORDS)
    said = [ordinary(rng) for _ in range(turns - 1 - LAST_TURNS)] + [ordinary(words) for _ in range(LAST_TURNS)]
    write(ours.api, [Planned(0.0, first, text) for text in said])
    # The chat's own pace is one reply a second: the replies are struck out as soon as they are there.
    wait_until_quiet(ours.api, ours.database, meanwhile=lambda: _strike_out(ours, first))
    with sqlite3.connect(ours.database, timeout=30) as db:
        (source,) = db.execute("SELECT id FROM conversations WHERE external_id = ?", (str(first),)).fetchone()
        for index in range(1, MEASURED_CHATS):
            target, recipient = str(uuid.UUID(int=first + index)), str(first + index)
            _insert(db, "conversations", source, {"id": target, "external_id": recipient}, key="id")
            _insert(db, "dialogues", source, {"conversation_id": target})
            own: dict[str, object] = {"conversation_id": target, "id": None}
            _insert(db, "inbox", source, own, {"external_id": f"external_id || ':{recipient}'"})
            _insert(db, "outbox", source, {**own, "recipient": recipient, "inbox_id": None, "dedupe_key": None})
    return first


def _strike_out(ours: Ours, user: int) -> None:
    with sqlite3.connect(ours.database, timeout=30) as db:
        db.execute("UPDATE outbox SET status = 'dropped' WHERE recipient = ? AND status = 'waiting'", (str(user),))


def _insert(
    db: sqlite3.Connection,
    table: str,
    source: object,
    values: dict[str, object],
    expressions: dict[str, str] | None = None,
    key: str = "conversation_id",
) -> None:
    """Copy the rows whose ``key`` is ``source``, with other values in some columns (id None: a new one)."""
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    chosen = [(expressions or {}).get(name, f":{name}" if name in values else f'"{name}"') for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    statement = f"INSERT INTO {table} ({names}) SELECT {', '.join(chosen)} FROM {table} WHERE {key} = :source_of_rows"  # noqa: S608
    db.execute(statement, {**values, "source_of_rows": source})


def store_messages(ours: Ours, count: int) -> None:
    """Store ``count`` answered messages of other people and as many replies, a hundred for each person."""
    with sqlite3.connect(ours.database, timeout=60) as db:
        like, inbox, outbox = db.execute(
            "SELECT i.conversation_id, i.id, o.id FROM inbox i JOIN outbox o ON o.inbox_id = i.id "
            "WHERE i.status = 'done' AND o.kind = 'reply' AND o.status = 'sent' LIMIT 1"
        ).fetchone()
        for person in range(count // 100):
            target, name = str(uuid.UUID(int=(1 << 64) + person)), f"stored-{person}"
            _insert(db, "conversations", like, {"id": target, "external_id": name}, key="id")
            for number in range(100):
                own: dict[str, object] = {"id": None, "conversation_id": target}
                _insert(db, "inbox", inbox, {**own, "external_id": f"{name}-{number}"}, key="id")
                answer = {**own, "recipient": name, "inbox_id": None, "dedupe_key": None}
                _insert(db, "outbox", outbox, answer, key="id")
