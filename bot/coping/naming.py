"""Reading the two answers that name a craving: how strong it is, and what set it off."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot.coping.reading import is_question, plain, read_rating, read_trigger, words

# Intents that say by themselves what set it off; in the others the words do (`read_trigger`).
TRIGGER_INTENTS = {"craving_near": "near", "craving_dream": "cue"}
# Intents that tell of a craving, so that their words may name what set it off.
_TOLD = ("craving_now", "craving_still", "craving_rate")
# What is said first to a craving, by its trigger; a craving that is only rated is not commented on.
OPENERS = frozenset({"people", "place", "money", "feeling", "time", "body", "cue", "unknown"})
# Topics whose messages the craving questions never keep: risk, a person, one's data.
_NEVER_OURS = ("risk_", "handoff_", "account_")
# Said instead of a number without meaning anything else.
_NO_NUMBER = (
    "craving_now", "craving_near", "craving_still", "craving_rate", "smalltalk_unsure", "smalltalk_affirm",
    "smalltalk_bad_day", "nlu_fallback",
)  # fmt: skip
# Said instead of a trigger, and what it says.
_VAGUE = {
    "smalltalk_unsure": "unknown",
    "nlu_fallback": "unknown",
    "smalltalk_sharing": "unknown",
    "smalltalk_bad_day": "feeling",
    "coping_distract": "feeling",
    "coping_anxiety": "feeling",
    "coping_anger": "feeling",
    "coping_lonely": "feeling",
    "coping_low": "feeling",
    "coping_sleep": "body",
    "coping_pain": "body",
}
_OUT_OF_TEN = re.compile(r"\d\s*(?:/|out of|sobre)\s*(?:10|ten|diez)\b")


@dataclass(frozen=True)
class Naming:
    """What a message says about a craving; ``problem`` is what to say when it is not usable."""

    rating: int | None = None
    trigger: str | None = None
    problem: Literal["", "range", "unclear", "trigger"] = ""


def first_naming(text: str, intent: str, pressed: int | str | None) -> Naming:
    """Read the message that opens the flow: often it says the rating or the trigger already.

    Args:
        text: what was sent; a pressed button is ``/intent``.
        intent: what it was understood as.
        pressed: the rating or the trigger that a button carries.
    """
    if text.startswith("/"):
        return _pressed(intent, pressed)
    rating = None
    if intent == "craving_rate" or _OUT_OF_TEN.search(plain(text)):
        found = read_rating(text)
        rating = found.value if found else None
    return Naming(rating, _told_trigger(text, intent))


def opener(intent: str, trigger: str | None) -> str | None:
    """Give the response that takes up a craving as it was told, or None after a bare rating."""
    if intent == "craving_near" or trigger == "near":
        return "utter_craving_near"
    if intent == "craving_still":
        return "utter_craving_still"
    if trigger in OPENERS and intent != "craving_rate":
        return f"utter_craving_trigger_{trigger}"
    return None if intent == "craving_rate" else "utter_craving_now"


def _pressed(intent: str, pressed: int | str | None) -> Naming:
    rating = pressed if isinstance(pressed, int) else None
    return Naming(rating, pressed if isinstance(pressed, str) else TRIGGER_INTENTS.get(intent))


def _told_trigger(text: str, intent: str) -> str | None:
    return TRIGGER_INTENTS.get(intent) or (read_trigger(text) if intent in _TOLD else None)


def read_naming(text: str, intent: str, pressed: int | str | None, asked: str) -> Naming | None:
    """Read an answer to one of the two questions.

    Args:
        text: what was sent; a pressed button is ``/intent``.
        intent: what it was understood as.
        pressed: the rating or the trigger that a button carries.
        asked: the slot asked for, "craving_rating" or "craving_trigger".

    Gives None for what is none of ours: a question, another wish, risk. Its own rule answers it.
    """
    if intent in ("coping_resume", "coping_next"):
        return Naming()
    if text.startswith("/"):
        named = _pressed(intent, pressed)
        return named if named != Naming() else None
    if _is_not_an_answer(text, intent):
        return None
    found = read_rating(text)
    if found and found.value is not None:
        return Naming(found.value, _told_trigger(text, intent))
    if asked == "craving_rating":
        return _no_rating(text, intent, off_scale=found is not None)
    return _trigger(text, intent)


def _is_not_an_answer(text: str, intent: str) -> bool:
    asks = is_question(text) and intent not in TRIGGER_INTENTS and intent not in _TOLD
    return asks or intent.startswith(_NEVER_OURS) or plain(text) in words()["stop"]


def _no_rating(text: str, intent: str, *, off_scale: bool) -> Naming | None:
    trigger = _told_trigger(text, intent)
    if off_scale and (trigger or intent in _NO_NUMBER):
        return Naming(trigger=trigger, problem="range")
    if trigger:
        return Naming(trigger=trigger)
    return Naming(problem="unclear") if intent in _NO_NUMBER else None


def _trigger(text: str, intent: str) -> Naming | None:
    trigger = _told_trigger(text, intent)
    if trigger:
        return Naming(trigger=trigger)
    # A short answer ("my ex", "work") is often understood as another topic; its words say more.
    if len(plain(text).split()) <= 4 and read_trigger(text):
        return Naming(trigger=read_trigger(text))
    if intent in _VAGUE:
        return Naming(trigger=read_trigger(text) or _VAGUE[intent])
    return Naming(problem="trigger") if intent in ("craving_now", "craving_still", "smalltalk_affirm") else None
