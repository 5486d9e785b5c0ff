"""From shares to verdicts, and the small model behind them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from bot.nlu.meaning import Thresholds, pieces, verdict
from bot.nlu.risk_model import (
    BACKGROUND,
    BLOCK,
    COMPONENTS,
    FEW,
    GAMMA,
    RiskModel,
    Scores,
    _directions,
    _kernel,
    _products,
    _squares,
    background,
)
from bot.risk import Action, Level

AT = Thresholds(alert=0.8, urgent=0.6, check=0.4, urgent_check=0.3)


TEXTS = ["none N", "relapse M", "suicide H", "overdose E"]


class Given:
    """Stands for a model: answers with the shares it was given."""

    def __init__(self, *rows: tuple[float, float, float]) -> None:
        self._rows = np.array(rows)

    def scores(self, vectors: np.ndarray, texts: list[str], odds: float) -> Scores:
        assert len(vectors) == len(self._rows) and odds == 0
        names = ("overdose", "suicide")
        categories = np.array([[0.0, 1.0]] * len(self._rows))
        return Scores(self._rows[:, 0], self._rows[:, 1], self._rows[:, 2], categories, names)


@pytest.mark.parametrize(
    ("rows", "level", "action"),
    [
        # risk, severe given risk, emergency given severe
        ([(0.39, 0.7, 0.9)], Level.N, Action.none),
        ([(0.39, 0.9, 0.9)], Level.M, Action.check),  # what may be grave is asked about sooner
        ([(0.45, 0.1, 0.1)], Level.M, Action.check),
        ([(0.85, 0.1, 0.1)], Level.M, Action.alert),
        ([(0.75, 0.9, 0.2)], Level.H, Action.alert),
        ([(0.75, 0.7, 0.2)], Level.H, Action.check),
        ([(0.95, 0.9, 0.7)], Level.E, Action.alert),
        # one grave sentence counts, wherever it stands, weighed with the whole
        ([(0.35, 0.1, 0.1), (0.02, 0.1, 0.1), (0.98, 0.98, 0.9)], Level.M, Action.check),
        ([(0.65, 0.6, 0.1), (0.02, 0.1, 0.1), (0.98, 0.98, 0.9)], Level.E, Action.alert),
    ],
)
def test_thresholds(rows: list[tuple[float, float, float]], level: Level, action: Action) -> None:
    texts = ["a message"] * len(rows)
    found = verdict(Given(*rows), texts, np.zeros((len(rows), 384)), AT)  # type: ignore[arg-type]
    assert (found.level, found.action) == (level, action)
    assert found.categories == (() if level is Level.N else ("suicide",))


def test_pieces_start_with_the_message_and_end_with_it_undisguised() -> None:
    assert pieces("what time is group") == ["what time is group"]
    assert pieces("Thanks a lot, really. I want to die.")[0] == "Thanks a lot, really. I want to die."
    assert "I want to die." in pieces("Thanks a lot, really. I want to die.")
    assert pieces("s u i c i d e tonight")[-1] == "suicide tonight"
    assert pieces("") == [""]


@pytest.fixture(scope="module")
def toy() -> tuple[RiskModel, Scores, np.ndarray]:
    """Train on four heaps of vectors: harmless, moderate relapse, high suicide, emergency overdose."""
    random = np.random.default_rng(3)
    centres = np.eye(384, dtype=np.float32)[:4]
    vectors = np.repeat(centres, 12, axis=0) + random.normal(0, 0.02, (48, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    levels = [level for level in "NMHE" for _ in range(12)]
    categories = [c for c in ("none", "relapse", "suicide", "overdose") for _ in range(12)]
    texts = [f"{c} {level}" for c, level in zip(categories, levels, strict=True)]
    model, unseen = RiskModel.fit(vectors, texts, levels, categories, background=(vectors[:3], texts[:3]))
    return model, unseen, centres


def test_the_model_tells_levels_and_categories_apart(toy: tuple[RiskModel, Scores, np.ndarray]) -> None:
    model, _, centres = toy
    scores = model.scores(centres, TEXTS)
    assert scores.risk[0] < 0.2
    assert (scores.risk[1:] > 0.8).all()
    assert scores.severe[1] < 0.5 < scores.severe[2]
    assert scores.emergency[2] < 0.5 < scores.emergency[3]
    assert [scores.names[i] for i in scores.categories[1:].argmax(axis=1)] == ["relapse", "suicide", "overdose"]


def test_the_intent_models_odds_move_the_share_of_risk_and_nothing_else(
    toy: tuple[RiskModel, Scores, np.ndarray],
) -> None:
    model, _, centres = toy
    without, more, less = (model.scores(centres, TEXTS, odds) for odds in (0.0, 3.0, -3.0))
    assert (less.risk < without.risk).all() and (without.risk < more.risk).all()
    np.testing.assert_array_equal(more.severe, without.severe)
    np.testing.assert_array_equal(more.categories, without.categories)


def test_leave_one_out_is_what_a_model_without_the_message_would_say() -> None:
    random = np.random.default_rng(5)
    vectors = random.normal(0, 1, (40, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    levels = ["N", "M", "H", "E"] * 10
    categories = ["none", "relapse", "suicide", "overdose"] * 10
    texts = ["the same words"] * 40
    background = (vectors[-4:], texts[-4:])
    _, unseen = RiskModel.fit(vectors[:-4], texts[:-4], levels[:-4], categories[:-4], background)
    without, _ = RiskModel.fit(vectors[1:-4], texts[1:-4], levels[1:-4], categories[1:-4], background)
    # The bias is the mean of all targets, one of forty apart; the answers agree but for that.
    np.testing.assert_allclose(unseen.categories[0], without.scores(vectors[:1], texts[:1]).categories[0], atol=0.06)


def test_a_saved_model_answers_alike(toy: tuple[RiskModel, Scores, np.ndarray], tmp_path: Path) -> None:
    model, _, centres = toy
    model.save(tmp_path / "risk.npz")
    again = RiskModel.load(io.BytesIO((tmp_path / "risk.npz").read_bytes()))
    np.testing.assert_allclose(again.scores(centres, TEXTS).risk, model.scores(centres, TEXTS).risk, atol=0.01)
    assert again.names == model.names


@pytest.mark.parametrize("rows", [1, FEW, FEW + 1])
@pytest.mark.parametrize("examples", [3, BLOCK, BLOCK + 1])
def test_few_pieces_and_many_are_multiplied_alike(rows: int, examples: int) -> None:
    random = np.random.default_rng(11)
    left = random.normal(0, 1, (rows, 384)).astype(np.float32)
    right = random.normal(0, 1, (examples, 384)).astype(np.float32)
    found = _products(left, right)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, left.astype(float) @ right.T.astype(float), rtol=1e-4, atol=1e-3)


def test_the_kernel_is_the_distance_in_the_principal_components() -> None:
    random = np.random.default_rng(13)
    vectors = random.normal(0, 1, (500, 384)).astype(np.float32) * np.linspace(2, 0.1, 384, dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    directions = _directions(vectors)
    assert directions.shape == (384, COMPONENTS)
    np.testing.assert_allclose(directions.T @ directions, np.eye(COMPONENTS), atol=1e-4)
    kept = vectors @ directions
    # No other choice of as many directions keeps more.
    assert np.square(kept).sum() >= np.square(vectors[:, :COMPONENTS]).sum()
    distances = np.square(kept[:5, np.newaxis] - kept[np.newaxis]).sum(axis=2)
    np.testing.assert_allclose(_kernel(kept[:5], kept, _squares(kept)), np.exp(-GAMMA * distances), atol=1e-4)


def test_half_of_the_ordinary_messages_are_spanish_and_a_line_more_moves_one() -> None:
    texts = [f"what is the group about on day {i}" for i in range(4000)]
    texts += [f"de qué se trata el grupo del día {i}" for i in range(3000)]
    intents = ["session_on_day"] * len(texts)
    intents[0] = intents[4000] = "craving_near"
    chosen = background(texts, intents, 7)
    assert len(set(chosen)) == BACKGROUND
    assert sum(place >= 4000 for place in chosen) == BACKGROUND // 2
    assert not {0, 4000} & set(chosen)
    more = background([*texts, "one line more, quite another one"], [*intents, "out_of_scope"], 7)
    assert len(set(chosen) - set(more)) <= 1
    # Where there is less Spanish, the rest is filled up.
    assert len(background(texts[:5000], intents[:5000], 7)) == 4998
