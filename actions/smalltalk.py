"""Greeting by name, remembering a name, and changing the language."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import entity
from bot.dialogue.first_name import read_first_name
from bot.dialogue.language_choice import wanted_language


class ActionSmalltalkGreet(Action):
    """Greets, by name where one is known."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_smalltalk_greet"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:  # noqa: ARG002
        """Choose the greeting."""
        known = tracker.get_slot("first_name")
        dispatcher.utter_message(response="utter_smalltalk_greet_named" if known else "utter_smalltalk_greet")
        return []


class ActionSmalltalkName(Action):
    """Remembers the first name that the person wants."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_smalltalk_name"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:  # noqa: ARG002
        """Read the name and keep it in the slot ``first_name``."""
        wanted = read_first_name(tracker.latest_message.get("text") or "", entity(tracker, "first_name"))
        if wanted:
            dispatcher.utter_message(response="utter_smalltalk_name_saved", first_name=wanted)
            return [SlotSet("first_name", wanted)]
        known = tracker.get_slot("first_name")
        dispatcher.utter_message(response="utter_smalltalk_name_known" if known else "utter_smalltalk_name_ask")
        return []


class ActionSmalltalkLanguage(Action):
    """Changes between English and Spanish."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_smalltalk_language"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:  # noqa: ARG002
        """Set the slot ``language`` (the bot keeps it with the conversation), or ask which is wanted."""
        wanted = wanted_language(tracker.latest_message.get("text") or "", entity(tracker, "language"))
        if wanted is None:
            dispatcher.utter_message(response="utter_smalltalk_language_ask")
            return []
        # The slot still has the language of the message itself while this response is chosen.
        dispatcher.utter_message(response=f"utter_smalltalk_language_{wanted}")
        return [SlotSet("language", wanted)]
