"""Rasa's rule policy with an index, so that a prediction looks at the few rules that can apply and not at all of them.

The same rules win as with Rasa's own search (``tests/unit/dialogue/test_rule_index.py`` compares the two). Rasa 3.6.21
tries every rule against every state of the conversation, twice: once for the message's text, once for its intent.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

# The previous action and the intent that a rule's last state asks for; None: it does not ask.
_Key = tuple[str | None, str | None]


class _Index:
    """The rules of one of Rasa's tables by what their last state asks for."""

    def __init__(self, lookup: dict[str, str], states_of: Any) -> None:
        self.by_last: dict[_Key, set[str]] = defaultdict(set)
        self.longest = 0
        for key in lookup:
            states: list[State] = states_of(key)
            self.longest = max(self.longest, len(states))
            asked = _asked(states[-1])
            # Where a conversation begins Rasa compares nothing else.
            self.by_last[asked if asked[0] is not None else (None, None)].add(key)

    def candidates(self, state: State) -> set[str]:
        """Give the rules whose last state may fit ``state``."""
        action, intent = _asked(state)
        wanted = {(action, intent), (action, None), (None, intent), (None, None)}
        return set().union(*(self.by_last.get(key, set()) for key in wanted))


def _asked(state: State) -> _Key:
    return state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME), state.get(USER, {}).get(INTENT)


class IndexedRulePolicy(RulePolicy):
    """Finds what :class:`RulePolicy` finds."""

    def _index(self, lookup: dict[str, str]) -> _Index:
        # Training makes new tables and takes rules out of them, so an index belongs to one table of one size. The table
        # is kept with it: a table that is gone could otherwise lend its identity to the next.
        known: dict[tuple[int, int], tuple[dict[str, str], _Index]] = self.__dict__.setdefault("_indexes", {})
        name = (id(lookup), len(lookup))
        if name not in known:
            known[name] = (lookup, _Index(lookup, self._rule_key_to_state))
        return known[name][1]

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        if not states:
            return set(lookup)
        index = self._index(lookup)
        possible = index.candidates(states[-1])
        # Beyond the longest rule's length every rule that is left applies.
        for turn, state in enumerate(reversed(states[-index.longest :] if index.longest else [])):
            possible = {key for key in possible if self._is_rule_applicable(key, turn, state)}
            if not possible:
                break
        return possible

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        if use_text_for_last_user_input and not self._reads_text():
            return None, None, False
        found: tuple[str | None, str | None, bool] = super()._find_action_from_rules(
            tracker, domain, use_text_for_last_user_input
        )
        return found

    def _reads_text(self) -> bool:
        """Tell whether any rule could match a message that has a text and no intent."""
        tables = [
            self._index(self.lookup[name]) for name in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH) if name in self.lookup
        ]
        return any(index.by_last.get(key) for index in tables for key in ((ACTION_LISTEN_NAME, None), (None, None)))
