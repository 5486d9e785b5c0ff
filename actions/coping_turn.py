"""What the craving and coping actions share: reading the turn, and setting several slots at once."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from sqlalchemy.exc import SQLAlchemyError

from actions.turn import conversation_id, message_id
from bot.clock import clock
from bot.coping.log import record_craving
from bot.db.engine import transaction

logger = logging.getLogger(__name__)

# A flow that is over, or about to begin.
EMPTY: dict[str, Any] = dict.fromkeys((
    "craving_rating", "craving_trigger", "craving_rating_after", "coping_skill", "coping_step", "coping_done",
    "coping_tried", "coping_answers", "coping_flow",
))  # fmt: skip


def set_slots(values: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the events that set these slots."""
    return [SlotSet(name, value) for name, value in values.items()]


def leave_loop() -> list[dict[str, Any]]:
    """Give the events that end whatever form runs."""
    return [ActiveLoop(None), SlotSet("requested_slot", None)]


def intent_of(tracker: Tracker) -> str:
    """Give the intent of the latest message, or an empty text."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def said(tracker: Tracker) -> str:
    """Give the text of the latest message; a pressed button is ``/intent``."""
    return str(tracker.latest_message.get("text") or "")


def pressed_rating(tracker: Tracker) -> int | None:
    """Give the rating that a pressed button carries, 0-10, or None."""
    if not said(tracker).startswith("/"):
        return None
    values = [str(e["value"]) for e in tracker.latest_message.get("entities") or [] if e["entity"] == "rating"]
    return next((int(v) for v in values if v.isdigit() and int(v) <= 10), None)


def answered_by(tracker: Tracker, form: str) -> list[str]:
    """Give the actions that answered this message before the form came to it, so that the form does not read it too."""
    names: list[str] = []
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            break
        if event.get("event") == "action" and event.get("name") != form:
            names.append(str(event.get("name")))
    return names


def may_ask(tracker: Tracker, form: str) -> bool:
    """Tell whether a form may ask (again): not over a call for staff, and not over a question about safety."""
    return not intent_of(tracker).startswith("handoff_") and "action_risk_return" not in answered_by(tracker, form)


async def keep_craving(tracker: Tracker, **values: Any) -> None:
    """Write the craving down (arguments of ``record_craving``); the person's exercise goes on when that fails."""
    try:
        await asyncio.to_thread(_record, conversation_id(tracker), message_id(tracker), values)
    except SQLAlchemyError as error:
        logger.warning("A craving was not written down: %s", type(error).__name__)


def _record(conversation: str, message: int | None, values: dict[str, Any]) -> None:
    with transaction() as session:
        record_craving(session, conversation, message, now=clock.now(), **values)
