"""The trained model: named after what it is made of, so that it is trained again only when that changed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from bot.settings import ROOT, ConfigurationError

MODELS = ROOT / "models"
# What decides what a model is. Rasa's own version is in the lock.
INGREDIENTS = ("config.yml", "domain.yml", "requirements.lock", "data", "bot/nlu", "bot/risk")
# Loading TensorFlow and embedding the examples take half a minute each without a word from Rasa.
STILL_SECONDS = 10
# Older models kept, for going back by hand.
KEPT = 2

# Rasa must not phone home, use a GPU that may be there, or print TensorFlow's and SQLAlchemy's warnings at people.
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "CUDA_VISIBLE_DEVICES": "",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "PYTHONPATH": str(ROOT),
}


def environment() -> dict[str, str]:
    """Give the environment for a Rasa process."""
    return {**os.environ, **QUIET}


def fingerprint() -> str:
    """Give a name for everything the model is made of: 12 characters of its SHA-256."""
    digest = hashlib.sha256()
    for ingredient in INGREDIENTS:
        path = ROOT / ingredient
        files = (
            sorted(p for p in path.rglob("*") if p.is_file() and p.suffix in (".py", ".yml"))
            if path.is_dir()
            else [path]
        )
        for file in files:
            digest.update(str(file.relative_to(ROOT)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def model_path() -> Path:
    """Give where the model for today's files is, or would be."""
    return MODELS / f"assistant-{fingerprint()}.tar.gz"


def train_if_stale(*, force: bool = False) -> Path:
    """Train unless the model for today's files is there, and show how it goes.

    Raises:
        ConfigurationError: training failed; the last lines it printed were shown.
    """
    path = model_path()
    if path.exists() and not force:
        return path
    print("Training the model (one to two minutes, only when its files changed) ...", flush=True)
    command = [
        sys.executable, "-m", "rasa", "train", "--fixed-model-name", path.name.removesuffix(".tar.gz"),
        "--config", "config.yml", "--domain", "domain.yml", "--data", "data", "--out", str(MODELS),
        # `make validate` does it, and `make test` with it; here it would be a third of the time.
        "--skip-validation",
        # Rules are not learnt from; gluing stories together would only take time.
        "--augmentation", "0",
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
    ) as training:
        lines = _show(training)
    if training.returncode != 0 or not path.exists():
        print("".join(lines[-25:]), file=sys.stderr)
        raise ConfigurationError("The model could not be trained; the lines above say what is wrong with its files.")
    for old in sorted(MODELS.glob("assistant-*.tar.gz"), key=lambda p: p.stat().st_mtime)[: -KEPT - 1]:
        old.unlink()
    return path


def _show(training: subprocess.Popen[str]) -> list[str]:
    """Say which part is being trained, and every :data:`STILL_SECONDS` that it goes on; gives all that Rasa printed."""
    lines: list[str] = []
    started, ended = time.monotonic(), threading.Event()

    def say(what: str) -> None:
        print(f"  {time.monotonic() - started:3.0f} s  {what}", flush=True)

    def go_on() -> None:
        while not ended.wait(STILL_SECONDS):
            say("still training")

    threading.Thread(target=go_on, daemon=True).start()
    assert training.stdout is not None  # noqa: S101 - asked for above
    for line in training.stdout:
        lines.append(line)
        if "Starting to train component" in line or "Restored component" in line:
            say(line.split("'")[1].split(".")[-1] if "'" in line else "")
    ended.set()
    return lines
