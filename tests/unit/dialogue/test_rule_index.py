"""The index finds the same rules as Rasa's own search, on made-up rules and conversations."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from rasa.core.policies.rule_policy import RulePolicy

from bot.dialogue.rule_index import IndexedRulePolicy

ACTIONS = ["action_listen", "action_a", "action_b", "some_form"]
INTENTS = ["hello", "bye", "help"]
State = dict[str, Any]


def state(rng: random.Random, *, sparse: bool) -> State:
    """Make a state; a rule's may leave things open, and may ask that a slot is not set."""
    made: State = {}
    if rng.random() < 0.9:
        made["prev_action"] = {"action_name": rng.choice(ACTIONS)}
    if rng.random() < (0.6 if sparse else 0.9):
        made["user"] = {"intent": rng.choice(INTENTS)}
        if rng.random() < 0.3:
            made["user"]["entities"] = ["kind"] if sparse else ("kind",)
    if rng.random() < 0.3:
        made["slots"] = {"stage": rng.choice([[1.0], "should_not_be_set"]) if sparse else (1.0,)}
    if rng.random() < 0.3:
        made["active_loop"] = {"name": rng.choice(["some_form", "should_not_be_set"] if sparse else ["some_form"])}
    return made


def bare(kind: type[RulePolicy]) -> RulePolicy:
    """Make a policy without Rasa's machinery; looking rules up needs none."""
    return kind.__new__(kind)


@pytest.mark.parametrize("seed", range(20))
def test_finds_the_same_rules(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - no secret
    rules = {json.dumps([state(rng, sparse=True) for _ in range(rng.randint(1, 3))]): "action_x" for _ in range(60)}
    plain, indexed = bare(RulePolicy), bare(IndexedRulePolicy)
    found = 0
    for _ in range(60):
        conversation = [state(rng, sparse=False) for _ in range(rng.randint(0, 5))]
        expected = plain._get_possible_keys(rules, conversation)
        assert indexed._get_possible_keys(rules, conversation) == expected
        found += len(expected)
    assert found  # the comparison is worth something


def test_an_index_is_made_anew_when_training_takes_a_rule_away() -> None:
    policy = bare(IndexedRulePolicy)
    hello = {"prev_action": {"action_name": "action_listen"}, "user": {"intent": "hello"}}
    rules = {json.dumps([hello]): "action_a", json.dumps([{**hello, "user": {"intent": "bye"}}]): "action_b"}
    assert policy._get_possible_keys(rules, [hello]) == {json.dumps([hello])}
    rules.pop(json.dumps([hello]))
    assert policy._get_possible_keys(rules, [hello]) == set()


@pytest.mark.parametrize(
    ("last", "reads"),
    [({"prev_action": {"action_name": "action_listen"}, "user": {"intent": "hello"}}, False),
     ({"prev_action": {"action_name": "action_listen"}, "user": {"text": "hello"}}, True),
     ({"prev_action": {"action_name": "action_listen"}}, True)],
)  # fmt: skip
def test_texts_are_looked_up_only_if_a_rule_could_match_one(last: State, reads: bool) -> None:
    policy = bare(IndexedRulePolicy)
    policy.lookup = {"rules": {json.dumps([last]): "action_a"}}
    assert policy._reads_text() is reads
