"""The Rasa component around `bot.nlu.language`: tells the conversation which language a message is in."""

# ruff: noqa: ARG003 - Rasa calls `create` and `load` with exactly these arguments

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.language import detect


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageReader(GraphComponent):
    """Adds an entity `language` ("en" or "es") where the language is clear, and nothing where it is not."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageReader:
        """Make the component; it has nothing to load."""
        return cls()

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing to configure."""
        return {}

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entity to messages whose language is clear."""
        for message in messages:
            text = message.get(TEXT) or ""
            found = detect(text)
            if found:
                entity = {
                    "entity": "language",
                    "value": found,
                    "start": 0,
                    "end": len(text),
                    "confidence": 1.0,
                    "extractor": "LanguageReader",
                }
                message.set(ENTITIES, [*(message.get(ENTITIES) or []), entity], add_to_output=True)
        return messages
