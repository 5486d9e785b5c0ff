"""Sentence vectors kept on disk between trainings, so that a training embeds only what is new.

For training and evaluation only: what people write is never put here.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.nlu.encoder import DIMENSIONS, MODEL_SHA256, encode

# 40,000 vectors are 60 MB; older ones make place.
KEEP = 40_000


def _file() -> Path:
    from bot.settings import settings

    return settings().var_dir / "cache" / f"vectors-{MODEL_SHA256[:12]}.npz"


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _read(path: Path) -> dict[bytes, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            keys, vectors = stored["keys"], stored["vectors"]
    except (OSError, ValueError, KeyError, EOFError):  # absent or damaged: a cache may always be empty
        return {}
    if vectors.shape != (len(keys), DIMENSIONS):
        return {}
    return {bytes(key): vector for key, vector in zip(keys, vectors, strict=True)}


def encode_cached(texts: Sequence[str]) -> np.ndarray:
    """Give the unit vectors of texts as `encode` does, embedding only those not seen in an earlier run.

    Args:
        texts: training or evaluation sentences of the project.

    Returns:
        float32 array (len(texts), 384).
    """
    path = _file()
    known = _read(path)
    missing = list(dict.fromkeys(t for t in texts if _key(t) not in known))
    if missing:
        known.update(zip((_key(t) for t in missing), encode(missing), strict=True))
        recent = list(known.items())[-KEEP:]
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written aside and renamed: two trainings at once leave one whole file.
        aside = path.with_name(f"{path.stem}.{os.getpid()}.npz")
        np.savez(
            aside,
            keys=np.array([np.frombuffer(key, np.uint8) for key, _ in recent]),
            vectors=np.array([vector for _, vector in recent], np.float32),
        )
        aside.replace(path)
    return np.array([known[_key(t)] for t in texts], np.float32).reshape(len(texts), DIMENSIONS)
