"""What changed between the rating before an exercise and the one after it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.coping.choose import OFFER_STAFF


@dataclass(frozen=True)
class Change:
    """The response that says what changed, and whether the craving goes on."""

    response: str
    stays_open: bool


def change_of(before: int | None, after: int | None) -> Change:
    """Compare two ratings, 0-10; without both there was only an exercise.

    A second rating that is higher, or 8 and more, offers staff (the content rules say so).
    """
    if before is None or after is None:
        return Change("utter_coping_finished", stays_open=False)
    if after > before or after >= OFFER_STAFF:
        return Change("utter_craving_change_high", stays_open=True)
    if after == before:
        return Change("utter_craving_change_same", stays_open=after > 0)
    return Change("utter_craving_change_down", stays_open=after > 0)
