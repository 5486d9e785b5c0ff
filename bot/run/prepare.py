"""Sets up what is missing: checks the settings, migrates the database, loads demo data into an empty one, trains."""

from __future__ import annotations

import socket
import sys
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.clock import clock
from bot.db.engine import engine, transaction
from bot.db.upgrade import upgrade
from bot.program import program
from bot.run.model import train_if_stale
from bot.settings import ConfigurationError, settings


@dataclass(frozen=True)
class Prepared:
    """What a newcomer has to be told: the console's first login, where it was made just now or never used."""

    username: str | None
    password: str | None


def prepare() -> Prepared:
    """Set everything up that is missing.

    Raises:
        ConfigurationError: something is wrong that a person has to put right.
    """
    if sys.version_info[:2] != (3, 10):
        raise ConfigurationError("Python 3.10 is needed, because Rasa 3.6 ends there; `make setup` fetches it.")
    config = settings()
    program()
    try:
        config.var_dir.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise ConfigurationError("VAR_DIR cannot be created; choose a folder that you may write to.") from None
    upgrade(engine())
    with transaction() as session:
        first = _first_data(session)
    train_if_stale()
    return first


def _first_data(session: Session) -> Prepared:
    """Load demo data into an empty database; give the console's first login if it was made now."""
    from bot.demo import is_empty, load_demo

    if not is_empty(session):
        return Prepared(None, None)
    passwords = load_demo(session, clock.now()).passwords
    path = settings().var_dir / "console-first-passwords.txt"
    path.touch(mode=0o600)
    path.write_text("".join(f"{name} {password}\n" for name, password in passwords.items()), encoding="ascii")
    return Prepared("admin", passwords["admin"])


def check_ports() -> None:
    """Make sure that our three ports are free.

    Raises:
        ConfigurationError: one is busy; the sentence names the variable.
    """
    config = settings()
    for name, host, port in (
        ("PORT", config.host, config.port),
        ("RASA_PORT", "127.0.0.1", config.rasa_port),
        ("ACTIONS_PORT", "127.0.0.1", config.actions_port),
    ):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                raise ConfigurationError(
                    f"Port {port} is in use; stop what uses it, or start with another one: {name}={port + 1} make run"
                ) from None
