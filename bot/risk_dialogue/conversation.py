"""What to say next about a disclosure. Pure: no Rasa, no database, no clock of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.risk.verdict import OWN_LIFE, Action, Evidence, Level, Verdict
from bot.risk_dialogue.first_replies import first_reply, lead, reply_level
from bot.risk_dialogue.state import RiskState
from bot.risk_dialogue.steps import Step, all_categories, entry, find_step, rank

# Answers that lead on; the others ("refusal", "retract") have lines of their own.
PLAIN = ("yes", "no", "unsure")


@dataclass(frozen=True)
class Turn:
    """What one turn amounts to.

    Attributes:
        state: what is remembered from now on.
        texts: first replies, with ``$names`` still in them.
        responses: then these, by name (``utter_risk_...``).
        report: the verdict that staff are to be told, if any.
        quiet: write nothing later by ourselves: it is not safe for the person.
        about: the verdict of the first replies, where something is to be said about staff too, in ``language``.
    """

    state: RiskState
    texts: tuple[str, ...] = ()
    responses: tuple[str, ...] = ()
    report: dict[str, Any] | None = None
    quiet: bool = False
    about: dict[str, Any] | None = None
    language: str = "en"


def respond(
    state: RiskState,
    verdict: dict[str, Any],
    language: str,
    now: datetime,
    *,
    first_reply_sent: bool = False,
    reply: str | None = None,
) -> Turn:
    """Answer a message with risk.

    The first reply of a category is given once for each level; after that the talk goes on with a short line and the
    question that is open. A disclosure in answer to "are you ...?" counts as a yes.

    Args:
        state: what is remembered; of an ended one, give an empty one.
        verdict: ``bot.risk.Verdict.to_dict()``.
        language: "en" or "es".
        now: aware UTC.
        first_reply_sent: the bot has sent the first reply itself, before Rasa saw the message.
        reply: the message is also an answer to the open question: "yes", "no" or "unsure" ("yes, I have a plan").
    """
    waiting = find_step(state.stage)
    staying = _staying(waiting, verdict, reply)
    verdict = staying or verdict
    category, level = lead(verdict), reply_level(verdict)
    if waiting is not None and _confirms(waiting, category, level):
        taken = _take(state, waiting, "yes", now)
        highest = max(level, str(taken.state.level), key=rank)
        told = replace(taken.state, level=highest).with_shown(f"{category}:{level}")
        return replace(taken, state=told, report=verdict)
    # "He says he will do it again" names somebody else and is still the answer to "are you in danger?".
    of_another = category == "third_party" and rank(level) <= rank(state.level)
    about_this = staying is not None or of_another or state.knows(category, level)
    if waiting is not None and reply in PLAIN and about_this:
        taken = _take(state, waiting, reply, now)
        return replace(taken, report=taken.report or verdict)
    if waiting is not None and (rank(level) < rank(state.level) or (staying and level == state.level)):
        return _go_on(state, waiting.name, verdict)
    if state.knows(category, level):
        question = state.stage if waiting is not None and waiting.category == category else None
        return _go_on(state, question or all_categories()[category].again or entry(category, level), verdict)
    question = entry(category, level)
    told = replace(
        state,
        category=category,
        level=max(level, state.level or level, key=rank),
        stage=question,
        since=state.since or now,
    ).with_shown(f"{category}:{level}")
    if first_reply_sent:
        return Turn(told, responses=(_response(question),), report=verdict)
    texts = tuple(first_reply(verdict, language, {}))
    return Turn(told, texts, (_response(question),), verdict, about=verdict, language=language)


def answer(state: RiskState, reply: str | None, now: datetime, *, step: str | None = None) -> Turn:
    """Go on after an answer to a safety question.

    Args:
        state: what is remembered.
        reply: "yes", "no", "unsure", "retract", "refusal", or None where the message answers, but not plainly.
        now: aware UTC.
        step: the question that a button stood under, which may be an earlier one than the last.
    """
    asked = find_step(step) or find_step(state.stage)
    if asked is None:
        line = "utter_risk_refusal" if reply == "refusal" else "utter_risk_no_question"
        return Turn(state, responses=(line,))
    if reply in PLAIN:
        return _take(state, asked, reply, now)
    again = f"again:{asked.name}"
    if again in state.shown:
        # Asked twice without a plain answer. Doubt takes the higher way; a joke repeated is taken as a no.
        return _take(state, asked, "no" if reply == "retract" else "unsure", now)
    line = {"retract": "utter_risk_retracted", "refusal": "utter_risk_refusal_asking"}.get(
        reply or "", "utter_risk_unclear"
    )
    return Turn(replace(state.with_shown(again), stage=asked.name), responses=(line, _response(asked.name)))


def come_back(state: RiskState) -> Turn:
    """Return to the open question after the person's change of subject was answered."""
    if find_step(state.stage) is None:
        return Turn(state)
    return Turn(state, responses=("utter_risk_come_back", _response(str(state.stage))))


def _staying(waiting: Step | None, verdict: dict[str, Any], reply: str | None) -> dict[str, Any] | None:
    """Give the verdict as one about the open question, where that is about the wish to die or to hurt oneself.

    "I know where my dad's gun is" is about that question. The meaning reader, which sees one message and not what was
    asked, takes it for a threat. What is neither an answer nor about a weapon may well be another subject.
    """
    if waiting is None or waiting.category not in OWN_LIFE or lead(verdict) in OWN_LIFE:
        return None
    if reply not in PLAIN and lead(verdict) != "violence":
        return None
    readers = {found.get("reader") for found in verdict.get("evidence") or ()}
    if readers != {"meaning"}:
        return None
    return {**verdict, "categories": list(dict.fromkeys((waiting.category, *verdict["categories"])))}


def _confirms(waiting: Step, category: str, level: str) -> bool:
    """Tell whether a disclosure is itself a yes to the direct question. An emergency gets its own first reply."""
    asked_directly = waiting.name == entry(waiting.category, "check")
    return asked_directly and waiting.category == category and level in ("M", "H")


def _go_on(state: RiskState, question: str, verdict: dict[str, Any]) -> Turn:
    told = replace(state, stage=question)
    return Turn(told, responses=("utter_risk_still_here", _response(question)), report=verdict)


def _take(state: RiskState, asked: Step, reply: str, now: datetime) -> Turn:
    way = asked.ways[reply]
    following = find_step(way.ask)
    category = following.category if following is not None else asked.category
    level = max(way.raises or state.level or "check", state.level or "check", key=rank)
    report = None
    # A "no" is told to staff only where it still means more than what they know; it never lowers anything.
    if way.raises and (reply != "no" or rank(way.raises) > rank(state.level)):
        report = _verdict(level, (category, asked.category), asked.name, reply)
    told = replace(state, category=category, level=level, stage=way.ask, since=state.since or now)
    responses = tuple(_response(name) for name in (way.say, way.ask) if name)
    return Turn(told, responses=responses, report=report, quiet=way.quiet)


def _verdict(level: str, categories: tuple[str, ...], step: str, reply: str) -> dict[str, Any]:
    found = tuple(dict.fromkeys(categories))
    evidence = Evidence("dialogue", f"{step}:{reply}", found[0], Level(level), Action.alert)
    return Verdict(Level(level), found, Action.alert, (evidence,)).to_dict()


def _response(name: str) -> str:
    return f"utter_risk_{name}"
