"""Updates in: nothing is confirmed to Telegram before it is stored, and nothing stops the loop."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.channels.telegram import TelegramChannel, arrivals, poller
from bot.db.models import PollOffset
from bot.settings import ROOT
from tests.integration.telegram.conftest import Wakes, eventually, queued, stored, writing
from tests.telegram_api import TOKEN, Person, TelegramApi


def _start_stopping_poller(where: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.integration.telegram.stopping_poller", where]
    return subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    ("where", "words", "rows"), [("before", "stored, not committed", 0), ("after", "committed, not confirmed", 1)]
)
async def test_killed_around_the_commit_a_message_is_stored_exactly_once(
    where: str, words: str, rows: int, api: TelegramApi, anna: Person,
    make_channel: Callable[[], TelegramChannel], wakes: Wakes,
) -> None:  # fmt: skip
    update = anna.say("I am still here")["update_id"]
    process = _start_stopping_poller(where)
    assert process.stdout is not None
    seen = await asyncio.to_thread(lambda: next(line for line in process.stdout or [] if words in line))
    process.kill()
    process.wait()
    assert words in seen
    assert api.unconfirmed() == [update]
    assert len(stored()) == rows

    await make_channel().start()
    assert await api.confirmed(update)
    assert [row.text for row in stored()] == ["I am still here"]


async def test_a_redelivered_update_is_one_message(api: TelegramApi, anna: Person, channel: TelegramChannel) -> None:
    said = anna.say("once")
    assert await api.confirmed(said["update_id"])
    message = api.world.messages[1001, said["message_id"]]
    again = api.push("message", message)
    assert await api.confirmed(again)
    assert len(stored()) == 1


async def test_a_batch_is_one_transaction_with_its_offset(
    api: TelegramApi, anna: Person, make_channel: Callable[[], TelegramChannel]
) -> None:
    updates = [anna.say(f"message {number}")["update_id"] for number in range(150)]
    await make_channel().start()
    assert await api.confirmed(updates[-1])
    assert [row.text for row in stored()] == [f"message {number}" for number in range(150)]
    offset = writing(lambda session: session.get(PollOffset, f"telegram:{TOKEN.split(':')[0]}").offset)
    assert offset == updates[-1] + 1


async def test_after_a_restart_it_goes_on_where_it_was(
    api: TelegramApi, anna: Person, make_channel: Callable[[], TelegramChannel]
) -> None:
    first = make_channel()
    await first.start()
    assert await api.confirmed(anna.say("one")["update_id"])
    await first.stop()
    update = anna.say("two")["update_id"]
    await make_channel().start()
    assert await api.confirmed(update)
    assert [row.text for row in stored()] == ["one", "two"]


async def test_a_database_that_cannot_store_leaves_updates_with_telegram(
    api: TelegramApi, anna: Person, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = asyncio.Event()
    loop = asyncio.get_running_loop()
    real = arrivals._store

    def locked(*_: Any) -> Any:
        loop.call_soon_threadsafe(failed.set)
        raise OperationalError("insert", {}, Exception("database is locked"))

    monkeypatch.setattr(arrivals, "_store", locked)
    update = anna.say("keep me")["update_id"]
    await asyncio.wait_for(failed.wait(), 10)
    await eventually(lambda: _not(channel.ready()))
    assert api.unconfirmed() == [update]
    assert not stored()

    monkeypatch.setattr(arrivals, "_store", real)
    assert await api.confirmed(update)
    assert [row.text for row in stored()] == ["keep me"]
    await eventually(channel.ready)


async def _not(check: Any) -> bool:
    return not await check


async def test_a_poison_update_is_skipped_and_both_sides_are_told(
    api: TelegramApi, anna: Person, make_channel: Callable[[], TelegramChannel], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = arrivals._store

    def breaks_on_poison(session: Session, raw: Any, *rest: Any) -> Any:
        if raw.get("message", {}).get("text") == "poison":
            raise ValueError("what somebody wrote")
        return real(session, raw, *rest)

    monkeypatch.setattr(arrivals, "_store", breaks_on_poison)
    anna.say("before")
    anna.say("poison")
    api.push("message", {"message_id": "not a number", "chat": 5})
    update = anna.say("after")["update_id"]
    await make_channel().start()
    assert await api.confirmed(update)
    assert [row.text for row in stored()] == ["before", "after"]
    told = queued()
    assert [row.recipient for row in told] == ["1001", "-1001"]
    assert "couldn't answer" in told[0].text
    assert "poison" not in told[1].text


@pytest.mark.parametrize("fault", [
    {"kind": "error", "code": 500}, {"kind": "error", "code": 502}, {"kind": "error", "code": 429, "seconds": 1},
    {"kind": "drop"}, {"kind": "half"}, {"kind": "lost"},
])  # fmt: skip
async def test_polling_survives(
    fault: dict[str, Any], api: TelegramApi, anna: Person, channel: TelegramChannel
) -> None:
    await eventually(channel.ready)
    api.fail(fault.pop("kind"), 2, method="getUpdates", **fault)
    update = anna.say("through the storm")["update_id"]
    assert await api.confirmed(update)
    assert [row.text for row in stored()] == ["through the storm"]


async def test_polling_starts_again_after_an_outage(
    api: TelegramApi, anna: Person, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "LONGEST_WAIT", 0.5)
    assert await api.confirmed(anna.say("before")["update_id"])
    api.down()
    await eventually(lambda: _not(channel.ready()))
    update = anna.say("meanwhile")["update_id"]
    api.up()
    assert await api.confirmed(update)
    assert [row.text for row in stored()] == ["before", "meanwhile"]


async def test_the_end_of_an_outage_is_known_before_anybody_writes(
    api: TelegramApi, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "LONGEST_WAIT", 0.5)
    await eventually(channel.ready)
    api.down()
    await eventually(lambda: _not(channel.ready()))
    api.up()
    await eventually(channel.ready)  # 10 s; a poll that waits for updates takes 30


async def test_it_starts_while_telegram_is_away(
    api: TelegramApi, anna: Person, make_channel: Callable[[], TelegramChannel]
) -> None:
    api.down()
    made = make_channel()
    await made.start()
    assert not await made.ready()
    update = anna.say("hello?")["update_id"]
    api.up()
    assert await api.confirmed(update)
    await eventually(made.ready)


async def test_a_second_poller_makes_a_sentence_and_polling_goes_on(
    api: TelegramApi, anna: Person, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "CONFLICT_WAIT", 0.1)
    sentences: list[str] = []
    monkeypatch.setattr(poller.log, "warning", lambda words, **_: sentences.append(words), raising=False)
    assert await api.confirmed(anna.say("one")["update_id"])
    api.fail("error", 2, method="getUpdates", code=409)
    update = anna.say("two")["update_id"]
    assert await api.confirmed(update)
    assert sentences == [poller.SENTENCES[poller.Conflict]]
    assert [row.text for row in stored()] == ["one", "two"]


async def test_two_channels_throw_each_other_out_and_lose_nothing(
    api: TelegramApi, anna: Person, make_channel: Callable[[], TelegramChannel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "CONFLICT_WAIT", 0.05)
    await make_channel().start()
    await make_channel().start()
    updates = [anna.say(f"message {number}")["update_id"] for number in range(20)]
    assert await api.confirmed(updates[-1])
    assert sorted(row.text for row in stored()) == sorted(f"message {number}" for number in range(20))


async def test_a_refused_token_is_said_in_a_sentence_and_tried_again(
    environment: Path, api: TelegramApi, anna: Person, make_channel: Callable[[], TelegramChannel],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from bot.channels.telegram import channel as channel_module

    sentences: list[str] = []
    monkeypatch.setattr(channel_module, "REFUSED_WAIT", 0.05)
    monkeypatch.setattr(channel_module.log, "warning", lambda words, **_: sentences.append(words), raising=False)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "7000000001:another")
    made = make_channel()
    await made.start()
    await eventually(lambda: _said(sentences))
    assert "TELEGRAM_BOT_TOKEN" in sentences[0]
    assert not await made.ready()
    api.do(lambda: setattr(api.world, "token", "7000000001:another"))
    await eventually(made.ready)
    assert len(sentences) == 1


async def _said(sentences: list[str]) -> bool:
    return bool(sentences)


@pytest.mark.parametrize("turns", range(0, 60, 3))
async def test_stopping_is_quick_also_in_the_middle_of_connecting(
    turns: int, api: TelegramApi, make_channel: Callable[[], TelegramChannel]
) -> None:
    made = make_channel()
    await made.start()
    for _ in range(turns):
        await asyncio.sleep(0.001)
    await asyncio.wait_for(made.stop(), 8)
    api.push("message", {})
    calls = api.calls("getUpdates")
    await asyncio.sleep(0.02)
    assert api.calls("getUpdates") == calls
