"""What Rasa 3.6.21 spends on every message without use, switched off. What each costs: bench/README.md.

Called once, when our channel is made; the exact names are Rasa's, so a new version has to be looked at again.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from rasa.core import processor
from rasa.core.actions.action import RemoteAction
from rasa.core.policies import rule_policy


def cut_costs() -> None:
    """Put the two cheaper ways into place; doing so twice changes nothing."""
    RemoteAction._validate_action_result = _checked  # noqa: SLF001
    # These modules copy slots, events and states deeply for debug messages that nobody sees, and for nothing else.
    for module in (processor, rule_policy):
        module.copy = SimpleNamespace(deepcopy=_same)


def _checked(_action: RemoteAction, result: Any) -> bool:
    # Rasa checks each answer of the action server, and the schema that it checks it against, with ``jsonschema``. The
    # server is our own and its library makes the answers, so their form is enough.
    lists = [result.get(name, []) for name in ("events", "responses")] if isinstance(result, dict) else [None]
    if not all(isinstance(rows, list) and all(isinstance(row, dict) for row in rows) for rows in lists):
        raise ValueError("The action server's answer has the wrong form.")
    return True


def _same(value: Any) -> Any:
    return value
