"""The cheaper check of the action server's answers refuses what Rasa's own would."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.core import processor
from rasa.core.actions.action import RemoteAction
from rasa.core.policies import rule_policy

from bot.dialogue.rasa_costs import cut_costs


@pytest.fixture(autouse=True)
def _restored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave Rasa as it was for other tests."""
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)
    for module in (processor, rule_policy):
        monkeypatch.setattr(module, "copy", module.copy)
    cut_costs()


@pytest.mark.parametrize("answer", [None, [], "text", {"events": {}}, {"events": ["x"]}, {"responses": [None]}])
def test_a_wrong_answer_is_refused(answer: Any) -> None:
    with pytest.raises(ValueError, match="wrong form"):
        RemoteAction("action_x", None)._validate_action_result(answer)


def test_a_right_answer_is_taken() -> None:
    answer = {"events": [{"event": "slot", "name": "a", "value": 1}], "responses": [{"text": "hi"}]}
    assert RemoteAction("action_x", None)._validate_action_result(answer)


def test_debug_messages_copy_nothing() -> None:
    value = [object()]
    assert processor.copy.deepcopy(value) is value
