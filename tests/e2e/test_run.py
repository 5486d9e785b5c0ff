"""``make run`` itself: what a newcomer sees, what is said when something is in the way, and a clean end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from bot.settings import ROOT
from tests.e2e.stack import Stack, free_ports
from tests.telegram_api import Person, TelegramApi


def up(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "up"], cwd=ROOT, env={**os.environ, **environment}, capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"PORT": "many"}, "PORT"),
        ({"PROGRAM_FILE": "/does/not/exist.yml"}, "missing"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "database cannot be opened"),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path: Path, environment: dict[str, str], says: str) -> None:
    ended = up(VAR_DIR=str(tmp_path), **environment)
    assert ended.returncode == 2
    assert says in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr


def test_a_broken_program_file_names_the_key(tmp_path: Path) -> None:
    broken = tmp_path / "program.yml"
    broken.write_text((ROOT / "program.yml").read_text().replace("America/New_York", "Nowhere/Land"))
    ended = up(VAR_DIR=str(tmp_path), PROGRAM_FILE=str(broken))
    assert "'time_zone' must be a time zone" in ended.stderr


def test_a_busy_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        ended = up(VAR_DIR=str(tmp_path), PORT=str(port))
    assert f"Port {port} is in use" in ended.stderr
    assert ended.returncode == 2


async def test_from_the_first_start_to_ctrl_c(tmp_path: Path) -> None:
    """Demo data and a first password; crisis help while Rasa is gone; it comes back; Ctrl-C leaves nothing behind."""
    with TelegramApi(port=free_ports(1)[0]) as telegram:
        stack = Stack(tmp_path / "var", TELEGRAM_BOT_TOKEN=telegram.token, TELEGRAM_API_URL=telegram.url,
                      TELEGRAM_STAFF_CHAT_ID="-1002")  # fmt: skip
        stack.start()
        said = "".join(stack.said)
        assert "first login: admin" in said
        assert stack.url in said
        ready = httpx.get(f"{stack.url}/readyz").json()
        assert set(ready["parts"]) == {"database", "rasa", "actions", "telegram"}
        rasa = next(pid for pid in stack.processes() if b"rasa\0run" in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(rasa, 9)
        anna = Person(telegram, 42)
        anna.say("/crisis")
        assert "988" in (await anna.reply())["text"]
        anna.say("i just took all my pills, i want to die")
        assert "911" in (await anna.reply())["text"]
        anna.say("what is iop")
        assert (
            "outpatient" in (await anna.reply("outpatient", timeout=120))["text"]
        )  # kept, and answered once it is back
        assert stack.interrupt() == 0
        assert stack.processes() == []
        again = Stack(tmp_path / "var", TELEGRAM_BOT_TOKEN=telegram.token, TELEGRAM_API_URL=telegram.url)
        again.start()
        said = "".join(again.said)
        assert "Training" not in said
        assert "first login" not in said
        assert again.interrupt() == 0
        assert again.processes() == []
