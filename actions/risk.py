"""A message with risk, an answer to a safety question, and coming back to one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import conversation_id, entity, language, message_id, metadata
from bot.clock import clock
from bot.db.engine import transaction
from bot.risk_dialogue.answers import read_answer, refuses_help
from bot.risk_dialogue.conversation import Turn, answer, come_back, respond
from bot.risk_dialogue.reporting import take_turn
from bot.risk_dialogue.state import RiskState, from_slots, to_slots
from bot.risk_dialogue.steps import ANSWERS, find_step

Events = list[dict[str, Any]]


def verdict_of(tracker: Tracker) -> dict[str, Any]:
    """Give the verdict that came with the message; without one, what the intent alone says, which is to ask."""
    found = tracker.latest_message.get("risk") or metadata(tracker).get("risk")
    if found and found.get("action") in ("alert", "check"):
        return dict(found)
    intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
    return {"level": "M", "categories": [intent.removeprefix("risk_")], "action": "check", "evidence": []}


async def _carry_out(
    dispatcher: CollectingDispatcher, tracker: Tracker, decide: Callable[[RiskState], Turn], reader: str
) -> Events:
    def work() -> Turn:
        state, whose, which = from_slots(tracker.get_slot), conversation_id(tracker), message_id(tracker)
        with transaction() as session:
            return take_turn(session, whose, which, state=state, decide=decide, reader=reader, now=clock.now())

    turn = await asyncio.to_thread(work)
    for text in turn.texts:
        dispatcher.utter_message(text=text)
    for response in turn.responses:
        dispatcher.utter_message(response=response)
    return [SlotSet(name, value) for name, value in to_slots(turn.state).items()]


class ActionRiskRespond(Action):
    """Answers a message with risk and tells staff; whatever form was going on is over."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_risk_respond"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:  # noqa: ARG002
        """Say the first reply of the category and level, or go on with the talk."""
        verdict, sent = verdict_of(tracker), bool(metadata(tracker).get("first_reply_sent"))
        asked = find_step(tracker.get_slot("risk_stage"))
        reply = read_answer(tracker.latest_message.get("text") or "", asked) if asked else None

        def decide(state: RiskState) -> Turn:
            return respond(state, verdict, language(tracker), clock.now(), first_reply_sent=sent, reply=reply)

        events = await _carry_out(dispatcher, tracker, decide, "rasa")
        return [ActiveLoop(None), SlotSet("requested_slot", None), *events]


class ActionRiskAnswer(Action):
    """Takes an answer to a safety question, typed or by button."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_risk_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:  # noqa: ARG002
        """Read the answer and go where it leads."""
        step, pressed = entity(tracker, "risk_step"), entity(tracker, "risk_reply")
        asked = find_step(step) or find_step(tracker.get_slot("risk_stage"))
        text = tracker.latest_message.get("text") or ""
        typed = read_answer(text, asked) if asked else "refusal" if refuses_help(text) else None
        reply = pressed if pressed in ANSWERS else typed

        def decide(state: RiskState) -> Turn:
            return answer(state, reply, clock.now(), step=step)

        return await _carry_out(dispatcher, tracker, decide, "dialogue")


class ActionRiskReturn(Action):
    """Comes back to the open safety question, once, after the person's other subject was answered."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_risk_return"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:  # noqa: ARG002
        """Ask the question again."""
        return await _carry_out(dispatcher, tracker, come_back, "dialogue")
