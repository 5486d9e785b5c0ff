"""What a message means in the middle of an exercise: an answer, a wish to go on or to stop, or something else.

Whatever is none of these is left to its own rule, so that a question is answered and risk is never swallowed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot.coping.catalogue import catalogue
from bot.coping.reading import is_question, plain, read_rating, words

Kind = Literal["next", "answer", "stop", "other", "repeat", "switch", "harder", "passed", "rating", "slow"]

# Topics whose messages an exercise never keeps: risk, a person, one's data.
_NEVER_OURS = ("risk_", "handoff_", "account_")
# Said to the program in the middle of something else, and worth more than an answer to an exercise.
_TELLS_STAFF = ("session_late", "session_absent")
_HARDER = ("craving_still", "craving_now", "craving_near")
# In a step that asks for words, a skill's name alone is an answer ("tired and lonely"); with one of these it is a wish.
_WISH = re.compile(
    r"^(?:can we|could we|lets|let us|do|try|show me|teach me|walk me|i want to do|i wanna do|i would rather|id rather|"
    r"switch|podemos|hagamos|quiero hacer|ensename|mejor|prefiero|cambiemos)\b"
)


@dataclass(frozen=True)
class Reply:
    """What a message means; ``skill`` with "switch", ``rating`` with "rating"."""

    kind: Kind
    skill: str | None = None
    rating: int | None = None


def skill_of(intent: str | None) -> str | None:
    """Give the skill that an intent such as ``coping_halt`` asks for, or None."""
    name = (intent or "").removeprefix("coping_")
    return name if intent != name and name in catalogue().skills else None


def read_reply(text: str, intent: str | None, *, step: int, asks: bool, has_craving: bool) -> Reply | None:
    """Read a message in the middle of an exercise.

    Args:
        text: what was sent; a pressed button comes as ``/intent``.
        intent: what it was understood as.
        step: the page shown, 0 is the opening.
        asks: whether that page asks for words.
        has_craving: whether the exercise belongs to a rated craving.

    Gives None for what is not ours.
    """
    intent = intent or ""
    if intent.startswith(_NEVER_OURS):
        return None
    if text.startswith("/"):
        return _pressed(intent)
    return (
        _whole_message(plain(text), step=step, asks=asks)
        or _control(text, intent, asks=asks)
        or _craving(text, intent, asks=asks, has_craving=has_craving)
        or _free_words(text, intent, asks=asks)
    )


def _pressed(intent: str) -> Reply | None:
    kinds: dict[str, Kind] = {
        "coping_next": "next", "coping_stop": "stop", "coping_other": "other", "coping_resume": "repeat",
        "craving_passed": "passed", "craving_still": "harder",
    }  # fmt: skip
    if intent in kinds:
        return Reply(kinds[intent])
    return Reply("switch", skill=skill_of(intent)) if skill_of(intent) else None


def _whole_message(said: str, *, step: int, asks: bool) -> Reply | None:
    if said in words()["stop"]:
        return Reply("stop")
    if said in words()["go_on"]:
        return Reply("next")
    if said in words()["refuse"] and not asks:
        return Reply("stop" if step <= 0 else "slow")
    return None


def _control(text: str, intent: str, *, asks: bool) -> Reply | None:
    said = plain(text)
    short = len(said.split()) <= 4
    if intent in ("coping_stop", "coping_next") and (not asks or short):
        return Reply("stop" if intent == "coping_stop" else "next")
    if intent == "coping_other" and (not asks or short):
        return Reply("other")
    if intent == "coping_resume" and (not asks or short or is_question(text)):
        return Reply("repeat")
    skill = skill_of(intent)
    return Reply("switch", skill=skill) if skill and (not asks or _WISH.match(said)) else None


def _craving(text: str, intent: str, *, asks: bool, has_craving: bool) -> Reply | None:
    if is_question(text):
        return None
    if intent == "craving_passed" and not asks:
        return Reply("passed")
    if intent in _HARDER and (has_craving or intent == "craving_still") and not asks:
        return Reply("harder")
    rating = read_rating(text) if intent == "craving_rate" and has_craving and not asks else None
    if rating and rating.value is not None:
        return Reply("rating", rating=rating.value)
    return None


def _free_words(text: str, intent: str, *, asks: bool) -> Reply | None:
    if is_question(text) or intent in _TELLS_STAFF:
        return None
    if asks:
        return Reply("answer")
    if intent in ("nlu_fallback", "smalltalk_affirm", "smalltalk_unsure", "smalltalk_deny", ""):
        return Reply("slow")
    return None
