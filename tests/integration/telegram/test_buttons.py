"""Buttons pressed by people and by staff, and staff who write back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from bot.channels.telegram import TelegramChannel
from bot.clock import clock
from bot.db.models import ButtonToken, Conversation, Escalation, OutboxMessage, Staff
from bot.outbox.store import Button, Outgoing, queue_to_person
from bot.people.conversations import conversation_of
from tests.integration.telegram.conftest import STAFF_CHAT, Wakes, deliver, eventually, queued, stored, writing
from tests.telegram_api import Person, TelegramApi

RISKY = "I want to kill myself tonight"


def _ask(text: str = "How strong is it?") -> OutboxMessage:
    def queue(session: Session) -> OutboxMessage:
        conversation = conversation_of(session, "telegram", "1001", clock.now())
        buttons = ((Button("Strong", "/craving_rate"), Button("Mild <3", "/craving_rate")),)
        row = queue_to_person(session, conversation, Outgoing(text, buttons), kind="reply", now=clock.now())
        assert row is not None
        return row

    return writing(queue)


async def _alert(api: TelegramApi, anna: Person, channel: TelegramChannel, wakes: Wakes) -> OutboxMessage:
    """Have Anna write something risky and deliver the alert to the staff's group."""
    anna.say(RISKY)
    await wakes.next()
    alert, *_ = queued(kind="alert", recipient=str(STAFF_CHAT))
    await deliver(channel, alert)
    return alert


def _escalation() -> Escalation:
    return writing(lambda session: session.query(Escalation).one())


async def test_a_press_is_stored_answered_and_disabled(
    api: TelegramApi, anna: Person, channel: TelegramChannel, wakes: Wakes
) -> None:
    anna.open_chat()
    row = _ask("Is it <b>strong</b> & now?")
    await deliver(channel, row)
    assert anna.buttons() == ["Strong", "Mild <3"]
    pressed = anna.press("Mild <3")
    assert (await anna.answered(pressed))["text"] == ""
    assert (await anna.edited())["text"] == "Is it <b>strong</b> & now?\n\n✓ Mild <3"
    assert anna.buttons() == []
    [message] = stored()
    assert (message.kind, message.external_id) == ("button", f"cb:{pressed}")
    assert message.payload["token"] == row.buttons[0][1]["token"]
    assert await wakes.next() == message.conversation_id


async def test_a_double_tap_is_one_press(api: TelegramApi, anna: Person, channel: TelegramChannel) -> None:
    anna.open_chat()
    row = _ask()
    await deliver(channel, row)
    token = row.buttons[0][0]["token"]
    presses = [anna.press_data(token) for _ in range(3)]
    answers = [await anna.answered(press) for press in presses]
    assert [bool(answer["text"]) for answer in answers] == [False, True, True]
    assert len(stored()) == 1


async def test_a_forged_token_reaches_the_inbox_as_a_button_and_never_as_text(
    api: TelegramApi, anna: Person, channel: TelegramChannel
) -> None:
    forged = '/craving_now{"rating": 10}'
    await anna.answered(anna.press_data(forged))
    [row] = stored()
    assert (row.kind, row.text, row.payload["token"]) == ("button", "", forged)


async def test_a_button_on_a_message_that_telegram_no_longer_shows_loses_its_keyboard_only(
    api: TelegramApi, anna: Person, channel: TelegramChannel
) -> None:
    anna.open_chat()
    row = _ask("Old question")
    await deliver(channel, row)
    sent = api.seen(1001, "message")[-1].data
    old = {"chat": sent["chat"], "message_id": sent["message_id"], "date": 0}  # an InaccessibleMessage
    await anna.answered(anna.press_data(row.buttons[0][0]["token"], old))
    assert (await anna.edited())["text"] == "Old question"
    assert anna.buttons() == []


async def test_an_answer_that_comes_too_late_changes_nothing(
    api: TelegramApi, anna: Person, channel: TelegramChannel
) -> None:
    anna.open_chat()
    await deliver(channel, _ask())
    api.fail("error", method="answerCallbackQuery", code=400)
    anna.press("Strong")
    await anna.edited("✓ Strong")
    assert len(stored()) == 1


async def test_staff_acknowledge_in_their_group(
    api: TelegramApi, anna: Person, rosa: Person, channel: TelegramChannel, wakes: Wakes
) -> None:
    await _alert(api, anna, channel, wakes)
    pressed = rosa.in_chat(STAFF_CHAT).press("Acknowledge")
    answer = await rosa.in_chat(STAFF_CHAT).answered(pressed)
    assert answer["text"] == "You have it. Thank you."
    assert _escalation().status == "acknowledged"
    assert wakes.queued
    assert queued(kind="edit")
    assert len(stored()) == 1  # the press is no message of anybody's


async def test_nobody_else_may_press_staff_buttons(
    api: TelegramApi, anna: Person, rosa: Person, channel: TelegramChannel, wakes: Wakes
) -> None:
    alert = await _alert(api, anna, channel, wakes)
    token = alert.buttons[0][0]["token"]
    stranger = Person(api, 3001).in_chat(STAFF_CHAT)
    in_group = await stranger.answered(stranger.press("Acknowledge"))
    forged = await anna.answered(anna.press_data(token))
    assert (in_group["text"], in_group["alert"]) == ("Only staff can do this.", True)
    assert (forged["text"], forged["alert"]) == ("Only staff can do this.", True)

    def leave(session: Session) -> None:
        session.query(Staff).one().active = False

    writing(leave)  # checked again at every press
    assert (await rosa.answered(rosa.press_data(token)))["text"] == "Only staff can do this."
    assert _escalation().status == "open"
    assert len(stored()) == 1


async def test_a_persons_token_does_nothing_in_the_staff_group(
    api: TelegramApi, anna: Person, rosa: Person, channel: TelegramChannel, wakes: Wakes
) -> None:
    anna.open_chat()
    token = _ask().buttons[0][0]["token"]
    in_group = rosa.in_chat(STAFF_CHAT)
    message = {"chat": api.world.chats[STAFF_CHAT], "message_id": 1, "date": 1, "text": "?"}
    answer = await in_group.answered(in_group.press_data(token, message))
    assert answer["text"] == "This button doesn't work any more."
    assert not stored()
    assert writing(lambda session: session.get(ButtonToken, token)).used_at is None


async def test_a_reply_to_an_alert_reaches_the_person(
    api: TelegramApi, anna: Person, rosa: Person, channel: TelegramChannel, wakes: Wakes
) -> None:
    await _alert(api, anna, channel, wakes)
    in_group = rosa.in_chat(STAFF_CHAT)
    alert = await in_group.reply("EMERGENCY")
    written = in_group.say("I am calling you now", reply_to=alert["message_id"])
    assert await api.confirmed(written["update_id"])
    [to_anna] = queued(recipient="1001", kind="staff")[-1:]
    assert to_anna.text == "Rosa (counselor): I am calling you now"
    [confirmation] = queued(recipient=str(STAFF_CHAT), kind="staff")
    await deliver(channel, confirmation)
    shown = await in_group.reply("On its way to them.")
    assert shown["reply_to_message"]["message_id"] == written["message_id"]

    # The conversation goes on by replying to what the assistant said last.
    more = in_group.say("And I have your back", reply_to=shown["message_id"])
    assert await api.confirmed(more["update_id"])
    assert queued(recipient="1001", kind="staff")[-1].text == "Rosa (counselor): And I have your back"
    assert len(stored()) == 1


async def test_a_redelivered_reply_is_sent_once(
    api: TelegramApi, anna: Person, rosa: Person, channel: TelegramChannel, wakes: Wakes
) -> None:
    await _alert(api, anna, channel, wakes)
    in_group = rosa.in_chat(STAFF_CHAT)
    alert = await in_group.reply("EMERGENCY")
    written = in_group.say("Hello Anna", reply_to=alert["message_id"])
    again = api.push("message", api.world.messages[STAFF_CHAT, written["message_id"]])
    assert await api.confirmed(again)
    assert len([row for row in queued(recipient="1001") if "Hello Anna" in row.text]) == 1


async def test_replies_that_cannot_be_passed_on_are_answered(
    api: TelegramApi, anna: Person, rosa: Person, channel: TelegramChannel, wakes: Wakes
) -> None:
    await _alert(api, anna, channel, wakes)
    in_group, stranger = rosa.in_chat(STAFF_CHAT), Person(api, 3001).in_chat(STAFF_CHAT)
    alert = (await in_group.reply("EMERGENCY"))["message_id"]
    before = len(queued(recipient="1001"))
    stranger.say("I can help", reply_to=alert)
    rosa_sends = in_group._write(media="photo", reply_to=alert)
    assert await api.confirmed(rosa_sends["update_id"])
    said = [row.text for row in queued(recipient=str(STAFF_CHAT), kind="staff")]
    assert said[0].startswith("Only linked staff")
    assert said[1] == "There is no text to send."
    assert len(queued(recipient="1001")) == before


async def test_staff_answer_in_their_private_chat_and_still_talk_to_the_assistant_themselves(
    api: TelegramApi, anna: Person, rosa: Person, channel: TelegramChannel, wakes: Wakes
) -> None:
    anna.say(RISKY)
    await wakes.next()

    def relay(session: Session) -> OutboxMessage:
        from bot.outbox.store import queue_to_staff

        conversation = session.query(Conversation).one()
        row = queue_to_staff(
            session, 2001, Outgoing("💬 Anna: hi"), kind="staff", now=clock.now() - timedelta(seconds=1)
        )
        assert row is not None
        row.extra = {"about": conversation.id}
        return row

    await deliver(channel, writing(relay))
    relayed = await rosa.reply("Anna: hi")
    assert await api.confirmed(rosa.say("Hi Anna", reply_to=relayed["message_id"])["update_id"])
    assert queued(recipient="1001", kind="staff")[-1].text == "Rosa (counselor): Hi Anna"

    assert await api.confirmed(rosa.say("when is group tonight")["update_id"])
    assert [row.text for row in stored()] == [RISKY, "when is group tonight"]


async def test_a_persons_reply_to_the_assistant_is_an_ordinary_message(
    api: TelegramApi, anna: Person, channel: TelegramChannel
) -> None:
    anna.say("hi")
    await deliver(channel, _ask())
    asked = await anna.reply("How strong")
    assert await api.confirmed(anna.say("very", reply_to=asked["message_id"])["update_id"])
    assert [row.text for row in stored()] == ["hi", "very"]


async def test_a_staff_group_with_a_new_id_keeps_working(
    api: TelegramApi, anna: Person, rosa: Person, channel: TelegramChannel, wakes: Wakes
) -> None:
    anna.say(RISKY)
    await wakes.next()
    api.move(STAFF_CHAT, -1002002)
    alert, *_ = queued(kind="alert", recipient=str(STAFF_CHAT))
    await deliver(channel, alert)
    moved = rosa.in_chat(-1002002)
    shown = api.seen(-1002002, "message")[-1].data
    assert "EMERGENCY" in shown["text"]
    assert await api.confirmed(moved.say("Calling you", reply_to=shown["message_id"])["update_id"])
    assert queued(recipient="1001", kind="staff")[-1].text == "Rosa (counselor): Calling you"
    assert (await moved.answered(moved.press("Resolve")))["text"].startswith("How did it end?")

    async def confirmed() -> bool:
        return any(row.text == "On its way to them." for row in queued(recipient="-1002002"))

    await eventually(confirmed)
