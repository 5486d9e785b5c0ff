"""The intent model on a toy: it learns, survives typos by its letters, and answers alike after a reload."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.intent_model import IntentModel
from bot.nlu.letters import LetterFeatures

TEXTS = [
    "what time is group", "when is group", "group tonight", "is there group today",
    "how much does it cost", "what is the price", "do you take insurance", "is it expensive",
    "I need to talk to someone", "call a person", "let me speak to a human", "connect me with staff",
]  # fmt: skip
INTENTS = [name for name in ("session_next", "prospect_cost", "handoff_request") for _ in range(4)]


@pytest.fixture(scope="module")
def model() -> IntentModel:
    # The vectors say nothing, so that the letters must.
    return IntentModel.fit(np.zeros((len(TEXTS), 384), np.float32), TEXTS, INTENTS, regularisation=100, epochs=60)


def _best(model: IntentModel, text: str) -> str:
    shares = model.read(np.zeros((1, 384), np.float32), [text]).shares[0]
    assert shares.sum() == pytest.approx(1.0, abs=1e-5)
    return model.names[int(shares.argmax())]


@pytest.mark.parametrize(
    ("text", "intent"),
    [("wat time is gruop", "session_next"), ("insurence", "prospect_cost"), ("speek to humann", "handoff_request")],
)
def test_letters_carry_a_misspelt_word(model: IntentModel, text: str, intent: str) -> None:
    assert _best(model, text) == intent


def test_a_saved_model_answers_alike(model: IntentModel, tmp_path: Path) -> None:
    model.save(tmp_path / "intents.npz")
    again = IntentModel.load(tmp_path / "intents.npz")
    vectors = np.zeros((len(TEXTS), 384), np.float32)
    np.testing.assert_allclose(again.read(vectors, TEXTS).shares, model.read(vectors, TEXTS).shares, atol=0.01)


def test_two_trainings_give_one_model(model: IntentModel) -> None:
    vectors = np.zeros((len(TEXTS), 384), np.float32)
    other = IntentModel.fit(vectors, TEXTS, INTENTS, regularisation=100, epochs=60)
    np.testing.assert_allclose(other.read(vectors, TEXTS).shares, model.read(vectors, TEXTS).shares, atol=1e-4)


def test_risk_is_learnt_beside_the_intents_and_is_none_of_them() -> None:
    texts = [*TEXTS, "I took all the pills", "all my pills at once", "I want to die", "let me die", "dying for a pizza"]
    classes = [*INTENTS, "risk_overdose", "risk_overdose", "risk_suicide", "risk_suicide", "risk_none"]
    model = IntentModel.fit(np.zeros((len(texts), 384), np.float32), texts, classes, regularisation=100, epochs=60)
    assert model.names == sorted(set(INTENTS))
    found = model.read(np.zeros((4, 384), np.float32), ["took all pills", "when is group", "pizza", "want to die"])
    assert found.shares.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert found.risk_odds[0] > found.risk_odds[1]
    assert found.risk_odds[3] > found.risk_odds[2]


def test_without_risk_among_the_classes_there_are_no_odds(model: IntentModel) -> None:
    assert model.read(np.zeros((1, 384), np.float32), ["I took all the pills"]).risk_odds.tolist() == [0.0]


def test_accents_and_case_do_not_matter_to_letters() -> None:
    letters = LetterFeatures.fit(TEXTS)
    np.testing.assert_allclose(letters(["Gróup TONIGHT"]), letters(["group tonight"]))
    assert not letters(["ж"]).any()
