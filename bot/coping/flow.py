"""A guided exercise as plain state: what a reply changes, and what is said about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.coping.catalogue import Step, catalogue
from bot.coping.choose import choose_skill
from bot.coping.guide import last_step
from bot.coping.refusal import feedback
from bot.coping.replies import Reply

# An exercise keeps what was written for its own recap only; a very long answer would break the message.
LONGEST_ANSWER = 200


@dataclass(frozen=True)
class Exercise:
    """Where somebody is in an exercise. ``done`` is "" while it runs, then "done" or "stopped"."""

    skill: str
    step: int = 0
    tried: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    trigger: str | None = None
    rating: int | None = None
    done: str = ""
    rating_after: int | None = None


@dataclass(frozen=True)
class Turn:
    """The state after a reply, the response to give before the next page, and words of our own to say first."""

    state: Exercise
    response: str | None = None
    words: str | None = None


def current_step(state: Exercise) -> Step | None:
    """Give the step that is shown, or None at the opening."""
    return catalogue().skills[state.skill].steps[state.step - 1] if state.step > 0 else None


def advance(state: Exercise, reply: Reply, text: str, language: str) -> Turn:
    """Apply a reply to an exercise.

    Raises:
        KeyError: the state names a skill that the catalogue does not have.
    """
    changes: dict[str, Turn] = {
        "stop": Turn(replace(state, done="stopped")),
        "passed": Turn(replace(state, done="done")),
        "rating": Turn(replace(state, done="done", rating_after=reply.rating)),
        "slow": Turn(state, response="utter_coping_slow"),
        "repeat": Turn(state),
    }
    if reply.kind in ("next", "answer"):
        return _forward(state, text if reply.kind == "answer" else None, language)
    if reply.kind in ("other", "harder"):
        response = "utter_coping_another" if reply.kind == "other" else "utter_coping_harder"
        return Turn(another(state), response=response)
    if reply.kind == "switch" and reply.skill:
        return Turn(begin(state, reply.skill))
    return changes[reply.kind]


def begin(state: Exercise, skill: str) -> Exercise:
    """Start a skill at its opening; the one before counts as tried."""
    tried = state.tried if state.skill in ("", *state.tried) else (*state.tried, state.skill)
    return replace(state, skill=skill, step=0, answers=(), tried=tried, done="", rating_after=None)


def another(state: Exercise) -> Exercise:
    """Start the next best skill that was not tried yet."""
    tried = {*state.tried, state.skill}
    return begin(state, choose_skill(state.trigger, state.rating, tried).skill)


def _forward(state: Exercise, answer: str | None, language: str) -> Turn:
    step = current_step(state)
    words = feedback(answer, language) if answer and step and step.refusal else None
    answers = (*state.answers, " ".join(answer.split())[:LONGEST_ANSWER]) if answer else state.answers
    if state.step >= last_step(state.skill):
        return Turn(replace(state, answers=answers, done="done"), words=words)
    return Turn(replace(state, step=state.step + 1, answers=answers), words=words)
