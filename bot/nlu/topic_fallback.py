"""Says "not understood" by topic: is any topic likely enough, and is it clearly the likeliest?

Rasa's FallbackClassifier looks at the likeliest intent alone. With some 150 intents, several of which answer nearly the
same question, a message that is plainly about the schedule spreads over five of them, none above the threshold. What
matters to the person is whether we know what they talk about, so the intents of a topic are counted together.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message


def topic_of(intent: str) -> str:
    """Give an intent's topic: what stands before the first underscore, or ``out_of_scope``."""
    return intent if intent == "out_of_scope" else intent.split("_", 1)[0]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class TopicFallback(GraphComponent):
    """Replaces the intent by ``nlu_fallback`` where no topic is likely enough.

    Configuration: ``threshold``, the least probability of the likeliest topic, and ``intent_threshold``, the least of
    the likeliest intent; both were chosen from the curve that ``make eval`` prints.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the default thresholds."""
        return {"threshold": 0.4, "intent_threshold": 0.1}

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicFallback:
        """Make the component for Rasa's graph."""
        del model_storage, resource, execution_context
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Look at each message's ranking."""
        for message in messages:
            ranking = message.get(INTENT_RANKING_KEY) or []
            if ranking and not (message.get("text") or "").startswith("/"):
                self._judge(message, ranking)
        return messages

    def _judge(self, message: Message, ranking: list[dict[str, Any]]) -> None:
        topics: dict[str, float] = defaultdict(float)
        for row in ranking:
            topics[topic_of(str(row[INTENT_NAME_KEY]))] += float(row[PREDICTED_CONFIDENCE_KEY])
        best = max(topics, key=topics.__getitem__)
        likeliest = next(row for row in ranking if topic_of(str(row[INTENT_NAME_KEY])) == best)
        sure = topics[best] >= self._config["threshold"]
        if sure and likeliest[PREDICTED_CONFIDENCE_KEY] >= self._config["intent_threshold"]:
            message.set(INTENT, dict(likeliest), add_to_output=True)
            return
        fallback = {INTENT_NAME_KEY: DEFAULT_NLU_FALLBACK_INTENT_NAME, PREDICTED_CONFIDENCE_KEY: 1 - topics[best]}
        message.set(INTENT, fallback, add_to_output=True)
        message.set(INTENT_RANKING_KEY, [fallback, *ranking], add_to_output=True)
