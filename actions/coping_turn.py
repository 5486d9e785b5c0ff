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
from bot.coping.naming import OPENERS
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
    values = _pressed(tracker, "rating")
    return next((int(v) for v in values if v.isdigit() and int(v) <= 10), None)


def pressed_trigger(tracker: Tracker) -> str | None:
    """Give the trigger that a pressed button carries, or None."""
    return next((v for v in _pressed(tracker, "trigger") if v in OPENERS), None)


def _pressed(tracker: Tracker, entity: str) -> list[str]:
    if not said(tracker).startswith("/"):
        return []
    return [str(e["value"]) for e in tracker.latest_message.get("entities") or [] if e["entity"] == entity]


def answered_by(tracker: Tracker, form: str) -> list[str]:
    """Give the actions that answered this message before the form came to it, so that the form does not read it too."""
    names: list[str] = []
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            break
        if event.get("event") == "action" and event.get("name") != form:
            names.append(str(event.get("name")))
    return names


# Actions that say nothing by themselves, or are the form's own.
_SILENT = ("validate_", "action_ask_", "action_craving_open", "action_listen", "action_extract")
# After this many times over other subjects a form waits quietly: what it asked for is still taken when it comes.
MOST_REMINDERS = 2


def may_ask(tracker: Tracker, form: str) -> bool:
    """Tell whether a form may ask (again): not over a call for staff or a question about safety, and not for ever."""
    others = answered_by(tracker, form)
    if intent_of(tracker).startswith("handoff_") or "action_risk_return" in others:
        return False
    return not _spoken(others) or _reminders(tracker, form) < MOST_REMINDERS


def _spoken(names: list[str]) -> bool:
    """Tell whether another action of this turn said something (not a form's own, and not the start of a flow)."""
    return any(not name.startswith(_SILENT) for name in names)


def _reminders(tracker: Tracker, form: str) -> int:
    """Count how often the form asked since it began, in turns that another subject had been answered in."""
    count, between, asked = 0, False, False
    for event in tracker.events:
        kind, name = event.get("event"), str(event.get("name") or "")
        if kind == "active_loop" and name == form:
            count = 0
        elif kind == "user":
            between = asked = False
        elif kind == "action" and name.startswith(f"action_ask_{form}"):
            count += between and not asked
            asked = True
        elif kind == "action" and name != form and _spoken([name]):
            between = True
    return count


async def keep_craving(tracker: Tracker, **values: Any) -> None:
    """Write the craving down (arguments of ``record_craving``); the person's exercise goes on when that fails."""
    try:
        await asyncio.to_thread(_record, conversation_id(tracker), message_id(tracker), values)
    except SQLAlchemyError as error:
        logger.warning("A craving was not written down: %s", type(error).__name__)


def _record(conversation: str, message: int | None, values: dict[str, Any]) -> None:
    with transaction() as session:
        record_craving(session, conversation, message, now=clock.now(), **values)
