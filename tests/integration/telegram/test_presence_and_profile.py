"""The typing sign, the menu and the descriptions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.channels.telegram import TelegramChannel, presence, profile
from bot.channels.telegram.profile import (
    COMMANDS,
    DESCRIPTIONS,
    LONGEST_DESCRIPTION,
    LONGEST_SHORT,
    SHORT,
    show_profile,
)
from bot.program import program
from tests.integration.telegram.conftest import eventually
from tests.telegram_api import Person, TelegramApi


async def test_typing_is_shown_after_a_moment_and_renewed_until_it_is_left(
    api: TelegramApi, anna: Person, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "RENEW_SECONDS", 0.05)
    monkeypatch.setattr(presence, "SHOW_AFTER_SECONDS", 0.05)
    anna.say("hi")
    async with channel.presence.typing("1001"):
        first = await api.wait(0, 1001, "action", 5)
        assert first[0].data == {"action": "typing"}
        assert await api.wait(first[-1].number, 1001, "action", 5)
    await channel.presence.stop()
    count = len(api.seen(1001, "action"))
    await asyncio.sleep(0.15)
    assert len(api.seen(1001, "action")) == count


async def test_a_fast_answer_shows_no_typing(api: TelegramApi, channel: TelegramChannel) -> None:
    async with channel.presence.typing("1001"):
        pass
    await channel.presence.stop()
    assert api.calls("sendChatAction") == 0


async def test_no_error_of_typing_reaches_the_answer(
    api: TelegramApi, anna: Person, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "SHOW_AFTER_SECONDS", 0.0)
    api.fail("error", None, method="sendChatAction")
    async with channel.presence.typing(1001):
        pass
    anna.block()
    async with channel.presence.typing(1001):
        pass
    api.down()
    async with channel.presence.typing(4711):
        pass
    with pytest.raises(KeyError):
        async with channel.presence.typing(1001):
            raise KeyError


async def test_the_menu_and_descriptions_are_set_in_both_languages(
    api: TelegramApi, make_channel: Callable[[], TelegramChannel]
) -> None:
    channel = make_channel()
    await channel.start()
    await eventually(lambda: _called(api, "deleteMyCommands"))  # the last step
    shown = api.world.profile
    assert set(shown["commands"]) == {"all_private_chats::", "all_private_chats::es"}
    assert [c["command"] for c in shown["commands"]["all_private_chats::es"]] == list(COMMANDS["es"])
    assert set(shown["description"]) == set(shown["short_description"]) == {"", "es"}
    assert program().crisis_lines.crisis in shown["description"]["es"]
    assert "$" not in "".join([*shown["description"].values(), *shown["short_description"].values()])


async def _called(api: TelegramApi, method: str) -> bool:
    return api.calls(method) > 0


async def test_what_is_right_already_is_left_alone_and_a_limit_is_respected(
    api: TelegramApi, make_channel: Callable[[], TelegramChannel], monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = make_channel()._bot
    await show_profile(bot)
    assert api.calls("setMyDescription") == 2
    await show_profile(bot)
    assert api.calls("setMyDescription") == 2
    assert api.calls("setMyCommands") == 2
    monkeypatch.setitem(profile.SHORT, None, "Something else")
    api.fail("error", 1, method="getMyCommands", code=429, seconds=3600)
    await show_profile(bot)
    assert api.calls("setMyShortDescription") == 2  # it gave up and did not wait an hour


def test_every_text_fits_also_with_a_long_name() -> None:
    assert set(COMMANDS) == set(DESCRIPTIONS) == set(SHORT)
    assert list(COMMANDS[None]) == list(COMMANDS["es"])
    for texts, longest in ((DESCRIPTIONS, LONGEST_DESCRIPTION), (SHORT, LONGEST_SHORT)):
        for text in texts.values():
            assert len(program().fill(text)) <= longest
