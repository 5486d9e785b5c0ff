"""The actions around a disclosure and around asking for a person: thin, and true in what they say."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.fallback import ActionClarify, ActionDefaultFallback
from actions.handoff import wording
from actions.risk import ActionRiskAnswer, ActionRiskRespond, verdict_of
from bot.escalation.requests import HandoverOutcome


def tracker(text: str, intent: str, slots: dict[str, Any] | None = None, **message: Any) -> Tracker:
    latest = {"text": text, "intent": {"name": intent}, "entities": [], "metadata": {}, **message}
    return Tracker("someone", slots or {}, latest, [], False, None, {}, "action_listen")


@pytest.mark.parametrize(
    ("outcome", "response"),
    [
        (HandoverOutcome(opened=True, staffed_now=True), "utter_handoff_passed_now"),
        (HandoverOutcome(opened=True, staffed_now=False), "utter_handoff_passed_later"),
        (HandoverOutcome(opened=True, staffed_now=True, told=False), "utter_handoff_listed_now"),
        (HandoverOutcome(opened=True, staffed_now=False, told=False), "utter_handoff_listed_later"),
        (HandoverOutcome(opened=False, staffed_now=True), "utter_handoff_already"),
        (HandoverOutcome(opened=False, staffed_now=True, taken=True), "utter_handoff_taken"),
    ],
)
def test_what_is_said_about_asking_for_a_person(outcome: HandoverOutcome, response: str) -> None:
    assert wording(outcome) == response


def test_the_verdict_comes_with_the_message_or_the_metadata_or_the_intent() -> None:
    found = {"level": "E", "categories": ["suicide"], "action": "alert", "evidence": []}
    assert verdict_of(tracker("words", "risk_suicide", risk=found)) == found
    assert verdict_of(tracker("words", "risk_suicide", metadata={"risk": found})) == found
    bare = verdict_of(tracker("words", "risk_self_harm"))
    assert bare["action"] == "check"
    assert bare["categories"] == ["self_harm"]


async def test_a_disclosure_ends_a_form_and_keeps_its_state(installation: Any) -> None:
    dispatcher = CollectingDispatcher()
    found = {"level": "H", "categories": ["suicide"], "action": "alert", "evidence": []}
    events = await ActionRiskRespond().run(dispatcher, tracker("words", "risk_suicide", risk=found), {})
    assert {"event": "active_loop", "timestamp": None, "name": None} in events
    slots = {e["name"]: e["value"] for e in events if e["event"] == "slot"}
    assert slots["requested_slot"] is None
    assert slots["risk_stage"] == "suicide_plan"
    assert dispatcher.messages[0]["text"].startswith("Thank you")
    assert dispatcher.messages[-1]["response"] == "utter_risk_suicide_plan"


async def test_spanish_gets_spanish(installation: Any) -> None:
    dispatcher = CollectingDispatcher()
    found = {"level": "H", "categories": ["suicide"], "action": "alert", "evidence": []}
    message = tracker("palabras", "risk_suicide", {"language": "es"}, risk=found)
    await ActionRiskRespond().run(dispatcher, message, {})
    assert dispatcher.messages[0]["text"].startswith("Gracias")


async def test_a_button_and_typed_words_answer_alike(installation: Any) -> None:
    typed, pressed = CollectingDispatcher(), CollectingDispatcher()
    slots = {"risk_stage": "suicide_plan", "risk_level": "H", "risk_category": "suicide"}
    await ActionRiskAnswer().run(typed, tracker("not really", "smalltalk_deny", dict(slots)), {})
    button = tracker("/risk_answer{}", "risk_answer", dict(slots), entities=[
        {"entity": "risk_reply", "value": "no"}, {"entity": "risk_step", "value": "suicide_plan"},
    ])  # fmt: skip
    await ActionRiskAnswer().run(pressed, button, {})
    assert [m["response"] for m in typed.messages] == [m["response"] for m in pressed.messages]


async def test_not_understood_asks_and_takes_the_turn_back_where_no_rule_fits() -> None:
    dispatcher = CollectingDispatcher()
    message = tracker("blub", "nlu_fallback", intent_ranking=[{"name": "session_next", "confidence": 0.3}])
    assert await ActionClarify().run(dispatcher, message, {}) == []
    assert dispatcher.messages[0]["response"] == "utter_clarify"
    assert dispatcher.messages[0]["buttons"][0]["payload"] == "/session_next"
    events = await ActionDefaultFallback().run(CollectingDispatcher(), message, {})
    assert [e["event"] for e in events] == ["rewind"]
