"""Which skill to offer, and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.coping.catalogue import TRIGGERS, catalogue

# From here on thinking is hard, so the body and distance come first. Half-way between "moderate" and "at the limit".
STRONG = 7
# From here on a person is offered, as the content rules say.
OFFER_STAFF = 8
# When all that fit were tried: nothing is safer than somebody else.
LAST = "call_someone"


@dataclass(frozen=True)
class Choice:
    """A skill and the reason for it, in both languages."""

    skill: str
    reason_en: str
    reason_es: str

    def reason(self, language: str) -> str:
        """Give the reason in "en" or "es"."""
        return self.reason_es if language == "es" else self.reason_en


def choose_skill(trigger: str | None, rating: int | None, tried: Collection[str] = ()) -> Choice:
    """Choose the best skill for a trigger and a rating (0-10) that was not tried yet.

    An unknown trigger counts as "unknown", no rating as a mild craving.
    """
    fit = catalogue().fits[trigger if trigger in TRIGGERS else "unknown"]
    best_first = fit.strong if rating is not None and rating >= STRONG else fit.mild
    # What fits the other strength is still better than a repetition.
    ordered = (*best_first, *fit.strong, *fit.mild)
    skill = next((name for name in ordered if name not in tried), LAST)
    return Choice(skill, fit.reason.en, fit.reason.es)
