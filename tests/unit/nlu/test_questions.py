"""Cutting at questions: no letter is lost, and what is one question stays one."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.nlu.questions import MOST, split

_WORDS = st.sampled_from([
    "what", "time", "is", "group", "and", "how", "much", "does", "it", "cost", "also", "can", "my", "?", ".", ",", "!",
    "¿", "y", "cuánto", "cuesta", "dónde", "es", "i", "drink", "5 p.m.", "Dr.", "do", "you", "\n", "tell me",
])  # fmt: skip


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("what time is group tomorrow", ["what time is group tomorrow"]),
        (
            "what time is group tomorrow and how much does it cost?",
            ["what time is group tomorrow", "how much does it cost?"],
        ),
        ("do you take medicaid? also can my mom visit", ["do you take medicaid?", "can my mom visit"]),
        ("¿a qué hora es el grupo y cuánto cuesta?", ["¿a qué hora es el grupo", "cuánto cuesta?"]),
        ("¿Cuánto cuesta?¿Aceptan Medicaid?", ["¿Cuánto cuesta?", "¿Aceptan Medicaid?"]),
        ("when is group, how much is it, do u take aetna", ["when is group", "how much is it", "do u take aetna"]),
        ("tell me where you are and what time you open", ["tell me where you are", "what time you open"]),
        ("i can't make it tonight, also when is the next one", ["i can't make it tonight", "when is the next one"]),
        ("can i see Dr. Lee at 5 p.m. today?", ["can i see Dr. Lee at 5 p.m. today?"]),
        # Ways of one question, and statements that only look like one.
        ("is it online or do i have to come in", ["is it online or do i have to come in"]),
        ("i want to get clean and do better", ["i want to get clean and do better"]),
        ("i drink and when i drink i get mad", ["i drink and when i drink i get mad"]),
        ("quiero dejarlo y cuando me siento solo es peor", ["quiero dejarlo y cuando me siento solo es peor"]),
    ],
)
def test_is_cut_where_another_question_begins(text: str, questions: list[str]) -> None:
    assert [part.question for part in split(text)] == questions


def test_says_what_asks() -> None:
    parts = split("I'm new. I work nights. how long is it? and i have aetna")
    assert [(part.question, part.asks) for part in parts] == [
        ("I'm new. I work nights.", False),
        ("how long is it?", True),
        ("i have aetna", False),
    ]


def test_a_long_story_stays_whole() -> None:
    assert len(split("i did this and then that happened. " * 20 + "when is group? how much is it?")) == 1


@given(st.one_of(st.text(max_size=300), st.lists(_WORDS, max_size=40).map(" ".join)))
@example("? ? ?")
@example("\n0?")
@example("İ ﬁ ½? what is it")
def test_no_letter_is_lost(text: str) -> None:
    parts = split(text)
    assert "".join(part.text for part in parts) == text
    assert sum(part.asks for part in parts) <= MOST
    if len(parts) > 1:
        assert all(part.question for part in parts)
