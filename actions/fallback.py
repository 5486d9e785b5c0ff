"""Not having understood: one clarifying question with the likeliest choices, and after two in a row a person."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import UserUtteranceReverted
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import language
from bot.dialogue.clarify import choices, missed_before


class ActionClarify(Action):
    """Asks what was meant."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_clarify"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:  # noqa: ARG002
        """Offer the likeliest intents as buttons, or a person if the message before was not understood either."""
        if missed_before(tracker.events):
            dispatcher.utter_message(response="utter_clarify_person")
            return []
        buttons = choices(tracker.latest_message.get("intent_ranking") or [], language(tracker))
        dispatcher.utter_message(response="utter_clarify", buttons=buttons)
        return []


class ActionDefaultFallback(ActionClarify):
    """The same where understanding was fine and no rule fits, such as a button of a flow that is over."""

    def name(self) -> str:
        """Give the name that Rasa has for it."""
        return "action_default_fallback"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Ask as above, and take the turn back, as Rasa expects: otherwise it would predict this action again."""
        await super().run(dispatcher, tracker, domain)
        return [UserUtteranceReverted()]
