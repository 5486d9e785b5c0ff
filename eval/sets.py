"""The messages that are measured with: our own held-out ones, and others where they are found beside the project."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "eval" / "own"
# Messages that are not part of the project; a clone without them measures with its own.
OTHERS = ROOT.parent / "shared" / "eval"
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


@dataclass(frozen=True)
class Example:
    """One training example with what stands beside it."""

    text: str
    intent: str
    level: str = ""
    kind: str = ""
    voice: str = ""


def messages(path: Path) -> list[dict[str, Any]]:
    """Read JSON lines; an absent file is an empty list."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def examples(folder: Path) -> list[Example]:
    """Read the examples of the NLU files in a folder (not of its subfolders), entity marks taken out."""
    found: list[Example] = []
    for file in sorted(folder.glob("*.yml")):
        for block in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("nlu") or ():
            if "intent" not in block:
                continue
            metadata = block.get("metadata") or {}
            lines = block["examples"]
            texts = (
                [line[1:].strip() for line in lines.splitlines() if line.startswith("-")]
                if isinstance(lines, str)
                else [row["text"].strip() for row in lines]
            )
            found.extend(
                Example(
                    _ENTITY.sub(r"\1", text),
                    block["intent"],
                    metadata.get("level", ""),
                    metadata.get("kind", ""),
                    metadata.get("voice", ""),
                )
                for text in texts
                if text
            )
    return found


def risk_examples() -> list[Example]:
    """Give the labelled lines of the meaning reader."""
    return examples(ROOT / "data" / "nlu" / "risk")


def topic_examples() -> list[Example]:
    """Give the examples of all other intents."""
    return examples(ROOT / "data" / "nlu")
