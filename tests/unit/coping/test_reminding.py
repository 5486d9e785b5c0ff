"""A form that is talked over reminds once and then waits."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions.coping_turn import may_ask

ASK = "action_ask_craving_form_craving_rating"


def turn(intent: str, *actions: str) -> list[dict[str, Any]]:
    said = {"event": "user", "text": "words", "parse_data": {"intent": {"name": intent}}}
    return [said, *({"event": "action", "name": name} for name in actions)]


BEGUN = [
    *turn("craving_now", "utter_craving_now", "action_craving_open", "craving_form"),
    {"event": "active_loop", "name": "craving_form"},
    {"event": "action", "name": ASK},
]


def tracker(*events: dict[str, Any]) -> Tracker:
    latest = next(e for e in reversed(events) if e["event"] == "user")["parse_data"]
    return Tracker("someone", {}, latest, list(events), False, None, {}, "action_listen")


def test_it_asks_at_first_and_reminds_once() -> None:
    assert may_ask(tracker(*BEGUN[:-1]), "craving_form")
    first = [*BEGUN, *turn("session_next", "action_session_next", "craving_form")]
    assert may_ask(tracker(*first), "craving_form")
    second = [*first, {"event": "action", "name": ASK}, *turn("prospect_cost", "utter_prospect_cost", "craving_form")]
    assert not may_ask(tracker(*second), "craving_form")


def test_an_answer_that_cannot_be_read_is_asked_again_each_time() -> None:
    events = BEGUN
    for _ in range(3):
        events = [*events, *turn("nlu_fallback", "validate_craving_form", "craving_form")]
        assert may_ask(tracker(*events), "craving_form")
        events = [*events, {"event": "action", "name": ASK}]


def test_begun_again_it_asks_again() -> None:
    over = [
        *BEGUN,
        *turn("session_next", "action_session_next", "craving_form"),
        {"event": "action", "name": ASK},
        {"event": "active_loop", "name": None},
    ]
    assert may_ask(tracker(*over, *BEGUN[:-1]), "craving_form")


def test_never_over_a_call_for_staff_or_a_question_about_safety() -> None:
    assert not may_ask(tracker(*BEGUN, *turn("handoff_request", "action_handoff_request")), "craving_form")
    assert not may_ask(tracker(*BEGUN, *turn("session_next", "action_risk_return")), "craving_form")
