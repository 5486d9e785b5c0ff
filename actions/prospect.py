"""Insurance by name, and the request for a call: its form, its summary, sending it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.exc import SQLAlchemyError

from actions.turn import conversation_id, entity, language, message_id
from bot.clock import clock
from bot.db.engine import transaction
from bot.people.intake_form import FIELDS, Said, next_step, read_answer, read_opening
from bot.people.prospects import ProspectError, request_callback
from bot.program import program

log = logging.getLogger(__name__)

_PREFIX = "prospect_"
_STEPS = (*FIELDS, "confirm", "change")
# What the summary shows for a button's value, and for a step that was skipped.
_SPANISH = {
    "": "no la dijo", "morning": "en la mañana", "afternoon": "en la tarde", "evening": "en la noche",
    "any time": "a cualquier hora", "No insurance": "sin seguro",
}  # fmt: skip


def _values(tracker: Tracker) -> dict[str, str | None]:
    return {step: tracker.get_slot(_PREFIX + step) for step in _STEPS}


def _cleared() -> list[dict[str, Any]]:
    return [SlotSet(_PREFIX + step, None) for step in _STEPS]


def _said(tracker: Tracker) -> Said:
    message = tracker.latest_message
    intent = message.get("intent") or {}
    return Said(
        text=message.get("text") or "", intent=str(intent.get("name") or ""),
        confidence=float(intent.get("confidence") or 0), button=entity(tracker, "intake_answer"),
        insurance=entity(tracker, "insurance"),
    )  # fmt: skip


class ValidateProspectForm(FormValidationAction):
    """Reads each turn while the form is open; leaves questions and risk to the rules of their topics."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "validate_prospect_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:  # noqa: ARG002
        """Set what was said, say what cannot be used, and name the next step (none: the form is over)."""
        asked, values = tracker.get_slot("requested_slot"), _values(tracker)
        if asked:
            reading = read_answer(asked.removeprefix(_PREFIX), _said(tracker))
            if reading is None:
                # Nothing but the requested slot: Rasa takes that as "not an answer", and the rules get the turn.
                return [SlotSet("requested_slot", asked)]
        else:
            reading = read_opening(_said(tracker), values["first_name"] or tracker.get_slot("first_name"))
        if reading.say:
            dispatcher.utter_message(response=f"utter_prospect_{reading.say}")
        step = next_step({**values, **reading.values})
        changed = [SlotSet(_PREFIX + name, value) for name, value in reading.values.items()]
        return [*changed, SlotSet("requested_slot", _PREFIX + step if step else None)]


class ActionAskProspectConfirm(Action):
    """Shows the request as it would be sent."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_ask_prospect_confirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:  # noqa: ARG002
        """Fill in the summary."""
        spanish = language(tracker) == "es"
        shown = {step: value or "" for step, value in _values(tracker).items()}
        words = {
            step: (_SPANISH.get(value, value) if spanish else value or "not given") for step, value in shown.items()
        }
        dispatcher.utter_message(
            response="utter_prospect_summary", name=words["first_name"], contact=words["contact"],
            best_time=words["best_time"], insurance=words["insurance"], note=words["note"],
        )  # fmt: skip
        return []


def _send(conversation: str, message: int | None, values: dict[str, str | None]) -> None:
    with transaction() as session:
        request_callback(
            session, conversation, message, first_name=values["first_name"] or "", contact=values["contact"] or "",
            best_time=values["best_time"] or "", insurance=values["insurance"], note=values["note"], now=clock.now(),
        )  # fmt: skip


class ActionProspectFinish(Action):
    """Sends the finished request, or forgets a cancelled one. What was typed does not stay in the dialogue's slots."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_prospect_finish"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:  # noqa: ARG002
        """Store the request and say so, or say truly that it was not stored."""
        values = _values(tracker)
        if values["confirm"] != "send":
            dispatcher.utter_message(response="utter_prospect_cancelled")
            return _cleared()
        try:
            await asyncio.to_thread(_send, conversation_id(tracker), message_id(tracker), values)
        except (ProspectError, SQLAlchemyError) as error:
            # Without the traceback: it would carry what they typed.
            log.error("a request for a call was not stored: %s", type(error).__name__)  # noqa: TRY400
            dispatcher.utter_message(response="utter_prospect_not_sent")
            return [SlotSet("prospect_confirm", None)]  # the rest stays, so that asking again leads to the summary
        dispatcher.utter_message(response="utter_prospect_sent", name=values["first_name"], contact=values["contact"])
        return _cleared()


class ActionProspectInsurance(Action):
    """Answers about insurance: the plan they named, by the program's list, or the list."""

    def name(self) -> str:
        """Give the action's name in the domain."""
        return "action_prospect_insurance"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:  # noqa: ARG002
        """Look the plan up in ``program.yml``."""
        named = entity(tracker, "insurance")
        if named is None:
            dispatcher.utter_message(response="utter_prospect_insurance")
        elif named == "none":
            dispatcher.utter_message(response="utter_prospect_no_insurance")
        else:
            listed = named.casefold() in (plan.casefold() for plan in program().insurance)
            response = "utter_prospect_insurance_listed" if listed else "utter_prospect_insurance_unlisted"
            dispatcher.utter_message(response=response, insurance=named)
        return []
