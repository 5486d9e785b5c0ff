"""Which intent a message has: logistic regression on the sentence embedding and on letter groups."""

# ruff: noqa: ARG003 - Rasa calls `create` and `load` with exactly these arguments

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers import LABEL_RANKING_LENGTH
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.freshness import source_of
from bot.nlu.intent_model import EPOCHS, IntentModel
from bot.nlu.lines import RISK_LINES, risk_class, risk_examples
from bot.nlu.vector_cache import encode_cached

logger = logging.getLogger(__name__)

INTENTS_FILE = "intents.npz"
# Message property with the odds of risk, for the risk reader.
RISK_ODDS = "risk_odds"


def sentence_vector(message: Message) -> np.ndarray | None:
    """Give the embedding that the featurizer put on a message, or None where it has none."""
    _, sentence = message.get_dense_features(TEXT)
    return sentence.features[-1] if sentence else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(RasaIntentClassifier, GraphComponent):
    """Trains on the intents that people type and ranks them for a message."""

    @classmethod
    def required_components(cls) -> list[type]:
        """The embedding comes from a featurizer."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Packages that Rasa checks before training."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`C` is the inverse of the regularisation; `random_state` makes two trainings give one model."""
        return {"C": 30.0, "epochs": EPOCHS, "random_state": 7, "ranking_length": LABEL_RANKING_LENGTH}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Hold the configuration; `train` or `load` give the model."""
        self._config = {**self.get_default_config(), **config}
        self._storage = model_storage
        self._resource = resource
        self._model: IntentModel | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        """Make an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        """Load a trained component.

        Raises:
            ValueError: the archive has no such resource (Rasa's own error).
        """
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model = IntentModel.load(folder / INTENTS_FILE)
        return component

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the modules that do the work changed, or the risk reader's lines."""
        return source_of("intent_model", "letters", "lines", files=sorted(RISK_LINES.glob("*.yml")))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the model on the examples that carry an intent of ours, and on the risk reader's lines."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT) and sentence_vector(m) is not None]
        if len({m.get(INTENT) for m in examples}) < 2:
            logger.warning("intents.nothing_to_train: fewer than two intents have examples")
            return self._resource
        risk = risk_examples()
        vectors = np.array([sentence_vector(m) for m in examples], np.float32)
        self._model = IntentModel.fit(
            np.vstack([vectors, encode_cached([e.text for e in risk])]),
            [*(m.get(TEXT) for m in examples), *(e.text for e in risk)],
            [*(m.get(INTENT) for m in examples), *(risk_class(e) for e in risk)],
            regularisation=float(self._config["C"]),
            epochs=int(self._config["epochs"]),
            seed=int(self._config["random_state"]),
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder / INTENTS_FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking` on each message, and the odds of risk for the risk reader."""
        for message in messages:
            vector = sentence_vector(message)
            if self._model is None or vector is None:
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                message.set("intent_ranking", [], add_to_output=True)
                continue
            found = self._model.read(vector[np.newaxis, :], [message.get(TEXT)])
            shares = found.shares[0]
            message.set(RISK_ODDS, float(found.risk_odds[0]))
            best = np.argsort(-shares)[: self._config["ranking_length"] or len(shares)]
            ranking = [{"name": self._model.names[i], "confidence": float(shares[i])} for i in best]
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages
