"""Disguised words are read as plain ones, and digits that mean something stay."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.risk import screen
from bot.risk.lexicon import lexicon
from bot.risk.normalise import normalise
from bot.risk.verdict import Action, Level
from tests.unit.risk.disguises import DISGUISES

EXPLICIT = [t for e in lexicon().of_kind("risk") if e.level >= Level.H for t in e.hit]
ALLOWED_LOSS = 0.02
STACKED = ["capitals", "zero_width", "cyrillic", "accents", "newlines", "emoji_between"]
UNITS = ["", "mg", " mg", "pm", " pills", " days", "ml", "th", "k", "h"]


def _recognised(texts: list[str]) -> float:
    return sum(screen(t).action is not Action.none for t in texts) / len(texts)


@pytest.mark.parametrize("name", DISGUISES)
def test_each_disguise_is_recognised_as_often_as_plain(name: str) -> None:
    source = random.Random(4)  # noqa: S311 - a fixed sample, not a secret
    disguised = [DISGUISES[name](t, source) for t in EXPLICIT]
    lost = [d for t, d in zip(EXPLICIT, disguised, strict=True) if screen(t).action > screen(d).action is Action.none]
    assert _recognised(disguised) >= _recognised(EXPLICIT) - ALLOWED_LOSS, lost


@settings(max_examples=150, deadline=None)
@given(
    text=st.sampled_from(
        ["I want to die", "I want to kill myself", "my brother overdosed last night", "quiero morirme"]
    ),
    names=st.lists(
        st.sampled_from(["capitals", "zero_width", "cyrillic", "accents", "newlines", "emoji_between"]), max_size=3
    ),
    seed=st.integers(0, 10_000),
)
def test_disguises_on_top_of_each_other(text: str, names: list[str], seed: int) -> None:
    source = random.Random(seed)  # noqa: S311
    for name in dict.fromkeys(names):
        text = DISGUISES[name](text, source)
    assert screen(text).action is not Action.none


DIGITS = [
    "2 mg", "2mg", "10 pills", "555-123-4567", "(555) 123-4567", "10:30pm", "3:00", "12/05/2024", "90 days", "4yo",
    "5mg", "1-800-662-4357", "911", "988", "741741", "b12", "room 204", "0.5 mg", "24/7", "$40",
    "7am-3pm", "h1n1", "mp3", "100%",
]  # fmt: skip


@pytest.mark.parametrize("text", DIGITS)
def test_digits_survive(text: str) -> None:
    kept = "".join(c for c in normalise(f"it is {text} today").text if c.isdigit())
    assert kept == "".join(c for c in text if c.isdigit())


@settings(max_examples=200, deadline=None)
@given(
    number=st.integers(0, 9_999_999),
    unit=st.sampled_from(UNITS),
)
def test_any_dose_or_number_survives(number: int, unit: str) -> None:
    assert str(number) in normalise(f"at {number}{unit} ok").text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kms", "kill myself"), ("su1c1de", "suicide"), ("s u i c i d e", "suicide"), ("k.i.l.l", "kill"),
        ("c*t", "cut"),
        ("killmyself", "kill myself"), ("iwannadie", "i want to die"), ("dieeee", "die"), ("dоn't", "do not"),
        ("od'd", "overdosed"), ("my self", "myself"), ("h3r0in", "heroin"), ("fent", "fentanyl"), ("recaí", "recai"),
        ("💊", "pills"), ("suidice", "suicide"), ("wanna", "want to"), ("🅺🅸🅻🅻", "kill"), ("tryna", "trying to"),
    ],
)  # fmt: skip
def test_words_are_read(text: str, words: str) -> None:
    assert normalise(text).text == words


ORDINARY = """
therapist begun indie soldier hoodie diet audience amend together skill killer studied overdone friend weekend method
olive alive harmony charm obedient remedied comedies released homeless changing shouting loving choose booth diego
segundo tranquila cocina laguna morder skilled breeding upbeat
"""


@pytest.mark.parametrize("word", ORDINARY.split())
def test_ordinary_words_are_left_alone(word: str) -> None:
    assert normalise(word).text == word
