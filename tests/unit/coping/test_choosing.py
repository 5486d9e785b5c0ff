"""The skill fits the trigger and the strength, and is not one that was tried."""

from __future__ import annotations

import pytest

from bot.coping.catalogue import TRIGGERS, catalogue
from bot.coping.choose import LAST, choose_skill
from bot.coping.closing import change_of


@pytest.mark.parametrize(
    ("trigger", "rating", "tried", "skill"),
    [
        ("near", 9, (), "leave_place"),
        ("near", 3, (), "leave_place"),
        ("people", 9, (), "call_someone"),
        ("people", 9, ("call_someone",), "leave_place"),
        ("people", 4, (), "refuse_drink"),
        ("money", 5, (), "plan_payday"),
        ("feeling", 9, (), "paced_breathing"),
        ("feeling", 6, (), "halt"),
        ("feeling", 7, (), "paced_breathing"),
        ("body", 4, (), "halt"),
        ("cue", 4, (), "play_tape"),
        ("unknown", 8, (), "urge_surfing"),
        ("unknown", 8, ("urge_surfing",), "four_ds"),
        (None, None, (), "halt"),
        ("something new", None, (), "halt"),
    ],
)
def test_what_fits(trigger: str | None, rating: int | None, tried: tuple[str, ...], skill: str) -> None:
    assert choose_skill(trigger, rating, tried).skill == skill


def test_with_everything_tried_it_is_somebody_else() -> None:
    assert choose_skill("people", 9, tuple(catalogue().skills)).skill == LAST


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_six_in_a_row_are_six_different_ones(trigger: str) -> None:
    tried: list[str] = []
    for _ in range(6):
        tried.append(choose_skill(trigger, 8, tried).skill)
    assert len(set(tried)) == 6


def test_the_reason_is_said_in_the_language_of_the_person() -> None:
    choice = choose_skill("money", 5)
    assert "money" in choice.reason("en")
    assert "dinero" in choice.reason("es")


@pytest.mark.parametrize(
    ("before", "after", "response", "stays_open"),
    [
        (8, 3, "utter_craving_change_down", True),
        (8, 0, "utter_craving_change_down", False),
        (5, 5, "utter_craving_change_same", True),
        (0, 0, "utter_craving_change_same", False),
        (5, 6, "utter_craving_change_high", True),
        (9, 8, "utter_craving_change_high", True),
        (8, 8, "utter_craving_change_high", True),
        (10, 7, "utter_craving_change_down", True),
        (None, None, "utter_coping_finished", False),
    ],
)
def test_what_changed(before: int | None, after: int | None, response: str, *, stays_open: bool) -> None:
    change = change_of(before, after)
    assert (change.response, change.stays_open) == (response, stays_open)
