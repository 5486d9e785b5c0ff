"""Cutting messages: what is said in each sentence must stay together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.sentences import sentences


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("i want to die", []),
        ("Thanks for the schedule. I want to die.", ["Thanks for the schedule.", "I want to die."]),
        ("took 3.5 mg at 6 p.m. today", []),
        ("thanks for the link\ni took all my pills", ["thanks for the link", "i took all my pills"]),
        ("Gracias. ¿A qué hora es el grupo hoy?", ["Gracias.", "¿A qué hora es el grupo hoy?"]),
    ],
)
def test_cuts_at_stops_and_lines(text: str, pieces: list[str]) -> None:
    assert sentences(text) == pieces


def test_cuts_long_runs_without_stops_at_joints() -> None:
    run = (
        "so i went to the store and i got the stuff for dinner and then my sister called and she said mom is coming "
        "and i just sat in the car because i want to die and nobody knows it"
    )
    assert len(sentences(run)) > 2
    assert any("i want to die" in piece for piece in sentences(run))


@given(st.text(max_size=2000))
def test_never_more_than_sixteen_and_no_word_is_lost(text: str) -> None:
    pieces = sentences(text)
    assert len(pieces) <= 16
    assert all(piece.strip() for piece in pieces)
