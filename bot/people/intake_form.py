"""Reading what somebody says while the request for a call is being filled in. No Rasa, no database.

A person in the middle of a form answers, asks something else, corrects what they said, changes their mind, or says
that they are in danger. The intent alone cannot tell: "Grace" looks like a question about faith and "cost" like a name.
So the shape of the answer decides together with it, and what is not an answer is left to the rules of other topics.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.people import intake_words as words
from bot.people.prospects import INSURANCE_LETTERS, NAME_LETTERS, NOTE_LETTERS, TIME_LETTERS, find_contact

FIELDS = ("first_name", "contact", "best_time", "insurance", "note")
# At this confidence an intent outweighs the shape of an answer: measured with tests/unit/people/test_intake_form.py.
SURE = 0.6

_ANSWERS = frozenset({"prospect_inform", "smalltalk_name", "out_of_scope", "nlu_fallback"})
# The values of the buttons under each step (data/responses/prospect.yml).
_BUTTONS = {
    "best_time": ("morning", "afternoon", "evening", "any time"),
    "insurance": ("Medicaid", "Medicare", "No insurance", "skip"),
    "note": ("skip",),
    "confirm": ("send", "change"),
}
_CANCEL_INTENTS = frozenset({"prospect_cancel"})


@dataclass(frozen=True)
class Said:
    """One turn of the person: what was typed and understood, or the value of the form's button that was pressed."""

    text: str
    intent: str = ""
    confidence: float = 0.0
    button: str | None = None
    insurance: str | None = None

    @property
    def typed(self) -> str:
        """Give the typed text on one line, and nothing for a button (those reach Rasa as ``/intent``)."""
        return "" if self.text.startswith("/") else " ".join(self.text.split())

    @property
    def elsewhere(self) -> bool:
        """Tell whether it is surely about something other than the form."""
        return self.confidence >= SURE and self.intent not in _ANSWERS

    @property
    def asks(self) -> bool:
        """Tell whether it looks like a question."""
        return words.asks(self.typed)


@dataclass(frozen=True)
class Reading:
    """What a turn changes: values by step (None empties one), and a sentence to say where an answer cannot be used."""

    values: dict[str, str | None] = field(default_factory=dict)
    say: str | None = None


def next_step(values: Mapping[str, str | None]) -> str | None:
    """Give the step to ask for, or None when the form is over (sent or cancelled)."""
    if values.get("confirm") in ("send", "cancel"):
        return None
    if values.get("change") == "ask":
        return "change"
    return next((step for step in FIELDS if values.get(step) is None), "confirm")


def read_opening(said: Said, known_name: str | None) -> Reading:
    """Take over what is known when the form opens: the name they go by, and a number in the same message."""
    found = find_contact(said.typed)
    values = {"first_name": known_name or None, "contact": found.value if found else None}
    return Reading({step: value for step, value in values.items() if value})


def read_answer(step: str, said: Said) -> Reading | None:
    """Read a turn while ``step`` is asked.

    Returns:
        What it changes, or None when it is not an answer: a question, risk, a wish to talk to somebody, another button.
    """
    if said.intent.startswith("risk_"):
        return None
    if said.button is not None:
        return _read_button(step, said.button)
    if not said.typed:
        return None
    if words.CANCEL.match(said.typed) or (said.intent in _CANCEL_INTENTS and said.confidence >= SURE):
        return Reading({"confirm": "cancel"})
    wants_change = words.CHANGE.match(said.typed) or (said.intent == "prospect_change" and said.confidence >= SURE)
    # A note may begin with such a word; there only a short message that names a part of the request is a correction.
    if wants_change and (step != "note" or (len(said.typed.split()) <= 5 and _names_a_field(said.typed))):
        return _read_change(said.typed)
    return _READERS[step](said)


def _read_button(step: str, value: str) -> Reading | None:
    if value == "cancel":
        return Reading({"confirm": "cancel"})
    if step == "change":
        return _emptied(value) if value in FIELDS else None
    if value not in _BUTTONS.get(step, ()):
        return None  # a button of an earlier step
    if value == "change":
        return Reading({"change": "ask"})
    return Reading({step: "" if value == "skip" else value})


def _emptied(step: str) -> Reading:
    return Reading({step: None, "change": None, "confirm": None})


def _names_a_field(text: str) -> bool:
    return any(naming.search(text) for naming in words.FIELD_WORDS.values())


def _read_change(text: str) -> Reading:
    found = find_contact(text)
    if found:
        return Reading({"contact": found.value, "change": None})
    named = next((step for step, naming in words.FIELD_WORDS.items() if naming.search(text)), None)
    return _emptied(named) if named else Reading({"change": "ask"})


def _read_first_name(said: Said) -> Reading | None:
    text, also = said.typed, {}
    found = find_contact(text)
    if found:
        also["contact"] = found.value
        text = re.split(r"[,;:]|\band\b|\by\b|\bat\b|\(|\+|\d", text, maxsplit=1)[0].strip()
    name, introduced = words.name_in(text)
    if name and len(name) <= NAME_LETTERS and not said.asks and (introduced or not said.elsewhere):
        return Reading({"first_name": name, **also})
    if said.asks or (said.elsewhere and not found):
        return None
    return Reading({"first_name": None, **also}, say="bad_name")


def _read_contact(said: Said) -> Reading | None:
    found = find_contact(said.typed)
    if found:
        return Reading({"contact": found.value})
    if (said.asks or said.elsewhere) and not re.search(r"\d{3}|@", said.typed):
        return None
    return Reading({"contact": None}, say="bad_contact")


def _read_best_time(said: Said) -> Reading | None:
    if "?" in said.typed or (said.asks and said.elsewhere):
        return None
    if not words.tells_time(said.typed) and (
        said.elsewhere or (said.intent == "out_of_scope" and said.confidence >= SURE)
    ):
        return None
    if len(said.typed) > TIME_LETTERS:
        return Reading({"best_time": None}, say="bad_time")
    return Reading({"best_time": said.typed})


def _read_insurance(said: Said) -> Reading | None:
    if words.SKIP.match(said.typed):
        return Reading({"insurance": ""})
    if said.asks:
        return None
    about_insurance = said.insurance or said.intent in ("prospect_insurance", "prospect_no_insurance")
    if said.elsewhere and not about_insurance:
        return None
    if len(said.typed) > INSURANCE_LETTERS:
        return Reading({"insurance": None}, say="bad_insurance")
    return Reading({"insurance": said.typed})


def _read_note(said: Said) -> Reading | None:
    if words.SKIP.match(said.typed):
        return Reading({"note": ""})
    # A note may be about anything; only a plain question, or asking for somebody now, is something else.
    if said.elsewhere and ("?" in said.typed or said.intent.startswith("handoff_")):
        return None
    if len(said.typed) > NOTE_LETTERS:
        return Reading({"note": None}, say="bad_note")
    return Reading({"note": said.typed})


def _read_confirm(said: Said) -> Reading | None:
    if words.YES.match(said.typed):
        return Reading({"confirm": "send"})
    if words.NO.match(said.typed):
        return Reading({"change": "ask"})
    found = find_contact(said.typed)
    return Reading({"contact": found.value}) if found else None


def _read_change_step(said: Said) -> Reading | None:
    reading = _read_change(said.typed)
    return None if reading.values == {"change": "ask"} else reading


_READERS: dict[str, Callable[[Said], Reading | None]] = {
    "first_name": _read_first_name,
    "contact": _read_contact,
    "best_time": _read_best_time,
    "insurance": _read_insurance,
    "note": _read_note,
    "confirm": _read_confirm,
    "change": _read_change_step,
}
