"""Answers to a safety question as people type them."""

from __future__ import annotations

import pytest

from bot.risk_dialogue.answers import asks, read_answer
from bot.risk_dialogue.steps import Step, find_step


def _step(name: str) -> Step:
    found = find_step(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("yes", "yes"),
        ("Yes.", "yes"),
        ("YESSS", "yes"),
        ("yeah kinda", "yes"),
        ("yes i have a plan", "yes"),
        ("i have", "yes"),
        ("sometimes", "yes"),
        ("👍", "yes"),
        ("👍🏽", "yes"),
        ("sí", "yes"),
        ("si, a veces", "yes"),
        ("no", "no"),
        ("nah", "no"),
        ("Not really", "no"),
        ("no im with my mom", "no"),
        ("i don’t think so", "no"),
        ("not anymore", "no"),
        ("nah im good", "no"),
        ("no no creo", "no"),
        ("para nada", "no"),
        ("👎", "no"),
        ("idk", "unsure"),
        ("i don't know", "unsure"),
        ("maybe", "unsure"),
        ("maybe a little bit of it yes", "unsure"),
        ("not sure tbh", "unsure"),
        ("no idea", "unsure"),
        ("no sé", "unsure"),
        ("tal vez", "unsure"),
        ("🤷", "unsure"),
        ("no but i wish it was over", "unsure"),
        ("jk", "retract"),
        ("lol jk", "retract"),
        ("just kidding bro", "retract"),
        ("nvm forget it", "retract"),
        ("haha", "retract"),
        ("😂😂", "retract"),
        ("es broma", "retract"),
        ("i'm fine", "no"),
        ("really im fine", "no"),
        ("estoy bien", "no"),
        ("what time is group", None),
        ("when is my next session and who leads it", None),
        ("", None),
        ("...", None),
        ("ok", None),
        ("yesterday was a good day", None),
        ("nobody told me about the meeting place", None),
        ("i can't do this anymore", None),
        ("nothing matters", None),
        ("no one cares", None),
        ("i have been crying all day", None),
        ("right now i just feel numb", None),
        ("no quiero hablar de eso", None),
        ("i dont want to go to the hospital", "refusal"),
        ("im not calling 911", "refusal"),
        ("please dont call the cops", "refusal"),
        ("no quiero ir a urgencias", "refusal"),
        ("no hospitals", "refusal"),
        ("nothing", "no"),
    ],
)
def test_answers_to_the_direct_question(text: str, reply: str | None) -> None:
    assert read_answer(text, _step("suicide_ask")) == reply


@pytest.mark.parametrize(
    ("text", "step", "reply"),
    [
        ("i'm fine", "suicide_alone", "yes"),
        ("i'm safe", "abuse_safe", "yes"),
        ("ok", "abuse_safe", "yes"),
        ("i'm not calling 988", "suicide_call", "no"),
        ("i dont want to go to the hospital", "withdrawal_severe", "refusal"),
        ("sure", "relapse_hour", "yes"),
        ("ok", "suicide_plan", None),
        ("my sister is here", "suicide_alone", "yes"),
        ("estoy con mi mamá", "suicide_alone", "yes"),
        ("im all alone", "suicide_alone", "no"),
        ("nobody", "suicide_alone", "no"),
        ("just me", "medical_with", "no"),
        ("alone", "suicide_ask", None),
    ],
)
def test_answers_depend_on_the_question(text: str, step: str, reply: str | None) -> None:
    assert read_answer(text, _step(step)) == reply


def test_a_long_message_that_opens_with_no_is_not_only_a_no() -> None:
    text = "no i was at my cousins place all day and then we went out and it got late and i did not come home"
    assert read_answer(text, _step("suicide_ask")) is None


@pytest.mark.parametrize(
    ("text", "step", "reply"),
    [
        ("i know where my dads gun is", "suicide_means", "yes"),
        ("its locked up at my sisters", "suicide_means", "no"),
        ("they will lock me up if i call", "suicide_call", "no"),
        ("with my pills", "suicide_plan", "yes"),
        ("i have narcan", "overdose_naloxone", "yes"),
        ("i dont have any narcan", "overdose_naloxone", "no"),
        ("hes breathing now", "overdose_awake", "yes"),
        ("still not waking up", "overdose_awake", "no"),
        ("kind of confused", "withdrawal_severe", "unsure"),
        ("im seeing things", "withdrawal_severe", "yes"),
        ("vodka", "withdrawal_what", "yes"),
        ("just heroin", "withdrawal_what", "no"),
        ("my sister can drive me i guess", "withdrawal_ride", "yes"),
        ("it was dope", "relapse_opioids", "yes"),
        ("just beer", "relapse_opioids", "no"),
        ("almost home", "driving_parked", "no"),
        ("ok pulled over", "driving_parked", "yes"),
        ("my brother can come", "driving_ride", "yes"),
        ("hes at work", "abuse_safe", "yes"),
        ("he is in the next room", "abuse_safe", "no"),
        ("he says he will do it again", "abuse_danger", "yes"),
        ("no he pensado como", "suicide_plan", "no"),
    ],
)
def test_each_question_knows_its_own_words(text: str, step: str, reply: str) -> None:
    assert read_answer(text, _step(step)) == reply


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("when is group tomorrow", True),
        ("ok and where is it", True),
        ("my session is when?", True),
        ("i need to talk to somebody", True),
        ("quiero hablar con alguien", True),
        ("i know where my dads gun is", False),
        ("just so tired of starting over", False),
        ("my ex is outside the bar", False),
    ],
)
def test_a_question_is_told_from_going_on(text: str, asked: bool) -> None:
    assert asks(text) == asked
