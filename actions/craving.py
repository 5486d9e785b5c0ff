"""The craving flow: open it, read rating and trigger, choose a skill, close it when the craving passed."""

# ruff: noqa: ARG002 - Rasa prescribes the arguments

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.coping_turn import (
    EMPTY,
    answered_by,
    intent_of,
    keep_craving,
    leave_loop,
    may_ask,
    pressed_rating,
    pressed_trigger,
    said,
    set_slots,
)
from actions.turn import language
from bot.coping.choose import choose_skill
from bot.coping.naming import first_naming, opener, read_naming

_PROBLEMS = {
    "range": "utter_craving_rating_range",
    "unclear": "utter_craving_rating_unclear",
    "trigger": "utter_craving_trigger_unclear",
}


def _carried(tracker: Tracker) -> int | str | None:
    rating = pressed_rating(tracker)
    return pressed_trigger(tracker) if rating is None else rating


class ActionCravingOpen(Action):
    """Takes up a craving as it was told, and starts the flow with what the message says already."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_craving_open"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Clear an older flow; a craving that stays keeps what was tried, so that the next skill is another one."""
        intent = intent_of(tracker)
        named = first_naming(said(tracker), intent, _carried(tracker))
        first = opener(intent, named.trigger)
        if first:
            dispatcher.utter_message(response=first)
        stays = intent == "craving_still"
        start = {
            "craving_rating": named.rating,
            "craving_trigger": named.trigger or (tracker.get_slot("craving_trigger") if stays else None),
            "coping_tried": tracker.get_slot("coping_tried") if stays else None,
            "coping_flow": "craving",
        }
        return [*leave_loop(), *set_slots({**EMPTY, **start})]


class ValidateCravingForm(FormValidationAction):
    """Reads how strong it is and what set it off, and leaves everything else to its own rule."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "validate_craving_form"

    async def extract_craving_rating(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Any,
    ) -> dict[str, Any]:
        """Give what the message says about rating and trigger; nothing makes the form step aside."""
        asked = tracker.get_slot("requested_slot")
        if asked not in ("craving_rating", "craving_trigger") or answered_by(tracker, "craving_form"):
            return {}
        named = read_naming(said(tracker), intent_of(tracker), _carried(tracker), asked)
        if named is None:
            return {}
        if named.problem:
            dispatcher.utter_message(response=_PROBLEMS[named.problem])
        found = {"craving_rating": named.rating, "craving_trigger": named.trigger}
        # The slot asked for is set in any case, also to nothing: that is how the form knows that it was meant.
        return {name: value for name, value in found.items() if value is not None or name == asked}

    async def extract_craving_trigger(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Any,
    ) -> dict[str, Any]:
        """Nothing: both answers are read together above."""
        return {}

    def validate_craving_rating(
        self,
        value: Any,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Any,
    ) -> dict[str, Any]:
        """Keep a whole number from 0 to 10 and nothing else."""
        return {"craving_rating": value if isinstance(value, int) and 0 <= value <= 10 else None}

    def validate_craving_trigger(
        self,
        value: Any,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Any,
    ) -> dict[str, Any]:
        """Keep it as it was read."""
        return {"craving_trigger": value}


class ActionAskCravingRating(Action):
    """Asks how strong the craving is."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_ask_craving_form_craving_rating"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Ask, where asking is right."""
        if may_ask(tracker, "craving_form"):
            dispatcher.utter_message(response="utter_ask_craving_rating")
        return []


class ActionAskCravingTrigger(Action):
    """Asks what set the craving off."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_ask_craving_form_craving_trigger"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Ask, where asking is right."""
        if may_ask(tracker, "craving_form"):
            dispatcher.utter_message(response="utter_ask_craving_trigger")
        return []


class ActionCravingChoose(Action):
    """Chooses a skill for this craving and says why; the exercise itself begins in the coping form."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_craving_choose"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Choose, write the craving down, set the exercise to its opening."""
        rating, trigger = tracker.get_slot("craving_rating"), tracker.get_slot("craving_trigger")
        choice = choose_skill(trigger, rating, tracker.get_slot("coping_tried") or ())
        dispatcher.utter_message(text=choice.reason(language(tracker)))
        await keep_craving(tracker, rating_before=rating, rating_after=None, trigger=trigger, skill=choice.skill)
        return set_slots({
            "coping_skill": choice.skill, "coping_step": 0, "coping_done": None, "coping_answers": None,
            "craving_rating_after": None, "coping_flow": "exercise",
        })  # fmt: skip


class ActionCravingPassed(Action):
    """Ends the flow, because the craving passed by itself."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_craving_passed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Leave any form and forget the craving; its row stays as it was rated."""
        return [*leave_loop(), *set_slots(EMPTY)]
