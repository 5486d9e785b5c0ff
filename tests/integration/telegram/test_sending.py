"""Messages out: whole, escaped, in parts only at Telegram's limit, and every refusal named for what it is."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.channels.telegram import TelegramChannel, sender
from bot.channels.telegram.split import LONGEST, split, units
from bot.db.models import OutboxMessage
from bot.outbox.sender import CannotDeliver, RetryAfter, TryLater
from tests.integration.telegram.conftest import STAFF_CHAT
from tests.telegram_api import Person, TelegramApi
from tests.telegram_api.html import utf16_length

_ids = iter(range(1, 10_000))


def message(text: str, recipient: int = 1001, **columns: Any) -> OutboxMessage:
    """Make a row as delivery reads it."""
    known = {"id": next(_ids), "kind": "reply", "buttons": [], "extra": {}}
    return OutboxMessage(channel="telegram", recipient=str(recipient), text=text, **{**known, **columns})


@pytest.fixture
def open_chat(api: TelegramApi, anna: Person, channel: TelegramChannel) -> Person:
    """Anna, who has opened her chat with the bot."""
    anna.open_chat()
    return anna


TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from(" \n\t.!?<>&;\"'abcäñ🙂👩‍👩‍👧🏽\u0301\u200d"), st.characters(exclude_categories=("Cs", "Cc"))
    ),
    max_size=400,
)


@given(text=TEXTS, limit=st.integers(min_value=2, max_value=60))
@example(text="🙂" * 30, limit=3)
@example(text="a" * 100, limit=2)
@example(text="one two " + " " * 50 + "three", limit=8)
@example(text="&amp;" * 40, limit=7)
def test_splitting_loses_nothing_but_white_space_at_the_cuts(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert re.sub(r"\s+", "", "".join(parts)) == re.sub(r"\s+", "", text)
    assert all(0 < units(part) <= limit for part in parts)
    assert all(part == part.strip() for part in parts)
    # In place: each part is found in the text, in order, with white space only between.
    position = 0
    for part in parts:
        at = text.index(part, position)
        assert not text[position:at].strip()
        position = at + len(part)
    assert not text[position:].strip()


@given(text=TEXTS)
def test_a_text_that_fits_is_never_split(text: str) -> None:
    assert split(text) == ([text.strip()] if text.strip() else [])


@given(text=TEXTS)
def test_units_are_counted_as_telegram_counts(text: str) -> None:
    assert units(text) == utf16_length(text)


@pytest.mark.parametrize(("text", "limit", "parts"), [
    ("First part here.\n\nSecond one. More of it", 30, ["First part here.", "Second one. More of it"]),
    ("First line here\nsecond line of it", 24, ["First line here", "second line of it"]),
    ("A sentence here. Then some more words", 24, ["A sentence here.", "Then some more words"]),
    ("some words without any stop", 20, ["some words without", "any stop"]),
    ("x" * 25, 10, ["x" * 10, "x" * 10, "x" * 5]),
    ("🙂🙂🙂", 5, ["🙂🙂", "🙂"]),
    ("abcde\u0301f", 5, ["abcd", "e\u0301f"]),
    ("aaaaaa👩🏽b", 9, ["aaaaaa", "👩🏽b"]),
    ("exactly ten", 11, ["exactly ten"]),
])  # fmt: skip
def test_where_texts_are_cut(text: str, limit: int, parts: list[str]) -> None:
    assert split(text, limit) == parts


async def test_a_text_arrives_as_it_was_written(api: TelegramApi, open_chat: Person, channel: TelegramChannel) -> None:
    text = "1 < 2 & 3 > 2; <b>not bold</b> &lt; &amp;amp; \"quoted\" 'too' 🙂 ñ"
    await channel.sender.send(message(text))
    assert (await open_chat.reply())["text"] == text


async def test_a_long_text_arrives_in_parts_with_the_buttons_on_the_last(
    api: TelegramApi, open_chat: Person, channel: TelegramChannel
) -> None:
    text = "\n\n".join(f"Paragraph {n}. " + "<Words> & more 🙂. " * 40 for n in range(12))
    buttons = [[{"title": "OK", "token": "t1"}]]
    provider_id = await channel.sender.send(message(text, buttons=buttons, extra={"reply_to": 999}))
    sent = [seen.data for seen in api.seen(1001, "message")]
    assert [part["text"] for part in sent] == split(text)
    assert len(sent) == 3
    assert ["reply_markup" in part for part in sent] == [False, False, True]
    assert provider_id == str(sent[-1]["message_id"])


async def test_the_longest_text_is_one_message(api: TelegramApi, open_chat: Person, channel: TelegramChannel) -> None:
    await channel.sender.send(message("<" * LONGEST))
    await channel.sender.send(message("🙂" * (LONGEST // 2)))
    assert len(api.seen(1001, "message")) == 2


async def test_a_long_text_goes_on_where_it_stopped(
    api: TelegramApi, open_chat: Person, channel: TelegramChannel
) -> None:
    row = message("first " * 600 + "second " * 600)
    api.fail("error", 1, method="sendMessage", code=500)
    with pytest.raises(TryLater):
        await channel.sender.send(row)
    real, calls = channel.sender._send_part, 0

    async def second_fails(*args: Any, **kwargs: Any) -> int:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise TryLater("timeout")
        return await real(*args, **kwargs)

    channel.sender._send_part = second_fails  # type: ignore[method-assign]
    with pytest.raises(TryLater):
        await channel.sender.send(row)
    await channel.sender.send(row)
    assert api.texts(1001) == split(row.text)


async def test_a_reply_shows_what_it_answers_and_goes_without_if_that_is_gone(
    api: TelegramApi, open_chat: Person, channel: TelegramChannel
) -> None:
    said = open_chat.say("hello")
    await channel.sender.send(message("hi", extra={"reply_to": said["message_id"]}))
    await channel.sender.send(message("hi again", extra={"reply_to": 12345}))
    first, second = [seen.data for seen in api.seen(1001, "message")]
    assert first["reply_to_message"]["message_id"] == said["message_id"]
    assert "reply_to_message" not in second


async def test_an_edit_and_one_that_changes_nothing(
    api: TelegramApi, open_chat: Person, channel: TelegramChannel
) -> None:
    buttons = [[{"title": "Acknowledge", "token": "t1"}]]
    provider_id = await channel.sender.send(message("1 < 2", buttons=buttons))
    await channel.sender.edit(message("1 < 2", buttons=buttons), provider_id)
    assert not api.seen(1001, "edit")
    await channel.sender.edit(message("2 < 3"), provider_id)
    assert api.texts(1001) == ["2 < 3"]
    assert open_chat.buttons() == []
    with pytest.raises(CannotDeliver, match="edit_gone"):
        await channel.sender.edit(message("2 < 3"), "99999")


async def test_429_is_for_one_chat_only(api: TelegramApi, open_chat: Person, channel: TelegramChannel) -> None:
    Person(api, 1002).open_chat()
    api.hold(1001, 7)
    with pytest.raises(RetryAfter) as held:
        await channel.sender.send(message("to Anna"))
    assert 6 <= held.value.seconds <= 7
    await channel.sender.send(message("to Ben", 1002))
    assert (api.texts(1001), api.texts(1002)) == ([], ["to Ben"])


async def test_refusals_are_named(api: TelegramApi, open_chat: Person, channel: TelegramChannel) -> None:
    open_chat.block()
    for recipient, words, reason in (
        (1001, "hi", "blocked"), (4711, "hi", "chat_not_found"), (1001, " \n ", "empty"),
    ):  # fmt: skip
        with pytest.raises(CannotDeliver) as refused:
            await channel.sender.send(message(words, recipient))
        assert refused.value.reason == reason
    api.do(lambda: api.world.person(1003))
    with pytest.raises(CannotDeliver, match="never_started"):
        await channel.sender.send(message("hi", 1003))
    for words, reason in (("user is deactivated", "deactivated"), ("bot was kicked from the group chat", "kicked")):
        api.world.refusing[STAFF_CHAT] = words
        with pytest.raises(CannotDeliver, match=reason):
            await channel.sender.send(message("hi", STAFF_CHAT))


@pytest.mark.parametrize(("fault", "arrived"), [
    ({"kind": "error", "code": 500}, 0), ({"kind": "error", "code": 502}, 0), ({"kind": "drop"}, 0),
    ({"kind": "half"}, 1), ({"kind": "lost"}, 1), ({"kind": "late", "seconds": 0.6}, 1),
    ({"kind": "slow", "seconds": 0.6}, 0), ({"kind": "error", "code": 401}, 0),
])  # fmt: skip
async def test_what_may_work_later_is_tried_later(
    fault: dict[str, Any], arrived: int, api: TelegramApi, open_chat: Person, channel: TelegramChannel
) -> None:
    request = channel._bot._request[1]
    request._answer = 0.3  # type: ignore[attr-defined]
    api.fail(fault.pop("kind"), 1, method="sendMessage", **fault)
    with pytest.raises(TryLater):
        await channel.sender.send(message("hi"))
    assert len(api.texts(1001)) == arrived
    request._answer = 10.0  # type: ignore[attr-defined]
    await channel.sender.send(message("hi"))
    await asyncio.sleep(0)
    assert api.texts(1001)[-1] == "hi"


async def test_telegram_down_is_try_later(api: TelegramApi, open_chat: Person, channel: TelegramChannel) -> None:
    api.down()
    with pytest.raises(TryLater):
        await channel.sender.send(message("hi"))
    api.up()
    await channel.sender.send(message("hi"))
    assert api.texts(1001) == ["hi"]


async def test_a_form_that_telegram_refuses_does_not_keep_the_words_back(
    api: TelegramApi, open_chat: Person, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    too_long = [[{"title": "OK", "token": "x" * 65}]]
    await channel.sender.send(message("Call 988", kind="crisis", buttons=too_long))
    monkeypatch.setattr(sender, "escape", lambda text, **_: f"<b>{text}")
    await channel.sender.send(message("Call 911 < now", kind="crisis"))
    assert api.texts(1001) == ["Call 988", "Call 911 < now"]


async def test_links_have_no_preview(api: TelegramApi, open_chat: Person, channel: TelegramChannel) -> None:
    seen: list[dict[str, Any]] = []
    real = channel._bot.send_message

    async def look(*args: Any, **kwargs: Any) -> Any:
        seen.append(kwargs)
        return await real(*args, **kwargs)

    channel._bot._unfreeze()
    object.__setattr__(channel._bot, "send_message", look)
    await channel.sender.send(message("https://example.org"))
    assert seen[0]["link_preview_options"].is_disabled
