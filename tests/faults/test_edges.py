"""Everything around the bot misbehaves under load, one thing after the other; what people and staff see meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import OutboxMessage
from tests.faults.conftest import STAFF_GROUP, STAFF_MEMBER, Scene, reading, until
from tests.faults.load import RISKY, Load
from tests.telegram_api import Person
from tests.telegram_api.faults import Kind

PER_SECOND = 4.0


def waited(api_texts: Callable[[], bool], seconds: float, words: str) -> float:
    """Wait for something that somebody sees, and give the seconds that took."""
    started = time.monotonic()
    until(api_texts, seconds, words)
    return time.monotonic() - started


def alerts_seen(scene: Scene, chat: int) -> int:
    """Give how many alerts a chat of the staff's shows."""
    return sum("· alert " in text for text in scene.api.texts(chat))


@contextmanager
def telegram_fails(scene: Scene, kind: Kind, times: int | None = None, **which: object) -> Iterator[None]:
    """Have calls to Telegram fail."""
    scene.api.fail(kind, times, **which)
    try:
        yield
    finally:
        scene.api.work()


@pytest.mark.parametrize(("kind", "which"), [
    ("error", {"code": 500}), ("error", {"code": 502, "method": "getUpdates"}), ("drop", {"method": "sendMessage"}),
    ("slow", {"method": "sendMessage", "seconds": 1.5}),
])  # fmt: skip
def test_telegram_fails_for_a_while(scene: Scene, kind: Kind, which: dict[str, object]) -> None:
    crowd = scene.crowd()
    before = scene.api.world.faults.happened
    with Load(crowd, PER_SECOND), telegram_fails(scene, kind, **which):
        time.sleep(3)
    assert scene.api.world.faults.happened > before
    got = scene.settle(crowd)
    assert got.wrong == []
    assert got.duplicates == 0


@pytest.mark.parametrize("kind", ["half", "lost"])
def test_telegrams_answer_is_lost_so_only_telegram_may_double(scene: Scene, kind: Kind) -> None:
    crowd = scene.crowd()
    before = scene.api.world.faults.happened
    with Load(crowd, PER_SECOND), telegram_fails(scene, kind, 8, method="sendMessage"):
        until(lambda: scene.api.world.faults.happened >= before + 8, 20, "the fault did not happen")
    got = scene.settle(crowd, lost_answers=8)
    assert got.wrong == []
    assert got.duplicates <= 8


def test_telegram_is_down_and_comes_back(scene: Scene) -> None:
    crowd = scene.crowd()
    with Load(crowd, PER_SECOND):
        scene.api.down()
        time.sleep(4)
        scene.api.up()
    # What Telegram had carried out when its connections broke may be done again.
    got = scene.settle(crowd, lost_answers=8)
    assert got.wrong == []


def test_one_chats_429_freezes_nobody_else(scene: Scene) -> None:
    held, other = Person(scene.api, 29_001), Person(scene.api, 29_002)
    held.open_chat()
    scene.api.hold(held.user_id, 6)
    held.say("/help")
    other.say("/help")
    assert waited(lambda: bool(scene.api.texts(other.user_id)), 10, "nobody answered") < 3
    assert scene.api.texts(held.user_id) == []
    until(lambda: bool(scene.api.texts(held.user_id)), 20, "the held chat was forgotten")


def test_the_staffs_group_may_not_be_written_to_so_the_alert_goes_to_a_person(scene: Scene) -> None:
    scene.api.hold(STAFF_GROUP, 15)
    before = alerts_seen(scene, STAFF_MEMBER)
    Person(scene.api, 29_003).say(RISKY[0])
    assert waited(lambda: alerts_seen(scene, STAFF_MEMBER) > before, 10, "no alert arrived") < 3
    in_group = alerts_seen(scene, STAFF_GROUP)
    until(lambda: alerts_seen(scene, STAFF_GROUP) > in_group, 30, "the group's alert was forgotten")


def test_somebody_blocks_the_bot_and_everybody_else_is_answered(scene: Scene) -> None:
    crowd, gone = scene.crowd(), Person(scene.api, 29_004)
    gone.say("what is IOP")
    gone.block()
    with Load(crowd, PER_SECOND):
        time.sleep(2)
    assert scene.settle(crowd).wrong == []

    def reasons(session: Session) -> set[str]:
        query = select(OutboxMessage.error).where(OutboxMessage.recipient == str(gone.user_id))
        return set(session.execute(query).scalars())

    assert reading(scene.database, reasons) == {"blocked"}


@pytest.mark.parametrize(("part", "seconds"), [("rasa", 16), ("actions", 8)])
def test_a_part_hangs_and_crisis_help_and_alerts_go_out_all_the_same(scene: Scene, part: str, seconds: int) -> None:
    until(lambda: scene.pid(part) is not None, 60, f"{part} does not run")
    crowd, anna, ben = scene.crowd(risky_share=0), Person(scene.api, scene.crowd(1).first), scene.crowd(1).people[0]
    with scene.stopped(part), Load(crowd, PER_SECOND):
        over = time.monotonic() + seconds
        time.sleep(1)
        ben.say("when is group on thursday")
        alerts = alerts_seen(scene, STAFF_GROUP) + alerts_seen(scene, STAFF_MEMBER)
        anna.say(RISKY[1])
        assert waited(lambda: any("911" in t for t in scene.api.texts(anna.user_id)), 10, "no crisis numbers") < 3
        assert waited(lambda: alerts_seen(scene, STAFF_GROUP) + alerts_seen(scene, STAFF_MEMBER) > alerts, 10,
                      "no alert") < 3  # fmt: skip
        anna.say("/help")
        if part == "rasa":
            until(lambda: any("having trouble answering" in t for t in scene.api.texts(ben.user_id)), 20, "not told")
        time.sleep(max(0.0, over - time.monotonic()))
    until(lambda: any("Thu" in text for text in scene.api.texts(ben.user_id)), 60, "not answered afterwards")
    assert scene.settle(crowd).wrong == []


@pytest.mark.parametrize("fault", ["database_locked", "disk_full"])
def test_the_database_cannot_be_written_and_crisis_numbers_go_out_without_it(scene: Scene, fault: str) -> None:
    crowd, anna = scene.crowd(risky_share=0), scene.crowd(1)
    said = sum("cannot be stored" in text for text in scene.api.texts(STAFF_GROUP))
    with Load(crowd, PER_SECOND):
        time.sleep(1)
        with getattr(scene, fault)():
            anna.write(anna.people[0], RISKY[0], risky=True)
            number = anna.people[0].user_id
            took = waited(lambda: any("988" in t for t in scene.api.texts(number)), 15, "no crisis numbers")
            until(lambda: sum("cannot be stored" in t for t in scene.api.texts(STAFF_GROUP)) > said, 15,
                  "staff do not know")  # fmt: skip
            time.sleep(4)
    assert took < 6
    got = scene.settle(crowd)
    assert got.wrong == []
    assert got.duplicates == 0
    risky = scene.settle(anna)
    assert risky.wrong == []
    assert (risky.escalations, risky.alerts_delivered, risky.helped_directly) == (1, 1, 1)
