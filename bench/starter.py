"""Rasa's starter bot, as ``rasa init`` makes it, with its stock REST channel: what the figures stand beside."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx
import rasa
from rasa.version import __version__ as rasa_version

from bot.run.model import environment
from bot.settings import ROOT
from tests.e2e.stack import free_ports

# ``rasa init --no-prompt`` copies exactly this folder and trains it.
TEMPLATE = Path(rasa.__file__).parent / "cli" / "initial_project"
CACHE = ROOT / "var" / "bench"
READY_SECONDS = 240


def _model() -> Path:
    digest = hashlib.sha256(rasa_version.encode())
    for file in sorted(TEMPLATE.rglob("*.yml")):
        digest.update(file.read_bytes())
    return CACHE / f"starter-{digest.hexdigest()[:12]}.tar.gz"


def train_starter() -> Path:
    """Give the starter bot's model, trained once (some 100 s) and kept under ``var/bench``."""
    path = _model()
    if path.exists():
        return path
    project = path.with_suffix("").with_suffix("")
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(TEMPLATE, project, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    subprocess.run(
        [sys.executable, "-m", "rasa", "train", "--fixed-model-name", "starter"],
        cwd=project, env=environment(), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
    )  # fmt: skip
    (project / "models" / "starter.tar.gz").replace(path)
    return path


class Starter:
    """``rasa run`` on the starter bot; ``seconds_to_ready`` is what its start took."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "starter"
        (self.port,) = free_ports(1)
        self._process: subprocess.Popen[bytes] | None = None
        self.seconds_to_ready = 0.0

    @property
    def url(self) -> str:
        """Give the server's address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and wait until its model is loaded."""
        shutil.copytree(TEMPLATE, self._folder, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        started = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(self.port),
             "--model", str(train_starter()), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"],
            cwd=self._folder, env={**environment(), "BENCH_STARTER": str(self._folder)},
            stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() - started > READY_SECONDS:
                raise RuntimeError("The starter bot did not start.")
            time.sleep(0.1)
        self.seconds_to_ready = time.monotonic() - started

    def _answers(self) -> bool:
        """Tell whether a first message is answered; the port opens before the model is loaded."""
        message = {"sender": "warm up", "message": "hello"}
        try:
            answer = httpx.post(f"{self.url}/webhooks/rest/webhook", json=message, timeout=30)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200 and bool(answer.json())

    def processes(self) -> list[int]:
        """Give its process id."""
        return [self._process.pid] if self._process is not None else []

    def stop(self) -> None:
        """End it."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, 15)
            self._process.wait(30)
