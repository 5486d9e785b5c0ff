"""What one page of a guided exercise shows: text, buttons and, for a breath, its rhythm. No Rasa in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.coping.catalogue import Breathing, Skill, Step, catalogue
from bot.coping.choose import OFFER_STAFF

# title in English, title in Spanish, payload
_START = ("Start", "Empezar", "/coping_next")
_NEXT = ("Next", "Siguiente", "/coping_next")
_DONE = ("Done", "Listo", "/coping_next")
_OTHER = ("Something else", "Otra cosa", "/coping_other")
_STOP = ("Stop", "Parar", "/coping_stop")
_NOT_NOW = ("Not now", "Ahora no", "/coping_stop")
_PERSON = ("Talk to a person", "Hablar con alguien", "/handoff_request")

_TYPE_IT = {
    "en": "(Type it here, or just think it and press Next.)",
    "es": "(Escríbelo aquí, o solo piénsalo y toca Siguiente.)",
}
_SAY_IT = {"en": "(Type what you would say.)", "es": "(Escribe lo que dirías.)"}


@dataclass(frozen=True)
class Page:
    """One message of an exercise."""

    text: str
    buttons: list[dict[str, str]]
    custom: dict[str, Any] | None = None


def page(skill_id: str, step: int, language: str, answers: Sequence[str] = (), rating: int | None = None) -> Page:
    """Show a page: step 0 is the opening, 1 and on are the steps.

    Args:
        skill_id: a skill of the catalogue.
        step: 0 to the number of its steps.
        language: "en" or "es".
        answers: what the person wrote so far, for a step that repeats it.
        rating: how strong the craving is, 0-10, if there is one; from 8 on a person is offered.

    Raises:
        KeyError: there is no such skill.
        IndexError: there is no such step.
    """
    skill = catalogue().skills[skill_id]
    if step <= 0:
        return _opening(skill, language, rating)
    return _step(skill, skill.steps[step - 1], step, language, answers)


def last_step(skill_id: str) -> int:
    """Give the number of a skill's last step."""
    return len(catalogue().skills[skill_id].steps)


def _opening(skill: Skill, language: str, rating: int | None) -> Page:
    text = skill.about.in_(language)
    if skill.not_for:
        text = f"{text} {skill.not_for.in_(language)}"
    buttons = [_START, _OTHER, _NOT_NOW]
    if rating is not None and rating >= OFFER_STAFF:
        buttons.append(_PERSON)
    return Page(text, _buttons(buttons, language))


def _step(skill: Skill, step: Step, number: int, language: str, answers: Sequence[str]) -> Page:
    total = len(skill.steps)
    text = f"{number}/{total}. {step.in_(language)}"
    if step.refusal:
        text = f"{text} {_SAY_IT[language]}"
    elif step.asks:
        text = f"{text} {_TYPE_IT[language]}"
    if step.recap and answers:
        text = "\n".join([text, *(f"- {answer}" for answer in answers)])
    last = number == total
    buttons = [_DONE] if last else [_NEXT, _OTHER, _STOP]
    return Page(text, _buttons(buttons, language), _rhythm(step.breathing, language) if step.breathing else None)


def _rhythm(breathing: Breathing, language: str) -> dict[str, Any]:
    phases = [[phase.es if language == "es" else phase.en, phase.seconds] for phase in breathing.phases]
    return {"kind": "breathing", "phases": phases, "rounds": breathing.rounds}


def _buttons(buttons: list[tuple[str, str, str]], language: str) -> list[dict[str, str]]:
    return [{"title": es if language == "es" else en, "payload": payload} for en, es, payload in buttons]
