"""Two questions in one message: which parts are answered, in which order, and what is offered for afterwards.

The whole message is read first and alone decides about risk. Its parts count only where the same classifier is sure of
each, and where the whole does not speak against it: "what is CBT and how does it help" is one question, although its
second half alone would be about the program.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from bot.clock import clock
from bot.dialogue.clarify import titles
from bot.nlu.questions import Part, split
from bot.program import program
from bot.risk_dialogue.state import from_slots
from bot.schedule.dates import read_when

Parse = Callable[[str], Awaitable[dict[str, Any]]]

# What cannot wait for a question, or begins something: it goes first, and the question is offered afterwards.
FIRST = frozenset({
    "craving_now", "craving_near", "craving_still", "handoff_request", "prospect_callback", "session_absent",
    "session_late",
})  # fmt: skip
# Topics whose answers only tell something, and the intents in them that do more.
_TELLING = ("session_", "program_", "prospect_", "account_", "handoff_")
_DOING = FIRST | {
    "session_can_come", "prospect_inform", "prospect_cancel", "prospect_change", "account_export",
    "account_delete_confirm", "account_unlink_confirm", "account_stop", "account_resume",
}  # fmt: skip
_TELLING_ELSEWHERE = frozenset({"craving_about", "coping_menu"})

# Chosen on 92 messages written for it and on 527 others that can be cut (docs/understanding.md). A question is taken
# from LEAST on where the whole has a TRACE of it as well, and from SURE on by itself.
LEAST, TRACE, SURE = 0.4, 0.002, 0.85
# A question with one of these in it is about what was said before, so alone it may be read as anything.
_LOOKS_BACK = re.compile(r"\b(?:it|that|this|they|them|eso|esto|ellos|ellas)\b", re.IGNORECASE)
# Whatever "it" was before: there is one answer to "how much does it cost".
_ONE_ANSWER = frozenset({"prospect_cost"})
# A greeting before a question is no part of its own, and reading it would cost as much as the question.
_FILLER = re.compile(
    r"\W*(?:(?:hi|hey|hello|yo|sorry|um|uh|ok|okay|so|well|please|thanks|thank you|good (?:morning|evening|afternoon)|"
    r"hola|oye|oiga|bueno|buenas|buenos dias|perdon|perdón|disculpa|disculpe|gracias|por favor)\W*)+",
    re.IGNORECASE,
)
# Beginning something on a misreading costs more than an answer too many.
FIRST_LEAST = 0.7
ANSWERED = 2


@dataclass(frozen=True)
class Step:
    """What Rasa is to answer: the words, and what they were read as."""

    words: str
    parsed: dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """The steps of a turn in order, and what was asked as well and is offered."""

    steps: tuple[Step, ...]
    offered: tuple[Step, ...] = ()


def only_tells(intent: str) -> bool:
    """Tell whether the answer to an intent only says something, so that two such answers can follow each other."""
    return intent in _TELLING_ELSEWHERE or (intent.startswith(_TELLING) and intent not in _DOING)


async def plan(words: str, parse: Parse, tracker: DialogueStateTracker | None) -> Plan | None:
    """Read a message that may hold two questions.

    Args:
        words: the message.
        parse: gives what the pipeline makes of a text; not called for a message that cannot be cut.
        tracker: the conversation before this message; None for a new one.

    Returns:
        None where the message is to be handled as ever, without having been read; otherwise at least one step.
    """
    parts = [part for part in split(words) if part.asks or not _FILLER.fullmatch(part.text)]
    if len(parts) < 2 or not any(part.asks for part in parts) or _busy(tracker):
        return None
    whole = await parse(words)
    as_ever = Plan((Step(words, whole),))
    if _risky(whole):
        return as_ever
    trace = {str(row["name"]): float(row["confidence"]) for row in whole.get("intent_ranking") or []}
    first: Step | None = None
    asked: dict[str, Step] = {}
    for part in parts:
        step = Step(part.question, _in_language_of(whole, await parse(part.question)))
        if _risky(step.parsed):
            return as_ever
        intent, confidence = _intent(step)
        if intent in FIRST and confidence >= FIRST_LEAST and trace.get(intent, 0) >= TRACE:
            first = first or step
        elif _counts(part, intent, confidence, trace):
            asked.setdefault(intent, step)
    steps = list(asked.values())
    if first is not None and steps:
        return Plan((first,), tuple(steps))
    if len(steps) >= ANSWERED:
        return Plan(tuple(steps[:ANSWERED]), tuple(steps[ANSWERED:]))
    return as_ever


def _counts(part: Part, intent: str, confidence: float, trace: dict[str, float]) -> bool:
    if not part.asks or not only_tells(intent):
        return False
    if confidence >= SURE and (intent in _ONE_ANSWER or not _LOOKS_BACK.search(part.question)):
        return True
    return confidence >= LEAST and trace.get(intent, 0) >= TRACE


def _busy(tracker: DialogueStateTracker | None) -> bool:
    """Tell whether a flow has the turn, or a disclosure is not over: both read whole messages."""
    if tracker is None:
        return False
    risk = from_slots(tracker.get_slot)
    return bool(tracker.active_loop_name) or not risk.over(clock.now(), program().risk.state_hours)


def _risky(parsed: dict[str, Any]) -> bool:
    return (parsed.get("risk") or {}).get("action", "none") != "none"


def _intent(step: Step) -> tuple[str, float]:
    intent = step.parsed.get("intent") or {}
    return str(intent.get("name") or ""), float(intent.get("confidence") or 0.0)


def _in_language_of(whole: dict[str, Any], parsed: dict[str, Any]) -> dict[str, Any]:
    """A few words may look like another language than the message they are from."""
    own = [entity for entity in parsed.get("entities") or [] if entity["entity"] != "language"]
    spoken = [entity for entity in whole.get("entities") or [] if entity["entity"] == "language"]
    return {**parsed, "entities": [*own, *spoken]}


def buttons(steps: tuple[Step, ...], language: str) -> list[dict[str, str]]:
    """Give a button for each step that is offered.

    Args:
        steps: of a plan.
        language: en or es.
    """
    named = [(titles()[_intent(step)[0]][language], payload(step, clock.now(), language)) for step in steps]
    return [{"title": title, "payload": meant} for title, meant in named]


def payload(step: Step, now: datetime, language: str) -> str:
    """Give a button that asks what the step asks: its intent, with the plan, the kind of session and the day named."""
    intent, _ = _intent(step)
    named = {
        str(entity["entity"]): str(entity["value"])
        for entity in step.parsed.get("entities") or []
        if entity["entity"] in ("insurance", "session_kind")
    }
    when = read_when(step.words, now, program().zone, language, future=True) if intent.startswith("session_") else None
    if when is not None and when.one_day:
        named["session_day"] = when.first.isoformat()
    return f"/{intent}{json.dumps(named)}" if named else f"/{intent}"
