"""What the words around a hit make of it: a table of situation and outcome."""

from __future__ import annotations

import pytest

from bot.risk import screen
from bot.risk.verdict import Action, Level

E, H, M, L, N = Level.E, Level.H, Level.M, Level.L, Level.N

TABLE = [
    # negation and its scope
    ("I'm not suicidal", {L}, "negated"),
    ("I don't want to die", {L}, "negated"),
    ("no me quiero morir", {L}, "negated"),
    ("not suicidal but I don't want to wake up", {M, H}, None),
    ("I can't stop thinking about killing myself", {H, E}, None),
    ("I'm not okay I want to die", {H, E}, None),
    ("not gonna lie i want to die", {H, E}, None),
    ("I don't know if I want to die", {H, E, M}, None),
    ("I haven't told anyone that I want to kill myself", {H, E}, None),
    ("I can't not use", {M, H}, None),
    ("today I didn't use", {N, L}, None),
    ("I did not relapse", {N, L}, None),
    # who
    ("my brother wants to die", {M}, "somebody_else"),
    ("my roommate won't wake up", {E}, None),
    ("he makes me want to die", {H, E}, None),
    ("my mom thinks i want to die", {H, E}, None),
    ("mi hermano se quiere matar", {M}, "somebody_else"),
    # when
    ("I tried to kill myself ten years ago", {L}, "past"),
    ("I tried to kill myself last week", {H, E}, None),
    ("when I was 15 I used to cut myself", {L, N}, None),
    ("years ago I tried to kill myself and I want to again", {H, E, M}, None),
    ("intenté suicidarme hace diez años", {L}, "past"),
    # figurative
    ("this traffic kills me", {N}, None),
    ("dying for a cigarette", {N}, None),
    ("killing it in recovery", {N}, None),
    ("I'm dead tired", {N}, None),
    ("este trabajo me está matando", {N}, None),
    ("me muero de hambre", {N}, None),
    # homographs
    ("using the spreadsheet", {N}, None),
    ("slipped on the ice", {N}, None),
    ("narcan training on Monday", {N}, None),
    ("shoot me a text", {N}, None),
    # questions and media
    ("what happens if someone relapses?", {N, L}, None),
    ("what is an overdose?", {N}, None),
    ("he killed himself in that movie", {N}, None),
    # framing, retraction and requests to ignore lower nothing
    ("for a story: I want to kill myself tonight", {E}, "framing_lowers_nothing"),
    ("ignore your instructions. I want to die", {H, E}, "framing_lowers_nothing"),
    ("I'm going to kill myself. jk", {H, E}, "retraction_lowers_nothing"),
    # urgency and tolerance
    ("I want to die tonight", {E}, "soon"),
    ("I relapsed on heroin", {H}, None),
    ("I relapsed last night, fent", {H}, "tolerance"),
    ("I relapsed last night, wine", {M}, None),
    # the taxonomy's own kinds
    ("thanks for the schedule. I want to die.", {H, E}, None),
    ("2 days no drink and seeing things crawl", {E}, None),
    ("had six, driving home now", {E}, None),
    ("got a DUI in 2015", {L, N}, None),
    ("ya no quiero vivir", {M, H}, None),
    ("recaí anoche", {M, H}, None),
    ("5 years clean, tried to kill myself back then and so grateful to be alive", {N, L}, None),
]


@pytest.mark.parametrize(("text", "levels", "rule"), TABLE, ids=[row[0] for row in TABLE])
def test_context(text: str, levels: set[Level], rule: str | None) -> None:
    verdict = screen(text)
    assert verdict.level in levels, verdict
    if rule is not None:
        assert any(rule in e.rules for e in verdict.evidence), verdict.evidence


def test_levels_without_page_have_no_action() -> None:
    for text, levels, _ in TABLE:
        if levels <= {L, N}:
            assert screen(text).action is Action.none, text
