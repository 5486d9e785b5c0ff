"""Asking for a person, and saying honestly whether one is there."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import conversation_id, message_id
from bot.clock import clock
from bot.db.engine import reading, transaction
from bot.escalation.office import staffed
from bot.escalation.requests import HandoverOutcome, request_person


def _request(conversation: str, message: int | None) -> HandoverOutcome:
    with transaction() as session:
        return request_person(session, conversation, message, clock.now())


def _staff_are_in() -> bool:
    with reading() as session:
        return staffed(session, clock.now())


def wording(outcome: HandoverOutcome) -> str:
    """Choose the response that is true of what happened: passed on or only listed, staff in or out, asked before."""
    if outcome.taken:
        return "utter_handoff_taken"
    if not outcome.opened:
        return "utter_handoff_already"
    when = "now" if outcome.staffed_now else "later"
    return f"utter_handoff_passed_{when}" if outcome.told else f"utter_handoff_listed_{when}"


class ActionHandoffRequest(Action):
    """Asks the staff for a person in this conversation."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_handoff_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:  # noqa: ARG002
        """Open the request and say what is true of it."""
        outcome = await asyncio.to_thread(_request, conversation_id(tracker), message_id(tracker))
        dispatcher.utter_message(response=wording(outcome))
        return []


class ActionHandoffStatus(Action):
    """Says whether staff are in at this time, by the program's hours and closed days."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_handoff_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:  # noqa: ARG002
        """Look at the clock, the program's hours and its closed days."""
        now_in = await asyncio.to_thread(_staff_are_in)
        dispatcher.utter_message(response="utter_handoff_staff_in" if now_in else "utter_handoff_staff_out")
        return []
