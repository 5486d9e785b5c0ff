"""When the policy puts the disclosure first. Rasa's trackers are real; no model is needed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.clock import clock
from bot.risk_dialogue.policy import RISK_INTENTS, RiskFirstRulePolicy, _first, _owes_return
from bot.risk_dialogue.state import SLOTS

DOMAIN = Domain.from_dict(
    {
        "slots": {
            name: {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]} for name in SLOTS
        },
        "forms": {"coping_form": {"required_slots": []}},
    }
)


def said(text: str, intent: str, confidence: float = 0.9) -> UserUttered:
    return UserUttered(text, {"name": intent, "confidence": confidence})


def tracker(*events: Event) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("someone", list(events), DOMAIN.slots, domain=DOMAIN)


def asked(stage: str = "suicide_ask", action: str = "action_risk_respond") -> list[Event]:
    return [
        ActionExecuted("action_listen"),
        said("words with risk", "risk_suicide"),
        ActionExecuted(action),
        SlotSet("risk_stage", stage),
        ActionExecuted("action_listen"),
    ]


@pytest.mark.parametrize("intent", sorted(RISK_INTENTS))
def test_a_disclosure_comes_first_also_inside_a_form(intent: str) -> None:
    talk = tracker(ActionExecuted("action_listen"), ActiveLoop("coping_form"), said("words", intent))
    assert _first(talk) == "action_risk_respond"


def test_words_that_are_no_risk_are_left_to_the_rules() -> None:
    assert _first(tracker(ActionExecuted("action_listen"), said("yes", "smalltalk_affirm"))) is None
    assert _first(tracker(ActionExecuted("action_listen"), said("words", "risk_none"))) is None


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "action"),
    [
        ("yes", "smalltalk_affirm", 0.9, "action_risk_answer"),
        ("not really", "smalltalk_deny", 0.9, "action_risk_answer"),
        ("lol jk", "smalltalk_joke", 0.9, "action_risk_answer"),
        ("hmm", "nlu_fallback", 0.3, "action_risk_answer"),
        ("he is at work until six", "out_of_scope", 0.8, "action_risk_answer"),
        ("in the kitchen", "session_where", 0.4, "action_risk_answer"),
        ("i know where my dads gun is", "craving_trigger_place", 0.9, "action_risk_answer"),
        ("just so tired of starting over", "craving_now", 0.9, "action_risk_answer"),
        ("when is my next session", "session_next", 0.95, None),
        ("box breathing", "coping_box_breathing", 0.95, None),
        ("thank you", "smalltalk_thanks", 0.95, None),
        ('/risk_answer{"risk_reply": "yes"}', "risk_answer", 1.0, None),
    ],
)
def test_what_counts_as_an_answer(text: str, intent: str, confidence: float, action: str | None) -> None:
    assert _first(tracker(*asked(), said(text, intent, confidence))) == action


def test_a_yes_two_turns_later_answers_something_else() -> None:
    later = [*asked(), said("when is group", "session_next"), ActionExecuted("action_session_next"),
             ActionExecuted("action_listen"), said("yes", "smalltalk_affirm")]  # fmt: skip
    assert _first(tracker(*later)) is None


def test_the_question_comes_back_once() -> None:
    first = [*asked(), said("when is group", "session_next"), ActionExecuted("action_session_next")]
    assert _owes_return(tracker(*first))
    back = [*first, ActionExecuted("action_risk_return"), ActionExecuted("action_listen")]
    assert not _owes_return(tracker(*first, ActionExecuted("action_risk_return")))
    again = [*back, said("what does it cost", "prospect_cost"), ActionExecuted("utter_prospect_cost")]
    assert not _owes_return(tracker(*again))


def test_after_the_question_came_back_a_yes_still_answers_it() -> None:
    back = [*asked(), said("when is group", "session_next"), ActionExecuted("action_session_next"),
            ActionExecuted("action_risk_return"), ActionExecuted("action_listen")]  # fmt: skip
    assert _first(tracker(*back, said("yes", "smalltalk_affirm"))) == "action_risk_answer"


def test_a_form_that_the_person_went_on_with_keeps_its_answers() -> None:
    form = [*asked(), said("help me breathe", "coping_box_breathing"), ActiveLoop("coping_form"),
            ActionExecuted("coping_form"), ActionExecuted("action_risk_return"),
            ActionExecuted("action_listen")]  # fmt: skip
    assert _first(tracker(*form, said("around seven", "nlu_fallback", 0.3))) is None
    assert _first(tracker(*form, said("yes", "smalltalk_affirm"))) == "action_risk_answer"


def test_nothing_comes_back_where_no_question_stands() -> None:
    events: list[Any] = asked()
    events[3] = SlotSet("risk_stage", None)
    talk = tracker(*events, said("when is group", "session_next"), ActionExecuted("action_session_next"))
    assert not _owes_return(talk)


@pytest.mark.parametrize(
    ("text", "intent", "hours_ago", "action"),
    [
        ("i dont want to go to the hospital", "session_absent", 1, "action_risk_answer"),
        ("i dont want to go to the hospital", "session_absent", 30, None),
        ("it just hurts", "nlu_fallback", 1, "action_risk_answer"),
        ("just so tired of starting over", "craving_now", 1, "action_risk_answer"),
        ("ok", "smalltalk_affirm", 1, None),
        ("when is group", "session_next", 1, None),
        ("thank you", "smalltalk_thanks", 1, None),
    ],
)
def test_after_the_last_question_it_stays_with_what_was_told(
    text: str, intent: str, hours_ago: int, action: str | None
) -> None:
    since = (clock.now() - timedelta(hours=hours_ago)).isoformat()
    events: list[Any] = asked(action="action_risk_answer")
    events[3:4] = [SlotSet("risk_stage", None), SlotSet("risk_category", "withdrawal"), SlotSet("risk_since", since)]
    assert _first(tracker(*events, said(text, intent, 0.6))) == action


@pytest.mark.parametrize("action", ["action_risk_respond", "action_risk_answer", "action_risk_return"])
def test_after_a_risk_action_the_person_speaks(action: str, tmp_path: Path) -> None:
    policy = RiskFirstRulePolicy(
        RiskFirstRulePolicy.get_default_config(),
        LocalModelStorage(tmp_path),
        Resource("policy"),
        ExecutionContext(GraphSchema({})),
        lookup={"rules": {}},
    )
    talk = tracker(*asked(), said("yes", "smalltalk_affirm"), ActionExecuted(action))
    prediction = policy.predict_action_probabilities(talk, DOMAIN)
    best = max(range(len(prediction.probabilities)), key=prediction.probabilities.__getitem__)
    assert DOMAIN.action_names_or_texts[best] == "action_listen"
