"""Answers to a safety question as people type them."""

from __future__ import annotations

import pytest

from bot.risk_dialogue.answers import read_answer
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
