"""Which intents may be answered two at a time."""

from __future__ import annotations

from typing import Any

import pytest

from bot.dialogue.clarify import titles
from bot.dialogue.two_questions import FIRST, only_tells, plan
from tests.unit.nlu.test_topic_data import intents, rules

# These look something up and say it.
READING = {
    "action_account_summary", "action_account_link", "action_handoff_status", "action_prospect_insurance",
    "action_session_next", "action_session_on_day", "action_session_full_week", "action_session_which_track",
    "action_session_where", "action_session_family_night", "action_session_video_link", "action_session_who_leads",
    "action_session_reschedule", "action_session_individual_when", "action_session_length",
    "action_session_drug_test_time", "action_session_cancelled_q",
}  # fmt: skip
TELLING = sorted(intent for intent in intents() if only_tells(intent))


def _said(intent: str) -> list[str]:
    """What the rules do after an intent, outside of forms."""
    return [
        str(step.get("action") or step.get("active_loop"))
        for rule in rules()
        if not rule.get("condition") and any(step.get("intent") == intent for step in rule["steps"])
        for step in rule["steps"]
        if "action" in step or "active_loop" in step
    ]


@pytest.mark.parametrize("intent", TELLING)
def test_what_is_answered_beside_another_only_tells(intent: str) -> None:
    assert _said(intent)
    assert all(name.startswith("utter_") or name in READING for name in _said(intent)), _said(intent)


@pytest.mark.parametrize("intent", TELLING)
def test_what_can_be_offered_has_a_title(intent: str) -> None:
    assert intent in titles()


def test_what_goes_first_is_never_a_second_answer() -> None:
    assert not any(only_tells(intent) for intent in FIRST)
    assert intents() >= FIRST


@pytest.mark.parametrize(
    ("second", "intent", "answered"),
    [
        ("and how much does it cost", "prospect_cost", ["program_detox_first", "prospect_cost"]),
        ("and how long does it take", "program_how_long", ["program_detox_first"]),
    ],
)
async def test_it_is_no_matter_where_there_is_one_answer(second: str, intent: str, answered: list[str]) -> None:
    first = "does he need detox"

    async def parse(text: str) -> dict[str, Any]:
        """As the classifier: sure of each part, and of the whole that it is its first half."""
        name = intent if text == second.removeprefix("and ") else "program_detox_first"
        return {"text": text, "intent": {"name": name, "confidence": 0.99}, "intent_ranking": []}

    found = await plan(f"{first} {second}", parse, None)
    assert found is not None
    assert [step.parsed["intent"]["name"] for step in found.steps] == answered
