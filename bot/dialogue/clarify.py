"""What to offer when a message was not understood."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

MOST_CHOICES = 3
# Below this share of the classifier's belief a choice is noise; a person would not see why it is offered.
LEAST_BELIEF = 0.04
ACTIONS_THAT_ASK = ("action_clarify", "action_default_fallback")

_FILE = Path(__file__).with_name("intent_titles.yml")


@lru_cache(maxsize=1)
def titles() -> dict[str, dict[str, str]]:
    """Give the readable titles of intents, {intent: {"en": ..., "es": ...}}; intents without one are never offered."""
    topics: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {intent: both for topic in topics.values() for intent, both in topic.items()}


def choices(ranking: list[dict[str, Any]], language: str) -> list[dict[str, str]]:
    """Give buttons for the two or three likeliest intents, and one for everything else.

    Args:
        ranking: Rasa's ``intent_ranking``: [{"name": ..., "confidence": ...}], best first.
        language: "en" or "es".
    """
    likely = [
        str(entry["name"])
        for entry in ranking
        if entry["name"] in titles() and entry.get("confidence", 0.0) >= LEAST_BELIEF
    ]
    shown: list[dict[str, str]] = []
    for intent in likely:
        title = titles()[intent][language]
        # Two intents may carry one title where a person could not tell them apart.
        if all(button["title"] != title for button in shown):
            shown.append({"title": title, "payload": f"/{intent}"})
        if len(shown) == MOST_CHOICES:
            break
    other = {"title": "Algo distinto" if language == "es" else "Something else", "payload": "/smalltalk_menu"}
    return [*shown, other]


def missed_before(events: list[dict[str, Any]]) -> bool:
    """Tell whether the turn before this one ended in a clarifying question as well.

    Args:
        events: the conversation's events as Rasa gives them to actions, oldest first.
    """
    turns = 0
    for event in reversed(events):
        if event.get("event") == "user":
            turns += 1
            if turns == 2:
                return False
        elif turns == 1 and event.get("event") == "action" and event.get("name") in ACTIONS_THAT_ASK:
            return True
    return False
