"""A conversation is cut to its last turns, and what it is about stays."""

from __future__ import annotations

import pytest
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.tracker_store import MOST_EVENTS, ConversationStore

DOMAIN = Domain.from_yaml("""
version: "3.1"
intents: [ask, number]
slots:
  rating: {type: text, influence_conversation: false, mappings: [{type: custom}]}
  requested_slot: {type: text, influence_conversation: false, mappings: [{type: custom}]}
forms:
  craving_form: {required_slots: [rating]}
responses:
  utter_answer: [{text: "Here."}]
""")
OPENED: tuple[Event, ...] = (ActiveLoop("craving_form"), SlotSet("rating", "7"), SlotSet("requested_slot", "rating"))


def turn(number: int) -> list[Event]:
    parsed = {"intent": {"name": "ask", "confidence": 1.0}, "entities": [], "text": f"question {number}"}
    said = UserUttered(f"question {number}", parsed["intent"], [], parsed)
    return [ActionExecuted(ACTION_LISTEN_NAME), said, ActionExecuted("utter_answer")]


@pytest.mark.parametrize("opened", [(), OPENED])
async def test_a_long_conversation_stays_short_and_keeps_its_form_and_slots(opened: tuple[Event, ...]) -> None:
    store = ConversationStore(DOMAIN)
    tracker = DialogueStateTracker.from_events("7", [*turn(0), *opened], DOMAIN.slots, domain=DOMAIN)
    await store.save(tracker)
    longest = 0
    for number in range(1, 60):
        tracker = await store.retrieve("7")
        assert tracker is not None
        for event in turn(number):
            tracker.update(event, DOMAIN)
        await store.save(tracker)
        longest = max(longest, len(tracker.events))
    tracker = await store.retrieve("7")
    assert tracker is not None
    assert longest <= MOST_EVENTS + len(turn(0)) + len(opened)
    assert tracker.active_loop_name == ("craving_form" if opened else None)
    assert tracker.get_slot("rating") == ("7" if opened else None)
    assert tracker.get_slot("requested_slot") == ("rating" if opened else None)
    assert tracker.latest_message is not None
    assert tracker.latest_message.text == "question 59"
