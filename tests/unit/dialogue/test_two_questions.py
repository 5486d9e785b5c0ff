"""Which intents may be answered two at a time."""

from __future__ import annotations

import pytest

from bot.dialogue.clarify import titles
from bot.dialogue.two_questions import FIRST, only_tells
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
