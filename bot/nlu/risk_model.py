"""The classifier of the meaning reader: sentences in, shares of risk, severity and category out. No Rasa.

Kernel ridge regression with the sum of two kernels, a radial one on the principal components of the sentence vectors
and a linear one on words and word pairs: one linear solve gives all answers at once, and with them what each example
would have been given by a model that had not seen it (leave-one-out in closed form). The shares are calibrated on
those, and `make eval` reports them, without training several times.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from bot.nlu import words
from bot.nlu.language import detect

# Width of the kernel and ridge, chosen by leave-one-out on our own lines and held-out messages (docs/understanding.md).
GAMMA = 2.0
RIDGE = 0.25
# Principal components that distances are taken in, of 384. Half of them hold 89% of what differs and leave noise
# behind: they did better than all (docs/risk.md), and an answer takes a third of the time.
COMPONENTS = 192
# How much the words count beside the sentence vectors.
WORDS = 0.3
# How much the intent model's odds count: 0.05 to 0.2 measured alike (docs/risk.md).
ODDS = 0.1
# A missed severe message costs more than a question; ordinary intents are many and easy.
WEIGHTS = {"E": 1.5, "H": 1.5, "M": 1.2, "L": 1.0, "N": 1.0}
BACKGROUND_WEIGHT = 0.5
# How many ordinary messages are taken for training, and the intent that none are taken from: what stands there may well
# carry risk.
BACKGROUND = 5000
NOT_BACKGROUND = "craving_near"
# One message's pieces, and examples that fit into a processor's cache (512 of them are 0.4 MB); see `_products`.
FEW, BLOCK = 16, 512
# The first three answers; the categories follow.
_HEADS = ("risk", "severe", "emergency")


@dataclass(frozen=True)
class Scores:
    """Shares for n texts, each (n,): of risk (E, H, M), of E and H where there is risk, of E where it is severe.

    `categories` (n, k) are scores in the order of `names`, the higher the likelier.
    """

    risk: np.ndarray
    severe: np.ndarray
    emergency: np.ndarray
    categories: np.ndarray
    names: tuple[str, ...]


def background(texts: Sequence[str], intents: Sequence[str], seed: int) -> list[int]:
    """Choose ordinary messages for training, half of them Spanish as far as there are so many.

    The embedding knows little Spanish, so harmless Spanish lies nearer to risk and needs more examples. Chosen by a
    hash of each text, so that a line more in the data moves one place and not the whole choice.

    Args:
        texts: of all intents but the risk reader's own.
        intents: theirs.
        seed: another one gives another choice.

    Returns:
        Places in `texts`, at most `BACKGROUND`.
    """

    def order(place: int) -> bytes:
        return hashlib.blake2b(f"{seed}:{texts[place]}".encode(), digest_size=8).digest()

    known = sorted((i for i, intent in enumerate(intents) if not intent.startswith(NOT_BACKGROUND)), key=order)
    is_spanish = {i: detect(texts[i]) == "es" for i in known}
    spanish = [i for i in known if is_spanish[i]][: BACKGROUND // 2]
    return spanish + [i for i in known if not is_spanish[i]][: BACKGROUND - len(spanish)]


class RiskModel:
    """A trained classifier; `fit` or `load` gives one."""

    def __init__(
        self,
        names: tuple[str, ...],
        directions: np.ndarray,
        anchors: np.ndarray,
        weights: np.ndarray,
        bias: np.ndarray,
        calibration: np.ndarray,
        word_weights: np.ndarray,
        rarity: np.ndarray,
    ) -> None:
        """Take what `fit` or `load` have.

        Args:
            names: of the k categories.
            directions: of the principal components, (384, COMPONENTS).
            anchors: the examples in them, (m, COMPONENTS).
            weights: of the anchors, (m, 3 + k).
            bias: (3 + k,).
            calibration: slope and offset of the first three answers, (3, 2).
            word_weights: of hashed words, (BUCKETS, 3 + k).
            rarity: of hashed words, (BUCKETS,).
        """
        self.names = names
        self._directions = directions.astype(np.float32)
        self._anchors = anchors.astype(np.float32)
        self._squares = _squares(self._anchors)
        self._weights = weights.astype(np.float32)
        self._bias = bias.astype(np.float32)
        self._calibration = calibration
        self._word_weights = word_weights.astype(np.float32)
        self._rarity = rarity.astype(np.float32)

    @classmethod
    def fit(
        cls,
        vectors: np.ndarray,
        texts: Sequence[str],
        levels: Sequence[str],
        categories: Sequence[str],
        background: tuple[np.ndarray, Sequence[str]] | None = None,
    ) -> tuple[RiskModel, Scores]:
        """Fit on labelled messages.

        Args:
            vectors: of the messages, (n, 384), unit length.
            texts: the n messages.
            levels: "E" to "N", n of them.
            categories: n of them, "none" for harmless messages.
            background: vectors (b, 384) and texts of ordinary messages without risk.

        Returns:
            The model, and the scores of the n messages by models that had not seen them.
        """
        from scipy.linalg import cho_solve, lapack

        more, more_texts = background or (np.zeros((0, vectors.shape[1]), np.float32), ())
        # The labelled messages come last: what leaving one of them out changes needs only the end of a factor then.
        count = len(vectors)
        examples = np.vstack([more, vectors]).astype(np.float32)
        directions = _directions(examples)
        anchors = examples @ directions
        level = np.array([*["N"] * len(more), *levels])
        category = np.array([*["none"] * len(more), *categories])
        names = tuple(sorted(set(category) - {"none"}))
        truth = {
            "risk": np.isin(level, ["E", "H", "M"]),
            "severe": np.isin(level, ["E", "H"]),
            "emergency": level == "E",
            **{name: (category == name) & (level != "N") for name in names},
        }
        targets = np.stack([np.where(truth[head], 1.0, -1.0) for head in (*_HEADS, *names)], axis=1).astype(np.float32)
        bias = targets.mean(axis=0)
        weight = np.array([*[BACKGROUND_WEIGHT] * len(more), *[WEIGHTS[one] for one in levels]], np.float32)

        counts = words.counts([*more_texts, *texts])
        rarity = words.rarity(counts)
        grams = words.unit(counts, rarity)
        kernel = _kernel(anchors, anchors, _squares(anchors))
        kernel += WORDS * (grams @ grams.T).toarray()
        kernel[np.diag_indices_from(kernel)] += RIDGE / weight
        # Symmetric, so its transpose is itself in the order that LAPACK works in without a copy of 1.4 GB.
        factor, failed = lapack.spotrf(kernel.T, lower=1, overwrite_a=1)
        assert not failed  # noqa: S101 - a kernel plus a ridge is positive definite
        weights = cho_solve((factor, True), targets - bias)
        # The end of the diagonal of the kernel's inverse: column j of the factor's inverse is nothing above row j.
        inverse, _ = lapack.strtri(np.asfortranarray(factor[-count:, -count:]), lower=1, overwrite_c=1)
        diagonal = np.einsum("ij,ij->j", inverse, inverse)
        unseen = targets[-count:] - weights[-count:] / diagonal[:, np.newaxis]
        calibration = _calibrate(unseen, {head: truth[head][-count:] for head in _HEADS})
        model = cls(names, directions, anchors, weights, bias, calibration, WORDS * (grams.T @ weights), rarity)
        return model, model._scores(unseen)

    def scores(self, vectors: np.ndarray, texts: Sequence[str], odds: float = 0.0) -> Scores:
        """Give the scores for the n pieces of a message.

        Args:
            vectors: of the pieces, (n, 384).
            texts: the pieces.
            odds: logarithm of the odds that the intent model gives for the message being risk (`Reading.risk_odds`).
        """
        answers = _kernel(vectors @ self._directions, self._anchors, self._squares) @ self._weights + self._bias
        for row, text in enumerate(texts):
            places, values = words.one(text, self._rarity)
            answers[row] += values @ self._word_weights[places]
        answers[:, 0] += ODDS * odds
        return self._scores(answers)

    def _scores(self, answers: np.ndarray) -> Scores:
        slope, offset = self._calibration[:, 0], self._calibration[:, 1]
        shares = 1.0 / (1.0 + np.exp(-(answers[:, : len(_HEADS)] * slope + offset)))
        return Scores(shares[:, 0], shares[:, 1], shares[:, 2], answers[:, len(_HEADS) :], self.names)

    def save(self, path: Path) -> None:
        """Write the model as plain arrays; half precision is enough for the vectors."""
        np.savez_compressed(
            path,
            names=np.array(self.names),
            directions=self._directions,
            anchors=self._anchors.astype(np.float16),
            weights=self._weights,
            bias=self._bias,
            calibration=self._calibration,
            word_weights=self._word_weights.astype(np.float16),
            rarity=self._rarity.astype(np.float16),
        )

    @classmethod
    def load(cls, path: Path | BinaryIO) -> RiskModel:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(
                tuple(str(n) for n in stored["names"]),
                stored["directions"],
                stored["anchors"],
                stored["weights"],
                stored["bias"],
                stored["calibration"],
                stored["word_weights"],
                stored["rarity"],
            )


def _directions(vectors: np.ndarray) -> np.ndarray:
    """Give the directions of the principal components of (n, 384) vectors, about the origin: (384, COMPONENTS)."""
    _, directions = np.linalg.eigh(vectors.T.astype(np.float64) @ vectors)
    return directions[:, : -COMPONENTS - 1 : -1].astype(np.float32)


def _squares(vectors: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", vectors, vectors)


def _kernel(left: np.ndarray, right: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """Give exp(-GAMMA * squared distance); `squares` are the squared lengths of `right`."""
    exponents = _products(np.float32(2 * GAMMA) * left, right)
    exponents -= np.float32(GAMMA) * squares
    exponents -= np.float32(GAMMA) * _squares(left)[:, np.newaxis]
    return np.exp(exponents, out=exponents)


def _products(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Give left @ right.T.

    The pieces of one message are few and the examples many: BLAS multiplies a matrix of three rows at a fifth of the
    speed of three vectors, and a block of examples that stays in the processor's cache is read from memory once.
    """
    if len(left) > FEW:
        return np.asarray(left @ right.T)
    found = np.empty((len(left), len(right)), np.float32)
    for start in range(0, len(right), BLOCK):
        block = right[start : start + BLOCK]
        for row, vector in enumerate(left):
            np.dot(block, vector, out=found[row, start : start + BLOCK])
    return found


def _calibrate(answers: np.ndarray, truth: dict[str, np.ndarray]) -> np.ndarray:
    """Fit slope and offset of a logistic curve for each of the three heads, on the messages where it is asked."""
    from sklearn.linear_model import LogisticRegression

    asked = {"risk": np.ones(len(answers), bool), "severe": truth["risk"], "emergency": truth["severe"]}
    curves = []
    for column, head in enumerate(_HEADS):
        rows = asked[head]
        curve = LogisticRegression(C=1e3).fit(answers[rows, column][:, np.newaxis], truth[head][rows])
        curves.append((float(curve.coef_[0, 0]), float(curve.intercept_[0])))
    return np.array(curves)
