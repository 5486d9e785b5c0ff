"""Makes Rasa listen to a disclosure: it comes before forms, answers reach it, and it comes back once.

Rasa's own rules cannot say these three things. A form keeps every message that it can fill a slot with; an answer such
as "not really" has no intent of its own; and there is no rule for "after whatever else was answered".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.clock import clock
from bot.dialogue.rule_index import IndexedRulePolicy
from bot.program import program
from bot.risk_dialogue.answers import asks, read_answer, refuses_help
from bot.risk_dialogue.first_replies import categories
from bot.risk_dialogue.state import from_slots
from bot.risk_dialogue.steps import find_step

RESPOND, ANSWER, RETURN = "action_risk_respond", "action_risk_answer", "action_risk_return"
RISK_ACTIONS = frozenset({RESPOND, ANSWER, RETURN})
RISK_INTENTS = frozenset(f"risk_{category}" for category in categories())
# Said after a safety question, these are heard as what they are; anything else that asks nothing is about the question.
OTHER_SUBJECT = frozenset({"smalltalk_thanks", "smalltalk_goodbye", "smalltalk_bye", "smalltalk_language"})
# Said after the last question they are just that.
PLAIN_ANSWERS = frozenset({"smalltalk_affirm", "smalltalk_deny", "smalltalk_good_news"})
# A request ("box breathing", "talk to staff") is told by its intent where it does not begin like one, if this sure.
REQUESTS, SURE, FEW_WORDS = ("handoff_", "account_", "coping_", "session_"), 0.75, 6
# What the classifier could not place. Right after a disclosure "did you mean one of these?" would be cold.
NOT_UNDERSTOOD = frozenset({"nlu_fallback", "out_of_scope", "smalltalk_bad_day", "smalltalk_unsure"})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class RiskFirstRulePolicy(IndexedRulePolicy):
    """Rasa's rules, with a disclosure first."""

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Give what the disclosure asks for, and otherwise what the rules say."""
        if tracker.latest_action_name in RISK_ACTIONS:
            # An answer has no rule of its own, so nothing would follow it but the fallback.
            return self._certain(ACTION_LISTEN_NAME, tracker, domain)
        if tracker.latest_message is not None and tracker.latest_action_name == ACTION_LISTEN_NAME:
            first = _first(tracker)
            if first is not None and first in domain.action_names_or_texts:
                return self._certain(first, tracker, domain)
        prediction = super().predict_action_probabilities(tracker, domain, rule_only_data, **kwargs)
        if _about_to_listen(prediction, domain) and _owes_return(tracker) and RETURN in domain.action_names_or_texts:
            return self._certain(RETURN, tracker, domain)
        return prediction

    def _certain(self, action: str, tracker: DialogueStateTracker, domain: Domain) -> PolicyPrediction:
        return self._rule_prediction(self._prediction_result(action, tracker, domain), "risk dialogue")


def _first(tracker: DialogueStateTracker) -> str | None:
    message = tracker.latest_message
    intent = message.intent_name or ""
    if intent in RISK_INTENTS:
        return RESPOND
    step = find_step(tracker.get_slot("risk_stage"))
    text = (message.text or "").strip()
    if text.startswith("/"):
        return None
    if step is None:
        return ANSWER if _afterwards(tracker, intent, text) else None
    if _last_risk_action(tracker) is None:
        return None
    if read_answer(text, step) is not None:
        return ANSWER
    if tracker.active_loop_name:
        # The person went on with a form after we came back to the question; what they type is for the form.
        return None
    return None if _another_subject(intent, float(message.intent.get("confidence") or 1.0), text) else ANSWER


def _another_subject(intent: str, confidence: float, text: str) -> bool:
    """Tell whether somebody with an open safety question turned to something else.

    "I know where my dad's gun is" has words of a place and of family and is neither a trigger nor a question about the
    program: what asks nothing is taken as going on with the question.
    """
    if intent in NOT_UNDERSTOOD:
        return False
    if asks(text) or intent in OTHER_SUBJECT:
        return True
    return intent.startswith(REQUESTS) and confidence >= SURE and len(text.split()) <= FEW_WORDS


def _afterwards(tracker: DialogueStateTracker, intent: str, text: str) -> bool:
    """Tell whether a message after the last question belongs to it: help turned down, or nothing we understand."""
    state = from_slots(tracker.get_slot)
    if state.over(clock.now(), program().risk.state_hours) or tracker.active_loop_name:
        return False
    if refuses_help(text):
        return True
    confidence = float(tracker.latest_message.intent.get("confidence") or 1.0)
    told_craving = intent.startswith("craving_") and confidence >= SURE
    return _last_risk_action(tracker) is not None and not (
        told_craving or _another_subject(intent, confidence, text) or intent in PLAIN_ANSWERS
    )


def _about_to_listen(prediction: PolicyPrediction, domain: Domain) -> bool:
    probabilities = prediction.probabilities
    best = max(range(len(probabilities)), key=probabilities.__getitem__)
    return probabilities[best] > 0 and domain.action_names_or_texts[best] == ACTION_LISTEN_NAME


def _owes_return(tracker: DialogueStateTracker) -> bool:
    if find_step(tracker.get_slot("risk_stage")) is None or _actions(_turns(tracker, 0)) & RISK_ACTIONS:
        return False
    return _last_risk_action(tracker) in (RESPOND, ANSWER)


def _last_risk_action(tracker: DialogueStateTracker) -> str | None:
    """Give the risk action of the turn before this one: only then does the question still stand."""
    before = [e.action_name for e in _turns(tracker, 1) if isinstance(e, ActionExecuted)]
    return next((name for name in reversed(before) if name in RISK_ACTIONS), None)


def _turns(tracker: DialogueStateTracker, back: int) -> list[Event]:
    """Give the events since a user message: 0 the latest, 1 those of the turn before it."""
    found: list[Event] = []
    seen = 0
    for event in _newest_first(tracker):
        if isinstance(event, UserUttered):
            seen += 1
            if seen > back:
                break
        elif seen == back:
            found.append(event)
    return list(reversed(found))


def _newest_first(tracker: DialogueStateTracker) -> Iterator[Event]:
    return iter(reversed(tracker.events))


def _actions(events: list[Event]) -> set[str]:
    return {e.action_name for e in events if isinstance(e, ActionExecuted) and e.action_name}
