"""The clarifying question: its choices, and when a person is offered instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.dialogue.clarify import choices, missed_before, titles

ROOT = Path(__file__).resolve().parents[3]


def _intents() -> set[str]:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return {name if isinstance(name, str) else next(iter(name)) for name in domain["intents"]}


def test_titles_are_of_real_intents_and_fit_a_button() -> None:
    assert set(titles()) <= _intents()
    for intent, both in titles().items():
        assert set(both) == {"en", "es"}, intent
        assert all(0 < len(title) <= 20 for title in both.values()), intent
        assert not intent.startswith("risk_")


def test_the_likeliest_three_and_something_else() -> None:
    ranking = [
        {"name": "nlu_fallback", "confidence": 0.7},
        {"name": "session_next", "confidence": 0.3},
        {"name": "risk_suicide", "confidence": 0.2},
        {"name": "session_where", "confidence": 0.2},
        {"name": "prospect_cost", "confidence": 0.1},
        {"name": "coping_menu", "confidence": 0.09},
    ]
    shown = choices(ranking, "en")
    assert [b["payload"] for b in shown] == ["/session_next", "/session_where", "/prospect_cost", "/smalltalk_menu"]
    assert choices(ranking, "es")[-1]["title"] == "Algo distinto"


def test_one_title_is_one_choice_and_noise_is_none() -> None:
    ranking = [
        {"name": "program_medication_question", "confidence": 0.3},
        {"name": "program_medication_question", "confidence": 0.3},
        {"name": "session_next", "confidence": 0.01},
    ]
    assert [b["payload"] for b in choices(ranking, "en")] == ["/program_medication_question", "/smalltalk_menu"]


def _turn(text: str, *actions: str) -> list[dict[str, Any]]:
    return [{"event": "user", "text": text}, *({"event": "action", "name": name} for name in actions)]


def test_two_in_a_row() -> None:
    missed = _turn("blub", "action_clarify", "action_listen")
    fine = _turn("hi", "utter_smalltalk_greet", "action_listen")
    now = _turn("blah")
    assert not missed_before(now)
    assert not missed_before([*fine, *now])
    assert missed_before([*fine, *missed, *now])
    assert not missed_before([*missed, *fine, *now])
