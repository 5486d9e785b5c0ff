"""The model behind `IntentClassifier`: numbers in, shares out. No Rasa, so that it can be measured alone.

Multinomial logistic regression on the sentence embedding and on letter groups, fitted by Adam in small steps: for
9,400 examples of 185 intents five seconds, where scikit-learn's solver needs over a minute for the same accuracy.

The risk reader's lines are classes beside the intents. What a message is instead says much about whether it is risk, so
the risk reader is given the odds; and an intent is not learnt from words that only stand for risk (docs/risk.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from bot.nlu.letters import LetterFeatures
from bot.nlu.lines import NO_RISK, RISK_PREFIX

# How much the letters count beside the embedding; 0.5 to 1.0 measured alike.
LETTERS = 0.8
# Intents with few examples count more, those with many less: weight (median / count) to this power.
BALANCE = 0.3
# Passes over the examples, examples a step and the first step's size; it falls to nothing along a cosine.
EPOCHS = 15
BATCH = 128
RATE = 0.02
# A share of risk counts as no smaller than this, and no nearer to one.
_LEAST = 1e-6


@dataclass(frozen=True)
class Reading:
    """What the model makes of n messages.

    `shares` (n, intents) are of the intents in the order of `names` and add up to one. `risk_odds` (n,) is the
    logarithm of the odds that a message is risk and not an intent or harmless; 0 where no risk was learnt.
    """

    shares: np.ndarray
    risk_odds: np.ndarray


class IntentModel:
    """Multinomial logistic regression on sentence vectors and letter groups."""

    def __init__(self, names: list[str], weights: np.ndarray, bias: np.ndarray, letters: LetterFeatures) -> None:
        """Take the classes' names, their weights (features, classes), bias (classes) and the letter features."""
        self._classes = names
        self._intents = [i for i, name in enumerate(names) if not name.startswith(RISK_PREFIX)]
        self._risks = [i for i, name in enumerate(names) if name.startswith(RISK_PREFIX) and name != NO_RISK]
        self.names = [names[i] for i in self._intents]
        self._weights = weights
        self._bias = bias
        self._letters = letters

    @classmethod
    def fit(
        cls,
        vectors: np.ndarray,
        texts: Sequence[str],
        intents: Sequence[str],
        regularisation: float = 30.0,
        epochs: int = EPOCHS,
        seed: int = 7,
    ) -> IntentModel:
        """Fit the model.

        Args:
            vectors: of the examples, (n, 384).
            texts: the n examples.
            intents: theirs, or the risk reader's classes.
            regularisation: scikit-learn's `C`, the larger the freer the weights.
            epochs: passes over the examples.
            seed: of the order of the examples; the same seed gives the same model.
        """
        letters = LetterFeatures.fit(texts, seed)
        names, index = np.unique(np.array(intents), return_inverse=True)
        features = _features(vectors, letters(texts))
        count = np.bincount(index)
        importance = ((np.median(count) / count) ** BALANCE)[index].astype(np.float32)
        decay = 1.0 / (regularisation * len(texts))
        weights, bias = _descend(features, index, importance, decay, epochs, seed)
        return cls([str(name) for name in names], weights, bias, letters)

    def read(self, vectors: np.ndarray, texts: Sequence[str]) -> Reading:
        """Read n messages with the vectors (n, 384)."""
        shares = _shares(_features(vectors, self._letters(texts)) @ self._weights + self._bias)
        intents = shares[:, self._intents] + np.float32(1e-12)
        intents /= intents.sum(axis=1, keepdims=True)
        if not self._risks:
            return Reading(intents, np.zeros(len(shares), np.float32))
        risk = np.clip(shares[:, self._risks].sum(axis=1), _LEAST, 1 - _LEAST)
        return Reading(intents, np.log(risk / (1 - risk)))

    def save(self, path: Path) -> None:
        """Write the model as plain arrays (nothing that could run code when read)."""
        np.savez_compressed(
            path,
            names=np.array(self._classes),
            weights=self._weights,
            bias=self._bias,
            groups=self._letters.names,
            rarity=self._letters.rarity,
            projection=self._letters.projection.astype(np.float16),
        )

    @classmethod
    def load(cls, path: Path | BinaryIO) -> IntentModel:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            letters = LetterFeatures(stored["groups"], stored["rarity"], stored["projection"])
            return cls([str(n) for n in stored["names"]], stored["weights"], stored["bias"], letters)


def _features(vectors: np.ndarray, letters: np.ndarray) -> np.ndarray:
    return np.hstack([vectors, LETTERS * letters]).astype(np.float32)


def _descend(
    features: np.ndarray, index: np.ndarray, importance: np.ndarray, decay: float, epochs: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Minimise the cross entropy by Adam; give the weights (features, intents) and the bias (intents)."""
    order = np.random.default_rng(seed)
    count = len(features)
    inputs = np.hstack([features, np.ones((count, 1), np.float32)])
    weights = np.zeros((inputs.shape[1], int(index.max()) + 1), np.float32)
    mean, spread = np.zeros_like(weights), np.zeros_like(weights)
    total = epochs * -(-count // BATCH)
    step = 0
    for _ in range(epochs):
        shuffled = order.permutation(count)
        for start in range(0, count, BATCH):
            rows = shuffled[start : start + BATCH]
            error = _shares(inputs[rows] @ weights)
            error[np.arange(len(rows)), index[rows]] -= 1.0
            error *= importance[rows, np.newaxis]
            slope = inputs[rows].T @ error / len(rows)
            slope[:-1] += decay * weights[:-1]
            step += 1
            mean = 0.9 * mean + 0.1 * slope
            spread = 0.999 * spread + 0.001 * slope * slope
            rate = RATE * 0.5 * (1.0 + np.cos(np.pi * step / total))
            move = (mean / (1.0 - 0.9**step)) / (np.sqrt(spread / (1.0 - 0.999**step)) + 1e-8)
            weights -= np.float32(rate) * move.astype(np.float32)
    return weights[:-1], weights[-1]


def _shares(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return shares
