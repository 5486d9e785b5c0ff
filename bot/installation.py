"""Facts of this installation that nobody types: its secrets, made once and kept under ``VAR_DIR``."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from bot.settings import settings


def installation_secret(name: str) -> str:
    """Give the secret ``name`` (such as ``rasa-channel``), made at first use; readable by this user only.

    Two processes that ask for a new one at the same moment get the same.
    """
    path = settings().var_dir / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
        try:
            os.link(temporary, path)  # fails where another process was first: then its secret holds
        except FileExistsError:
            pass
        finally:
            Path(temporary).unlink()
    return path.read_text(encoding="ascii").strip()
