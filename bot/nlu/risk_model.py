"""The classifier of the meaning reader: sentence vectors in, shares of levels and categories out. No Rasa."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

# The groups of levels that are told apart: nothing to do (N, L), moderate, severe (H, E).
GROUPS = ("none", "moderate", "severe")
GROUP_OF_LEVEL = {"N": "none", "L": "none", "M": "moderate", "H": "severe", "E": "severe"}


@dataclass(frozen=True)
class Scores:
    """Shares for n texts: `groups` (n, 3) in the order of GROUPS, `categories` (n, k) in the order of `names`."""

    groups: np.ndarray
    categories: np.ndarray
    names: tuple[str, ...]

    @property
    def risk(self) -> np.ndarray:
        """Share of moderate and severe together, (n,)."""
        return self.groups[:, 1] + self.groups[:, 2]


def _softmax(scores: np.ndarray) -> np.ndarray:
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


class RiskModel:
    """Two multinomial logistic regressions on one vector: how severe, and which category."""

    def __init__(
        self, names: tuple[str, ...], level: tuple[np.ndarray, np.ndarray], category: tuple[np.ndarray, np.ndarray]
    ) -> None:
        """Take the categories' names and the (weights, bias) of both heads."""
        self.names = names
        self._level = level
        self._category = category

    @classmethod
    def fit(cls, vectors: np.ndarray, levels: Sequence[str], categories: Sequence[str], seed: int = 7) -> RiskModel:
        """Fit on vectors (n, 384), levels ("E" … "N") and categories ("none" for harmless messages)."""
        from sklearn.linear_model import LogisticRegression

        groups = np.array([GROUPS.index(GROUP_OF_LEVEL[level]) for level in levels])
        kinds = np.array(categories)
        named = kinds != "none"
        severity = LogisticRegression(C=10, max_iter=2000, class_weight="balanced", random_state=seed)
        severity.fit(vectors, groups)
        which = LogisticRegression(C=10, max_iter=2000, class_weight="balanced", random_state=seed)
        which.fit(vectors[named], kinds[named])
        return cls(
            tuple(str(c) for c in which.classes_),
            (severity.coef_.T.astype(np.float32), severity.intercept_.astype(np.float32)),
            (which.coef_.T.astype(np.float32), which.intercept_.astype(np.float32)),
        )

    def scores(self, vectors: np.ndarray) -> Scores:
        """Give the shares for vectors (n, 384)."""
        return Scores(
            _softmax(vectors @ self._level[0] + self._level[1]),
            _softmax(vectors @ self._category[0] + self._category[1]),
            self.names,
        )

    def save(self, path: Path) -> None:
        """Write the model as plain arrays."""
        np.savez(
            path,
            names=np.array(self.names),
            level_weights=self._level[0],
            level_bias=self._level[1],
            category_weights=self._category[0],
            category_bias=self._category[1],
        )

    @classmethod
    def load(cls, path: Path | BinaryIO) -> RiskModel:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(
                tuple(str(n) for n in stored["names"]),
                (stored["level_weights"], stored["level_bias"]),
                (stored["category_weights"], stored["category_bias"]),
            )
