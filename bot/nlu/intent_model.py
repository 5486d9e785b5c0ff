"""The model behind `IntentClassifier`: numbers in, shares out. No Rasa, so that it can be measured alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.nlu.letters import LetterFeatures

# How much the letters count beside the embedding; 0.5 to 0.8 measured alike.
LETTERS = 0.6


class IntentModel:
    """Multinomial logistic regression on sentence vectors and letter groups."""

    def __init__(self, names: list[str], weights: np.ndarray, bias: np.ndarray, letters: LetterFeatures) -> None:
        """Take the intents' names, their weights (features, intents), bias (intents) and the letter features."""
        self.names = names
        self._weights = weights
        self._bias = bias
        self._letters = letters

    @classmethod
    def fit(
        cls,
        vectors: np.ndarray,
        texts: Sequence[str],
        intents: Sequence[str],
        regularisation: float = 10.0,
        max_iter: int = 1000,
        seed: int = 7,
    ) -> IntentModel:
        """Fit on vectors (n, 384), the texts they came from and their intents; at least two intents."""
        from sklearn.linear_model import LogisticRegression

        letters = LetterFeatures.fit(texts, seed)
        model = LogisticRegression(C=regularisation, max_iter=max_iter, random_state=seed, tol=1e-3)
        model.fit(_features(vectors, letters(texts)), list(intents))
        weights, bias = model.coef_, model.intercept_
        if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
            weights, bias = np.vstack([-weights / 2, weights / 2]), np.array([-bias[0] / 2, bias[0] / 2])
        names = [str(c) for c in model.classes_]
        return cls(names, weights.T.astype(np.float32), bias.astype(np.float32), letters)

    def probabilities(self, vectors: np.ndarray, texts: Sequence[str]) -> np.ndarray:
        """Give the shares (n, intents) of messages, in the order of `names`."""
        scores = _features(vectors, self._letters(texts)) @ self._weights + self._bias
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        return shares / shares.sum(axis=1, keepdims=True)

    def save(self, path: Path) -> None:
        """Write the model as plain arrays (nothing that could run code when read)."""
        np.savez_compressed(
            path,
            names=np.array(self.names),
            weights=self._weights,
            bias=self._bias,
            groups=self._letters.names,
            rarity=self._letters.rarity,
            projection=self._letters.projection.astype(np.float16),
        )

    @classmethod
    def load(cls, path: Path) -> IntentModel:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            letters = LetterFeatures(stored["groups"], stored["rarity"], stored["projection"])
            return cls([str(n) for n in stored["names"]], stored["weights"], stored["bias"], letters)


def _features(vectors: np.ndarray, letters: np.ndarray) -> np.ndarray:
    return np.hstack([vectors, LETTERS * letters]).astype(np.float32)
