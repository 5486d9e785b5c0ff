"""The messages that are measured with: our own held-out ones, and others where they are found beside the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bot.settings import ROOT

OWN = ROOT / "eval" / "own"
# Messages that are not part of the project; a clone without them measures with its own.
OTHERS = ROOT.parent / "shared" / "eval"


def messages(path: Path) -> list[dict[str, Any]]:
    """Read JSON lines; an absent file is an empty list."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
