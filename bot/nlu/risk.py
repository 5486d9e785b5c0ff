"""The last step of understanding: both risk readers joined, and the intent overridden where there is risk."""

# ruff: noqa: ARG003 - Rasa calls `create` and `load` with exactly these arguments

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.embedding import RISK_PIECES
from bot.nlu.encoder import DIMENSIONS
from bot.nlu.freshness import source_of
from bot.nlu.intents import RISK_ODDS, sentence_vector
from bot.nlu.lines import RISK_LINES, RISK_PREFIX, risk_examples
from bot.nlu.meaning import Thresholds, verdict
from bot.nlu.risk_model import RiskModel, background
from bot.nlu.vector_cache import encode_cached
from bot.risk import Action, Verdict, join, screen
from bot.risk.verdict import OWN_LIFE

logger = logging.getLogger(__name__)

MODEL_FILE = "risk.npz"
# Message property with the joined verdict as plain values; it is kept in the parse data of the user's event.
RISK = "risk"
BEFORE = "intent_before_risk"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class RiskReader(GraphComponent):
    """Trains the meaning reader on the lines in `data/nlu/risk` and gives the verdict."""

    @classmethod
    def required_components(cls) -> list[type]:
        """The embedding comes from a featurizer."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Where staff are alerted (`alert`) and where the person is asked first (`check`), as shares of risk."""
        return {**asdict(Thresholds()), "random_state": 7}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Hold the configuration; `train` or `load` give the model."""
        merged = {**self.get_default_config(), **config}
        self._thresholds = Thresholds.from_config(merged)
        self._seed = int(merged["random_state"])
        self._storage = model_storage
        self._resource = resource
        self._model: RiskModel | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RiskReader:
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
    ) -> RiskReader:
        """Load a trained component and both readers, so that the first message does not wait.

        Raises:
            ValueError: the archive has no such resource (Rasa's own error).
        """
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model = RiskModel.load(folder / MODEL_FILE)
        screen("warm up")
        return component

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the modules that do the work changed, or the lines."""
        return source_of("risk_model", "words", "language", files=sorted(RISK_LINES.glob("*.yml")))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the classifier on the lines in `data/nlu/risk`, with a share of the other intents as ordinary messages.

        Raises:
            ValueError: an example's block has no level in its metadata.
        """
        labelled = risk_examples()
        ordinary = [m for m in training_data.intent_examples if sentence_vector(m) is not None]
        places = background([m.get(TEXT) for m in ordinary], [str(m.get(INTENT)) for m in ordinary], self._seed)
        chosen = [ordinary[place] for place in places]
        self._model, _ = RiskModel.fit(
            encode_cached([e.text for e in labelled]),
            [e.text for e in labelled],
            [e.level for e in labelled],
            [e.intent.removeprefix(RISK_PREFIX) for e in labelled],
            background=(
                np.array([sentence_vector(m) for m in chosen], np.float32).reshape(-1, DIMENSIONS),
                [m.get(TEXT) for m in chosen],
            ),
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder / MODEL_FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `risk` on each message and, where the action is alert or check, `risk_<category>` as its intent."""
        for message in messages:
            text = message.get(TEXT)
            if not text or text.startswith("/"):  # a button of ours
                continue
            found = self._read(text, message.get(RISK_PIECES), message.get(RISK_ODDS) or 0.0)
            message.set(RISK, found.to_dict(), add_to_output=True)
            if found.action != Action.none:
                _override(message, found)
            # For this step alone; not part of what a message says.
            for used in (RISK_PIECES, RISK_ODDS):
                message.data.pop(used, None)
        return messages

    def _read(self, text: str, embedded: tuple[list[str], np.ndarray] | None, odds: float) -> Verdict:
        by_patterns = screen(text)
        if self._model is None or embedded is None:
            return by_patterns
        texts, vectors = embedded
        return join(by_patterns, verdict(self._model, texts, vectors, self._thresholds, odds))


def _override(message: Message, found: Verdict) -> None:
    before = message.get(INTENT) or {"name": None, "confidence": 0.0}
    intent = {"name": f"{RISK_PREFIX}{_subject(found)}", "confidence": 1.0}
    message.set(BEFORE, dict(before), add_to_output=True)
    message.set(INTENT, intent, add_to_output=True)
    message.set("intent_ranking", [intent, *(message.get("intent_ranking") or [])], add_to_output=True)


def _subject(found: Verdict) -> str:
    """Give the category that is answered: whoever tells of somebody else's wish to die is not asked about their own."""
    told = [e for e in found.evidence if e.reader == "patterns" and e.category in OWN_LIFE]
    of_another = bool(told) and all("somebody_else" in e.rules for e in told)
    first = found.categories[0]
    return "third_party" if of_another and first in OWN_LIFE and "third_party" in found.categories else first
