"""The meaning reader: from the classifier's shares for a message and its sentences to a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bot.nlu.risk_model import RiskModel
from bot.nlu.sentences import sentences
from bot.risk import NONE, Action, Evidence, Level, Verdict
from bot.risk.verdict import from_evidence


@dataclass(frozen=True)
class Thresholds:
    """Shares of risk from which staff are told, and from which the person is asked; `make eval` shows the curves."""

    alert: float = 0.80
    check: float = 0.50
    severe: float = 0.55

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Thresholds:
        """Take the thresholds out of a component's configuration; what it does not name stays as above."""
        default = cls()
        return cls(**{name: float(config.get(name, value)) for name, value in asdict(default).items()})


def pieces(text: str) -> list[str]:
    """Give what is embedded of a message: the whole first, then its sentences."""
    return [text, *sentences(text)]


def verdict(model: RiskModel, vectors: np.ndarray, thresholds: Thresholds, length: int = 0) -> Verdict:
    """Say what the meaning reader makes of one message.

    Args:
        model: the trained classifier.
        vectors: those of `pieces(text)`, (1 + sentences, 384).
        thresholds: where to alert and where to ask.
        length: of the message in characters, for the evidence.

    Returns:
        The verdict of the worst of the rows; empty below the check threshold.
    """
    scores = model.scores(vectors)
    risk = scores.risk
    worst = int(np.argmax(risk))
    share = float(risk[worst])
    if share < thresholds.check:
        return NONE
    severe = float(scores.groups[worst, 2])
    level = Level.H if severe / share >= thresholds.severe else Level.M
    action = Action.alert if share >= thresholds.alert else Action.check
    category = scores.names[int(np.argmax(scores.categories[worst]))]
    where = "message" if worst == 0 else f"sentence-{worst}"
    return from_evidence(
        (Evidence("meaning", f"{where}:{share:.2f}", category, level, action, start=0, end=length),)
    )
