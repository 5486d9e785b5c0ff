"""The meaning reader: from the classifier's shares for a message and its sentences to a verdict."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bot.nlu.intent_model import IntentModel
from bot.nlu.risk_model import RiskModel
from bot.nlu.sentences import sentences
from bot.risk import NONE, Action, Evidence, Level, Verdict
from bot.risk.normalise import normalise
from bot.risk.verdict import from_evidence

_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Thresholds:
    """Shares from which something happens, chosen on leave-one-out and on held-out ordinary messages.

    `alert`: share of risk from which staff are told; `urgent`: share of severe risk from which they are told;
    `check` and `urgent_check`: shares of risk and of severe risk from which the person is asked. `make eval` prints the
    curves.
    """

    alert: float = 0.98
    urgent: float = 0.81
    check: float = 0.82
    # Lower: what may be grave is asked about sooner than what may be a relapse.
    urgent_check: float = 0.64

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Thresholds:
        """Take the thresholds out of a component's configuration; what it does not name stays as above."""
        return cls(**{name: float(config.get(name, value)) for name, value in asdict(cls()).items()})


@dataclass(frozen=True)
class MeaningReader:
    """The meaning reader outside of Rasa's pipeline: both models, and where something happens."""

    risk: RiskModel
    intents: IntentModel
    thresholds: Thresholds

    def read(self, texts: list[str], vectors: np.ndarray) -> Verdict:
        """Give the verdict on one message from its `pieces` and their vectors (pieces, 384)."""
        odds = self.intents.read(vectors[:1], texts[:1]).risk_odds[0]
        return verdict(self.risk, texts, vectors, self.thresholds, float(odds))


def pieces(text: str) -> list[str]:
    """Give what is embedded of a message: the whole, its sentences, and the whole undisguised where it was disguised.

    Args:
        text: the message as written.

    Returns:
        At least the message itself, which comes first.
    """
    plain = _NOT_WORDS.sub(" ", normalise(text).text.casefold()).split()
    written = _NOT_WORDS.sub(" ", text.casefold()).split()
    found = [text, *sentences(text)]
    # Other letters, or letters that stood apart.
    if plain and ("".join(plain) != "".join(written) or len(written) - len(plain) > 2):
        found.append(" ".join(plain))
    return found


def weigh(shares: np.ndarray) -> float:
    """Give one share for a message: the mean of the worst piece and of the whole.

    The worst piece alone makes too much of a fragment ("I'm done.") whose rest explains it; the whole alone drowns one
    grave sentence in a long message. The mean did best on held-out messages.
    """
    return float((shares.max() + shares[0]) / 2)


def verdict(
    model: RiskModel, texts: list[str], vectors: np.ndarray, thresholds: Thresholds, odds: float = 0.0
) -> Verdict:
    """Say what the meaning reader makes of one message.

    Args:
        model: the trained classifier.
        texts: `pieces(text)`.
        vectors: those of `texts`, (pieces, 384).
        thresholds: where to alert and where to ask.
        odds: what the intent model says of the message, see `RiskModel.scores`.

    Returns:
        The verdict, in which the worst of the pieces counts; empty below both thresholds for asking.
    """
    scores = model.scores(vectors, texts, odds)
    severe = scores.risk * scores.severe
    risk = weigh(scores.risk)
    urgent = weigh(severe)
    if risk < thresholds.check and urgent < thresholds.urgent_check:
        return NONE
    action = Action.alert if risk >= thresholds.alert or urgent >= thresholds.urgent else Action.check
    # The row that says most about severity names the category too.
    worst = int(np.argmax(severe)) if urgent >= 0.5 else int(np.argmax(scores.risk))
    high = Level.E if float(scores.emergency[worst]) >= 0.5 else Level.H
    level = high if urgent >= 0.5 else Level.M
    category = scores.names[int(np.argmax(scores.categories[worst]))]
    where = "message" if worst == 0 else f"piece-{worst}"
    return from_evidence(
        (Evidence("meaning", f"{where}:{risk:.2f}/{urgent:.2f}", category, level, action, start=0, end=len(texts[0])),)
    )
