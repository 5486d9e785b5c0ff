"""The whole stack as ``make run`` starts it, on free ports and with a folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import clock
from bot.db.engine import make_engine
from bot.db.models import Participant, Staff
from bot.people.participants import make_link_code
from bot.settings import ROOT

# Training may be part of the first start in a fresh clone.
READY_SECONDS = 600


class Stack:
    """``python -m bot up`` as a process; ``said`` is what it printed."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port, self.rasa_port, self.actions_port = free_ports(3)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TELEGRAM_")},
            "VAR_DIR": str(folder),
            "PORT": str(self.port),
            "RASA_PORT": str(self.rasa_port),
            "ACTIONS_PORT": str(self.actions_port),
            **environment,
        }
        self.said: list[str] = []
        self._ready = threading.Event()
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Give the address of the pages."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def rasa_url(self) -> str:
        """Give the address of the Rasa server."""
        return f"http://127.0.0.1:{self.rasa_port}"

    def start(self) -> None:
        """Start and wait until it says that it is ready."""
        self._ready.clear()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "up"], cwd=ROOT, env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        threading.Thread(target=self._listen, daemon=True).start()
        if not self._ready.wait(READY_SECONDS) or self._process.poll() is not None:
            self.stop()
            raise AssertionError("The stack did not start:\n" + "".join(self.said) + self.logs())

    def _listen(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        for line in self._process.stdout:
            self.said.append(line)
            if line.startswith("Ready."):
                self._ready.set()
        self._ready.set()

    def interrupt(self) -> int:
        """Press Ctrl-C and wait until it has ended; gives its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(60)

    def stop(self) -> None:
        """End it, if it has not ended."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(60)

    def link_code(self, participant: str | None = None, staff: str | None = None) -> str:
        """Make a link code as the console does: for a participant's reference, or for staff by user name."""
        made = make_engine(f"sqlite:///{self.folder / 'assistant.sqlite'}")
        with Session(made, future=True) as session, session.begin():
            if participant is not None:
                found = session.execute(select(Participant.id).where(Participant.reference == participant)).scalar_one()
                code = make_link_code(session, clock.now(), participant_id=found)
            else:
                found = session.execute(select(Staff.id).where(Staff.username == staff)).scalar_one()
                code = make_link_code(session, clock.now(), staff_id=found)
        made.dispose()
        return code

    def logs(self) -> str:
        """Give everything that the parts logged."""
        return "".join(
            f"\n== {path.name}\n{path.read_text(errors='replace')}" for path in sorted(self.folder.glob("*.log*"))
        )

    def processes(self) -> list[int]:
        """Give the ids of processes that belong to this stack (they carry its VAR_DIR in their environment)."""
        wanted = f"VAR_DIR={self.folder}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    variables = (entry / "environ").read_bytes().split(b"\0")
                    alive = "\nState:\tZ" not in (entry / "status").read_text()
                except OSError:
                    continue
                if wanted in variables and alive:
                    found.append(int(entry.name))
        return found


def free_ports(count: int) -> list[int]:
    """Give ports of this machine that nothing uses now."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports
