"""``make run``: prepares, starts the three processes under supervisord, says when they are ready, stops them all."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

import httpx

from bot.run.model import environment, model_path
from bot.run.prepare import Prepared, check_ports, prepare
from bot.settings import ROOT, ConfigurationError, Settings, settings

# Rasa needs some 20 s here; a slow disk several times that.
READY_SECONDS = 240
# A little more than the longest stopwaitsecs in supervisord.conf.
STOP_SECONDS = 20


def up() -> int:
    """Start everything and stay until Ctrl-C or SIGTERM. Gives the exit status.

    Raises:
        ConfigurationError: something is wrong that a person has to put right.
    """
    config = settings()
    check_ports()
    first = prepare()
    print("Starting Rasa, the action server and the bot ...", flush=True)
    # A group of its own: Ctrl-C reaches this process only, and this process stops the others in order.
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "-c", str(ROOT / "supervisord.conf")],
        env=_environment(config), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip
    stopping, heard = _Stopping(), _listen(supervisor)
    try:
        if not _wait_until_ready(config, supervisor, stopping):
            return 0 if stopping.asked else _explain(supervisor, config)
        _welcome(config, first)
        _follow(supervisor, heard, stopping)
    finally:
        _stop(supervisor)
    if stopping.asked:
        print("Stopped.", flush=True)
        return 0
    return _explain(supervisor, config)


class _Stopping:
    """Remembers that somebody asked us to stop."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


def _environment(config: Settings) -> dict[str, str]:
    return {
        **environment(),
        "ASSISTANT_PYTHON": sys.executable,
        "ASSISTANT_ROOT": str(ROOT),
        "ASSISTANT_VAR": str(config.var_dir),
        "ASSISTANT_MODEL": str(model_path()),
        "RASA_PORT": str(config.rasa_port),
        "ACTIONS_PORT": str(config.actions_port),
    }


def _wait_until_ready(config: Settings, supervisor: subprocess.Popen[str], stopping: _Stopping) -> bool:
    started, said = time.monotonic(), ""
    while time.monotonic() - started < READY_SECONDS:
        if stopping.asked or supervisor.poll() is not None:
            return False
        try:
            answer = httpx.get(f"{config.web_address}/readyz", timeout=5)
            parts = answer.json()["parts"]
        except (httpx.HTTPError, ValueError, KeyError):
            parts = {}
        else:
            if answer.status_code == 200:
                return True
        missing = ", ".join(name for name, state in parts.items() if state != "ready") or "the bot"
        if missing != said:
            print(f"  waiting for {missing}", flush=True)
            said = missing
        time.sleep(0.5)
    return False


def _welcome(config: Settings, first: Prepared) -> None:
    lines = ["", "Ready.", f"  Chat page:      {config.web_address}/", f"  Staff console:  {config.web_address}/staff"]
    if first.password:
        lines.append(f"                  first login: {first.username} / {first.password} (you choose a new one then)")
    if config.telegram_bot_token is None:
        lines.append(
            "  Telegram:       not connected. Put TELEGRAM_BOT_TOKEN=... into .env (README, 'Connect Telegram')."
        )
    else:
        missing = (
            "" if config.telegram_staff_chat_id else "; TELEGRAM_STAFF_CHAT_ID is missing, so no alert arrives there"
        )
        lines.append(f"  Telegram:       connected{missing}")
    lines += [f"  Logs:           {config.var_dir}", "Ctrl-C stops everything.", ""]
    print("\n".join(lines), flush=True)


def _follow(supervisor: subprocess.Popen[str], heard: queue.SimpleQueue[str], stopping: _Stopping) -> None:
    """Say what supervisord says of parts that died and came back, until it ends or we are to stop."""
    while not heard.empty():
        heard.get()  # what it said of the first start
    while supervisor.poll() is None and not stopping.asked:
        try:
            line = heard.get(timeout=0.3)
        except queue.Empty:
            continue
        if "exited:" in line:
            print(f"  A part stopped: {line.split('exited:')[-1].strip()}", flush=True)
        elif "spawned:" in line:
            print(f"  Started again: {line.split('spawned:')[-1].strip()}", flush=True)


def _listen(supervisor: subprocess.Popen[str]) -> queue.SimpleQueue[str]:
    heard: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        assert supervisor.stdout is not None  # noqa: S101 - asked for above
        for line in supervisor.stdout:
            heard.put(line)

    threading.Thread(target=read, daemon=True).start()
    return heard


def _stop(supervisor: subprocess.Popen[str]) -> None:
    if supervisor.poll() is not None:
        return
    supervisor.send_signal(signal.SIGTERM)
    try:
        supervisor.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(supervisor.pid, signal.SIGKILL)
        supervisor.wait()


def _explain(supervisor: subprocess.Popen[str], config: Settings) -> int:
    _stop(supervisor)
    raise ConfigurationError(f"The assistant did not start; the logs in {config.var_dir} say which part and why.")
