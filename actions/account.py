"""What is stored about a person: shown, given as a copy, deleted; messages stopped; the record disconnected."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import AllSlotsReset, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session

from actions.turn import conversation_id
from bot.clock import clock
from bot.db.engine import transaction
from bot.people import privacy
from bot.people.preferences import resume_messages, stop_messages, unlink
from bot.settings import settings

Given = TypeVar("Given")
Events = list[dict[str, Any]]


async def _do(tracker: Tracker, use_case: Callable[[Session, str, datetime], Given]) -> Given:
    def work() -> Given:
        with transaction() as session:
            return use_case(session, conversation_id(tracker), clock.now())

    return await asyncio.to_thread(work)


class ActionAccountSummary(Action):
    """Says what is stored."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_account_summary"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:  # noqa: ARG002
        """Say how much there is, and what may be done with it."""
        stored = await _do(tracker, privacy.summary)
        dispatcher.utter_message(response="utter_account_what_stored", **stored)
        return []


class ActionAccountExport(Action):
    """Gives a link to a copy of everything."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_account_export"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:  # noqa: ARG002
        """Have a short-lived token made and show where it leads."""
        token = await _do(tracker, privacy.export)
        link = f"{settings().public_address}/export/{token}"
        dispatcher.utter_message(response="utter_account_export_ready", export_link=link)
        return []


class ActionAccountDelete(Action):
    """Deletes what is stored, once the person has confirmed it by button."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_account_delete"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:  # noqa: ARG002
        """Delete, say so, and forget what the dialogue remembers."""
        await _do(tracker, privacy.delete)
        dispatcher.utter_message(response="utter_account_deleted")
        return [AllSlotsReset(), SlotSet("language", tracker.get_slot("language"))]


class ActionAccountUnlink(Action):
    """Disconnects the chat from the participant's record."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_account_unlink"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:  # noqa: ARG002
        """Disconnect and say what changed."""
        done = await _do(tracker, unlink)
        dispatcher.utter_message(response="utter_account_unlinked" if done else "utter_account_not_linked")
        return []


class ActionAccountStop(Action):
    """Stops messages that the person did not ask for."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_account_stop"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:  # noqa: ARG002
        """Stop at once: nobody has to confirm that they want to be left alone."""
        await _do(tracker, stop_messages)
        dispatcher.utter_message(response="utter_account_stopped")
        return []


class ActionAccountResume(Action):
    """Allows messages again."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_account_resume"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:  # noqa: ARG002
        """Allow them and say so."""
        await _do(tracker, resume_messages)
        dispatcher.utter_message(response="utter_account_resumed")
        return []
