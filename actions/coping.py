"""Guided exercises: start one, read each reply, show the next page, close it and say what changed."""

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
    said,
    set_slots,
)
from actions.turn import language
from bot.coping.closing import change_of
from bot.coping.flow import Exercise, advance, another, begin, current_step
from bot.coping.guide import page
from bot.coping.naming import read_naming
from bot.coping.replies import read_reply, skill_of

# After one of these the page itself is shown; after any other answer the form only offers to go on.
_BEGINNINGS = {"action_coping_start", "action_craving_choose", "utter_coping_resume"}


def exercise_of(tracker: Tracker) -> Exercise:
    """Give the exercise that the slots hold."""
    return Exercise(
        skill=tracker.get_slot("coping_skill") or "",
        step=int(tracker.get_slot("coping_step") or 0),
        tried=tuple(tracker.get_slot("coping_tried") or ()),
        answers=tuple(tracker.get_slot("coping_answers") or ()),
        trigger=tracker.get_slot("craving_trigger"),
        rating=tracker.get_slot("craving_rating"),
    )


def as_slots(state: Exercise) -> dict[str, Any]:
    """Give the slots that hold an exercise."""
    return {
        "coping_skill": state.skill,
        "coping_step": state.step,
        "coping_tried": list(state.tried),
        "coping_answers": list(state.answers),
        "coping_done": state.done or None,
        "craving_rating_after": state.rating_after,
    }


class ActionCopingStart(Action):
    """Starts the skill that was asked for, or the next best one."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_coping_start"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Set the exercise to its opening; a craving that was rated stays with it."""
        state, wanted = exercise_of(tracker), skill_of(intent_of(tracker))
        started = begin(state, wanted) if wanted else another(state)
        return [*leave_loop(), *set_slots({**as_slots(started), "coping_flow": "exercise"})]


class ValidateCopingForm(FormValidationAction):
    """Reads each reply in an exercise, and the rating after it."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "validate_coping_form"

    async def required_slots(
        self,
        domain_slots: list[str],
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Any,
    ) -> list[str]:
        """Ask for a rating afterwards only where there was one before, and the person went through."""
        rated = tracker.get_slot("craving_rating") is not None and tracker.get_slot("coping_done") != "stopped"
        return domain_slots if rated else [slot for slot in domain_slots if slot != "craving_rating_after"]

    async def extract_coping_done(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Any,
    ) -> dict[str, Any]:
        """Say that the message is ours; what it changes is worked out in the validation."""
        if tracker.get_slot("requested_slot") != "coping_done" or answered_by(tracker, "coping_form"):
            return {}
        return {"coping_done": "reply"} if self._reply(tracker) else {}

    async def extract_craving_rating_after(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Any,
    ) -> dict[str, Any]:
        """Take the rating afterwards."""
        if tracker.get_slot("requested_slot") != "craving_rating_after" or answered_by(tracker, "coping_form"):
            return {}
        named = read_naming(said(tracker), intent_of(tracker), pressed_rating(tracker), "craving_rating")
        if named is None:
            return {}
        if named.problem:
            kind = "range" if named.problem == "range" else "unclear"
            dispatcher.utter_message(response=f"utter_craving_rating_{kind}")
        return {"craving_rating_after": named.rating}

    def validate_coping_done(
        self,
        value: Any,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Any,
    ) -> dict[str, Any]:
        """Apply the reply to the exercise."""
        reply = self._reply(tracker) if value == "reply" else None
        if reply is None:
            return {"coping_done": value}
        turn = advance(exercise_of(tracker), reply, said(tracker), language(tracker))
        if turn.words:
            dispatcher.utter_message(text=turn.words)
        if turn.response:
            dispatcher.utter_message(response=turn.response)
        return as_slots(turn.state)

    def validate_craving_rating_after(
        self,
        value: Any,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Any,
    ) -> dict[str, Any]:
        """Keep a whole number from 0 to 10 and nothing else."""
        return {"craving_rating_after": value if isinstance(value, int) and 0 <= value <= 10 else None}

    @staticmethod
    def _reply(tracker: Tracker) -> Any:
        state = exercise_of(tracker)
        step = current_step(state)
        return read_reply(
            said(tracker),
            intent_of(tracker),
            step=state.step,
            asks=bool(step and step.asks),
            has_craving=state.rating is not None,
        )


class ActionAskCopingDone(Action):
    """Shows the page of the exercise that the person is on."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_ask_coping_form_coping_done"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Show the page; after a question in between only offer to go on."""
        if not may_ask(tracker, "coping_form"):
            return []
        answered = answered_by(tracker, "coping_form")
        if answered and not _BEGINNINGS.intersection(answered):
            dispatcher.utter_message(response="utter_coping_continue")
            return []
        state = exercise_of(tracker)
        shown = page(state.skill, state.step, language(tracker), state.answers, state.rating)
        dispatcher.utter_message(text=shown.text, buttons=shown.buttons, json_message=shown.custom)
        return []


class ActionAskRatingAfter(Action):
    """Asks how strong the craving is now."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_ask_coping_form_craving_rating_after"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Ask, where asking is right."""
        if may_ask(tracker, "coping_form"):
            dispatcher.utter_message(response="utter_ask_craving_rating_after")
        return []


class ActionCopingClose(Action):
    """Ends an exercise: says what changed, or that it can be taken up again."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_coping_close"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Close; a craving that is still strong stays open, so that another skill begins where this one ended."""
        if tracker.get_slot("coping_done") == "stopped":
            dispatcher.utter_message(response="utter_coping_stopped")
            return set_slots({"coping_done": None})
        before, after = tracker.get_slot("craving_rating"), tracker.get_slot("craving_rating_after")
        change = change_of(before, after)
        dispatcher.utter_message(response=change.response, before=before, after=after)
        state = exercise_of(tracker)
        if after is not None:
            await keep_craving(
                tracker, rating_before=before, rating_after=after, trigger=state.trigger, skill=state.skill
            )
        kept = {"craving_rating": after, "craving_trigger": state.trigger} if change.stays_open else {}
        return set_slots({**EMPTY, "coping_tried": [*state.tried, state.skill], **kept})


class ActionCopingStop(Action):
    """Leaves what runs; it can be taken up again."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_coping_stop"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Say so, and keep the place."""
        runs = tracker.get_slot("coping_flow") is not None
        dispatcher.utter_message(response="utter_coping_stopped" if runs else "utter_coping_nothing_to_stop")
        return leave_loop()
