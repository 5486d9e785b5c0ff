"""What becomes of each kind of thing that happens on Telegram."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.telegram import TelegramChannel
from bot.db.models import Conversation, Escalation
from bot.people.conversations import find_conversation
from tests.integration.telegram.conftest import STAFF_CHAT, Wakes, eventually, queued, stored, writing
from tests.telegram_api import Person, TelegramApi
from tests.telegram_api.doings import MEDIA

COMMANDS = [
    ("/help", "help", "", "/help"),
    ("/HELP", "help", "", "/HELP"),
    ("/crisis@iop_test_bot", "crisis", "", "/crisis@iop_test_bot"),
    ("/start abc-DEF_123", "start", "abc-DEF_123", "/start"),
    ("/start I need help", "start", "I need help", "/start I need help"),
    ("/crisis I took everything", "crisis", "I took everything", "/crisis I took everything"),
    ("/staff\nplease", "staff", "please", "/staff\nplease"),
]
NOT_COMMANDS = ["/ help", "/", '/craving_now{"rating": 10}', "/help!", "//", "and/or", "/help@another_bot"]


@pytest.mark.parametrize(("text", "name", "argument", "kept"), COMMANDS)
async def test_commands(
    text: str, name: str, argument: str, kept: str, api: TelegramApi, anna: Person, channel: TelegramChannel
) -> None:
    assert await api.confirmed(anna.say(text)["update_id"])
    [row] = stored()
    assert (row.kind, row.payload, row.text) == ("command", row.payload | {"name": name, "argument": argument}, kept)


@pytest.mark.parametrize("text", NOT_COMMANDS)
async def test_a_slash_alone_makes_no_command(
    text: str, api: TelegramApi, anna: Person, channel: TelegramChannel
) -> None:
    assert await api.confirmed(anna.say(text)["update_id"])
    [row] = stored()
    assert (row.kind, row.text) == ("text", text)


@pytest.mark.parametrize(("media", "kind"), [
    ("photo", "photo"), ("voice", "voice"), ("video", "video"), ("video_note", "video"), ("animation", "video"),
    ("audio", "audio"), ("document", "document"), ("sticker", "sticker"), ("location", "location"),
    ("contact", "contact"), ("dice", "other"), ("poll", "other"),
])  # fmt: skip
async def test_media(media: str, kind: str, api: TelegramApi, anna: Person, channel: TelegramChannel) -> None:
    assert await api.confirmed(anna.send(media, caption="see this")["update_id"])
    [row] = stored()
    assert (row.kind, row.payload["type"]) == ("media", kind)
    assert row.text == "see this"


async def test_what_a_poll_asks_is_read(api: TelegramApi, anna: Person, channel: TelegramChannel) -> None:
    poll = MEDIA["poll"] | {"question": "should I kill myself tonight"}
    assert await api.confirmed(anna.send("poll", poll=poll)["update_id"])
    assert queued(kind="crisis")


async def test_something_telegram_has_not_invented_yet_is_answered_as_other(
    api: TelegramApi, anna: Person, channel: TelegramChannel
) -> None:
    hologram = anna.say("", hologram={"file_id": "h"})
    api.world.messages[1001, hologram["message_id"]].pop("text")
    assert await api.confirmed(hologram["update_id"])
    [row] = stored()
    assert (row.kind, row.payload["type"]) == ("media", "other")


@pytest.mark.parametrize("service", [
    {"pinned_message": {"message_id": 1, "date": 1, "chat": {"id": 1001, "type": "private"}, "text": "x"}},
    {"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}},
    {"write_access_allowed": {}},
])  # fmt: skip
async def test_service_messages_are_not_messages(
    service: dict[str, Any], api: TelegramApi, anna: Person, channel: TelegramChannel
) -> None:
    user, chat = api.world.person(1001), api.world.chats.get(1001)
    assert await api.confirmed(api.push("message", {"message_id": 5, "date": 1, "from": user, "chat": chat, **service}))
    assert not stored()


async def test_groups_other_than_the_staffs_are_ignored(
    api: TelegramApi, anna: Person, channel: TelegramChannel
) -> None:
    in_group = anna.in_chat(-500)
    in_group.say("I want to die")
    in_group.say("/crisis")
    in_group.send("photo", caption="I want to die")
    anna.in_chat(STAFF_CHAT).say("lunch at noon?")
    message = in_group.say("hello")
    in_group.edit(message["message_id"], "I want to die")
    callback = in_group.press_data(
        "sometoken", {"chat": api.world.chats[-500], "message_id": 1, "date": 1, "text": "?"}
    )
    assert (await in_group.answered(callback))["text"] == ""
    assert not stored()
    assert not queued()


@pytest.mark.parametrize("kind", ["channel_post", "edited_channel_post", "poll_answer", "something_new"])
async def test_updates_of_other_kinds_are_ignored(
    kind: str, api: TelegramApi, anna: Person, channel: TelegramChannel
) -> None:
    api.world.allowed = None
    assert await api.confirmed(anna.say("first")["update_id"])
    post = {
        "message_id": 1,
        "date": 1,
        "chat": {"id": -100500, "type": "channel", "title": "News"},
        "text": "I want to die",
    }
    api.do(lambda: setattr(api.world, "allowed", None))
    api.push(kind, post if "post" in kind else {})
    assert await api.confirmed(anna.say("last")["update_id"])
    assert [row.text for row in stored()] == ["first", "last"]


async def test_other_bots_are_not_people(api: TelegramApi, anna: Person, channel: TelegramChannel) -> None:
    user = {"id": 77, "is_bot": True, "first_name": "Robot"}
    body = {"message_id": 9, "date": 1, "from": user, "chat": {"id": 77, "type": "private"}, "text": "beep"}
    assert await api.confirmed(api.push("message", body))
    assert not stored()


async def test_an_edited_message_is_read_again_for_risk(
    api: TelegramApi, anna: Person, channel: TelegramChannel
) -> None:
    first = anna.say("I want to dye my hair")
    assert await api.confirmed(first["update_id"])
    assert writing(lambda session: session.query(Escalation).count()) == 0
    edit = anna.edit(first["message_id"], "I want to kill myself tonight")
    assert await api.confirmed(edit["update_id"])
    again = anna.edit(first["message_id"], "never mind")
    assert await api.confirmed(again["update_id"])
    rows = stored()
    assert [row.kind for row in rows] == ["text", "edit", "edit"]
    assert rows[1].payload["message_id"] == rows[0].external_id
    assert writing(lambda session: session.query(Escalation).count()) == 1
    assert queued(kind="crisis")


async def test_a_caption_is_read_for_risk(api: TelegramApi, anna: Person, channel: TelegramChannel) -> None:
    assert await api.confirmed(anna.send("photo", caption="I want to kill myself tonight")["update_id"])
    assert queued(kind="crisis")


async def test_a_live_location_makes_one_message(api: TelegramApi, anna: Person, channel: TelegramChannel) -> None:
    sent = anna.send("location")
    message = api.world.messages[1001, sent["message_id"]]
    api.push("edited_message", {**message, "edit_date": 2})
    assert await api.confirmed(api.push("edited_message", {**message, "edit_date": 3}))
    assert [row.kind for row in stored()] == ["media"]


async def test_blocked_and_unblocked_are_noticed(
    api: TelegramApi, anna: Person, channel: TelegramChannel, wakes: Wakes
) -> None:
    async def blocked() -> bool:
        found = writing(lambda session: find_conversation(session, "telegram", "1001"))
        return found is not None and found.blocked_at is not None

    async def unblocked() -> bool:
        return not await blocked()

    assert await api.confirmed(anna.say("hi")["update_id"])
    anna.block()
    await eventually(blocked)
    anna.unblock()
    await eventually(unblocked)
    anna.block()
    await eventually(blocked)
    anna.say("I am back")  # Telegram lets them write again only after unblocking
    await eventually(unblocked)


async def test_the_apps_language_opens_the_conversation(
    api: TelegramApi, channel: TelegramChannel, wakes: Wakes
) -> None:
    Person(api, 1002, language_code="es").say("hola")
    conversation = await wakes.next()
    assert writing(lambda session: session.get(Conversation, conversation).language) == "es"


async def test_a_person_without_a_conversation_who_blocks_leaves_no_trace(
    api: TelegramApi, anna: Person, channel: TelegramChannel
) -> None:
    anna.block()
    assert await api.confirmed(api.push("poll_answer", {}) - 1)
    assert writing(lambda session: session.query(Conversation).count()) == 0


@pytest.mark.parametrize("strange", [
    {"reply_to_message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "poll": {"id": "old"}}},
    {"poll": "not a poll"},
    {"entities": [{"type": "hologram"}]},
    {"forward_origin": {"type": "hologram"}},
])  # fmt: skip
async def test_words_are_read_also_beside_something_of_an_unknown_form(
    strange: dict[str, Any], api: TelegramApi, anna: Person, channel: TelegramChannel
) -> None:
    assert await api.confirmed(anna.say("I want to kill myself tonight", **strange)["update_id"])
    assert [row.text for row in stored()] == ["I want to kill myself tonight"]
    assert queued(kind="crisis")
