"""What an action knows about the turn it runs in: whose conversation, which message, which language."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker


def metadata(tracker: Tracker) -> dict[str, Any]:
    """Give what the bot sent along with the message (``message_id``, ``conversation_id``, ``channel``)."""
    return dict(tracker.latest_message.get("metadata") or {})


def conversation_id(tracker: Tracker) -> str:
    """Give the conversation's id in our database."""
    return str(metadata(tracker).get("conversation_id") or tracker.sender_id)


def message_id(tracker: Tracker) -> int | None:
    """Give the inbox row of the message, or None where there is none (a shell, a test)."""
    found = metadata(tracker).get("message_id")
    return int(found) if found is not None else None


def language(tracker: Tracker) -> str:
    """Give the language to answer in, "en" or "es"."""
    return "es" if tracker.get_slot("language") == "es" else "en"


def entity(tracker: Tracker, name: str) -> str | None:
    """Give the first value of an entity of this message."""
    return next((str(e["value"]) for e in tracker.latest_message.get("entities") or [] if e["entity"] == name), None)
