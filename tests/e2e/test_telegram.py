"""Every topic on Telegram through the whole stack, from a message to the staff's acknowledgement."""

from __future__ import annotations

import re

import pytest

from bot.nlu.language import detect
from tests.e2e.conftest import STAFF_GROUP
from tests.e2e.stack import Stack
from tests.telegram_api import Person, TelegramApi

# One question for each topic, and something that every phrasing of its right answer says and no other answer.
QUESTIONS = [
    ("craving", "i want to use so bad right now", "0"),
    ("coping", "how do i do box breathing", "reath"),
    ("session", "when is group on thursday", "Thu"),
    ("program", "what is IOP", "outpatient"),
    ("prospect", "how much does it cost", "your plan|insurance"),
    ("handoff", "can i talk to a real person please", "staff"),
    ("account", "what do you have stored about me", "message"),
    ("smalltalk", "thank you so much", "welcome|Any time|Glad it helped"),
    ("out_of_scope", "what is the capital of australia", "outside of what I|can't help with that|be guessing"),
]


async def test_start_says_what_it_is(person: Person) -> None:
    person.say("/start")
    reply = await person.reply("automated assistant, not a person")
    assert "988" in reply["text"]
    assert "I'm craving" in person.buttons()


@pytest.mark.parametrize(("topic", "question", "says"), QUESTIONS, ids=[row[0] for row in QUESTIONS])
async def test_each_topic_is_answered(person: Person, topic: str, question: str, says: str) -> None:
    person.say(question)
    reply = await person.reply(re.compile(says), timeout=20)
    assert "having trouble" not in reply["text"]
    assert "not sure what you meant" not in reply["text"]


@pytest.mark.parametrize("question", ["¿qué es el programa IOP?", "quiero hablar con una persona"])
async def test_spanish_is_answered_in_spanish(person: Person, question: str) -> None:
    person.say(question)
    assert detect((await person.reply(timeout=20))["text"]) == "es"


async def test_the_first_words_in_spanish_are_understood(stack: Stack, telegram: TelegramApi) -> None:
    person = Person(telegram, 8101, language_code="es")
    person.say("hola")
    reply = await person.reply(timeout=20)
    assert detect(reply["text"]) == "es"
    assert not re.search("entenderte|No estoy seguro|decir algo", reply["text"])


async def test_a_craving_by_buttons_from_rating_to_rating(person: Person) -> None:
    person.say("i want to use so bad right now")
    await person.reply(re.compile(r"\b0\b"), timeout=20)
    person.press("8")
    await person.reply(re.compile("set it off|just before|woke it up"), timeout=20)
    person.press("A feeling")
    await person.reply(re.compile("minutes"), timeout=20)
    person.press("Start")
    reply = await person.reply("1/", timeout=20)
    pages = int(reply["text"].split("/")[1].split(".")[0])
    for page in range(2, pages + 1):
        person.press("Next")
        await person.reply(f"{page}/{pages}", timeout=20)
    person.press("Done")
    await person.reply(re.compile("now"), timeout=20)
    person.press("4")
    await person.reply(re.compile("8 .*4"), timeout=20)


async def test_a_call_back_by_buttons_reaches_the_intake_staff(
    person: Person, telegram: TelegramApi, counselor: Person
) -> None:
    group = Person(telegram, counselor.user_id, STAFF_GROUP)
    person.say("how much does it cost")
    await person.reply(timeout=20)
    person.press("Ask for a call")
    await person.reply("first name", timeout=20)
    person.say("Demo Maria")
    await person.reply("phone number", timeout=20)
    person.say("555 010 2233")
    await person.reply("good time", timeout=20)
    person.press("Morning")
    await person.reply("insurance", timeout=20)
    person.press("Medicaid")
    await person.reply("Anything intake should know", timeout=20)
    person.press("Skip")
    await person.reply("Demo Maria", timeout=20)
    person.press("Send")
    asked = await group.reply("Demo Maria", timeout=20)
    assert "555" in asked["text"]


async def test_risk_to_acknowledgement(stack: Stack, telegram: TelegramApi, person: Person, counselor: Person) -> None:
    group = Person(telegram, counselor.user_id, STAFF_GROUP)
    outsider = Person(telegram, 6666, STAFF_GROUP)
    person.say("i have the pills lined up and im going to kill myself tonight")
    first = await person.reply()
    assert "911" in first["text"]
    assert "have been alerted" not in first["text"]
    alert = await group.reply("suicide")
    assert "EMERGENCY" in alert["text"]
    assert "pills" not in alert["text"]  # the words stay in the program's own database
    await person.reply("have been alerted now")
    refused = outsider.press("Acknowledge")
    assert "Only staff" in (await outsider.answered(refused))["text"]
    pressed = group.press("Acknowledge")
    assert "You have it" in (await group.answered(pressed))["text"]
    changed = await group.edited("acknowledged")
    assert "Demo Cleo (counselor)" in changed["text"]
    assert "Demo Cleo (counselor) has seen this" in (await person.reply("has seen this"))["text"]
    group.press("Resolve")
    await group.edited("acknowledged")  # the same words, with the buttons that ask how it ended
    group.press("Spoke with them")
    await group.edited("resolved")
    assert sum("suicide" in text for text in telegram.texts(STAFF_GROUP)) == 1


async def test_staff_reply_to_an_alert_and_the_person_hears_it_from_them(
    telegram: TelegramApi, person: Person, counselor: Person
) -> None:
    group = Person(telegram, counselor.user_id, STAFF_GROUP)
    person.say("i cut myself again last night and i want to do it again")
    alert = await group.reply("Console")
    group.say("Hi, this is Cleo. Can I call you?", reply_to=alert["message_id"])
    await person.reply("has joined this chat")
    assert "Can I call you?" in (await person.reply("Demo Cleo (counselor):"))["text"]
    private = Person(telegram, counselor.user_id)
    person.say("yes please call")
    assert "yes please call" in (await private.reply("yes please"))["text"]


async def test_staff_hear_of_a_changed_message_that_only_the_meaning_reader_understands(
    telegram: TelegramApi, person: Person, counselor: Person
) -> None:
    group = Person(telegram, counselor.user_id, STAFF_GROUP)
    written = person.say("/help")
    await person.reply("in your own words")
    person.edit(written["message_id"], "i have lined up everything in the bathroom and locked the door, sorry mom")
    await group.reply("suicide", timeout=20)  # an alert, or the note that it may be about that


async def test_a_message_to_staff_that_only_the_meaning_reader_understands_raises_an_alert(
    telegram: TelegramApi, person: Person, counselor: Person
) -> None:
    group, private = Person(telegram, counselor.user_id, STAFF_GROUP), Person(telegram, counselor.user_id)
    person.say("/staff")
    await group.reply("Asked for a person")
    group.press("I'll take it")
    await person.reply("has joined this chat")
    person.say("the rope is in the garage and i keep going out there to look at it")
    await private.reply("the rope")
    assert "suicide" in (await group.reply("Console", timeout=20))["text"]
    await person.reply("988", timeout=20)


async def test_a_linked_participant_hears_of_their_own_next_session(stack: Stack, person: Person) -> None:
    person.say(f"/start {stack.link_code(participant='DEMO-001')}")
    await person.reply("Demo Alex")
    await person.reply()
    person.say("when is my next session")
    reply = await person.reply(timeout=20)
    assert "can't see your own schedule" not in reply["text"]
    assert "PM" in reply["text"] or "AM" in reply["text"]


async def test_somebody_else_hears_the_public_timetable_only(person: Person) -> None:
    person.say("when is my next session")
    reply = await person.reply(timeout=20)
    assert "Individual" not in reply["text"]


async def test_a_button_goes_on_with_the_talk(person: Person) -> None:
    person.say("/start")
    await person.reply("automated assistant")
    person.press("About the program")
    assert "outpatient" in (await person.reply(timeout=20))["text"]


async def test_what_looks_like_an_intent_is_not_one(person: Person) -> None:
    person.say('/account_delete{"confirmed": "yes"}')
    reply = await person.reply(timeout=20)
    assert "delete" not in reply["text"].lower()


async def test_no_words_names_or_tokens_in_any_log(
    stack: Stack, telegram: TelegramApi, person: Person, counselor: Person
) -> None:
    secret = "xylophonic-wombat-9431"
    person.say(f"my name is {secret} and i want to kill myself {secret}")
    await person.reply()
    await person.reply("have been alerted now")
    person.say(f"{secret} when is group")
    await person.reply(timeout=20)
    logs = stack.logs()
    assert secret not in logs
    assert telegram.token not in logs
    assert "Traceback" not in logs
