"""A PostgreSQL server for the tests, on a free port of this machine and in a folder of its own.

pytest-postgresql's own executor cannot start a server as root, which PostgreSQL refuses; here it runs as the user
``nobody`` then. Its client half (psycopg) is used by the suite as it is.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def running_server() -> Iterator[str]:
    """Start a server and give its address, without a database; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-test-"))
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        as_user = {"user": "nobody"}
        shutil.chown(folder, "nobody")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    quiet = {"cwd": folder, "check": True, "stdout": subprocess.DEVNULL, **as_user}
    subprocess.run([_program("initdb"), "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "-N"], **quiet)
    control = _program("pg_ctl")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off -c max_connections=200"
    try:
        subprocess.run([control, "-D", data, "-w", "-l", folder / "log", "-o", options, "start"], **quiet)
        yield f"postgresql://test@127.0.0.1:{port}"
    finally:
        subprocess.run([control, "-D", data, "-m", "immediate", "stop"], **{**quiet, "check": False})
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found:
        return found
    homes = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if not homes:
        raise FileNotFoundError(f"{name} is not installed (Debian: postgresql).")
    return str(homes[-1])
