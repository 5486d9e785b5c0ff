"""Training lines as they stand in `data/nlu`, read without Rasa in a second."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.settings import ROOT

TOPIC_LINES = ROOT / "data" / "nlu"
RISK_LINES = TOPIC_LINES / "risk"
# Intents of what the risk reader finds; the last stands for its harmless lines.
RISK_PREFIX = "risk_"
NO_RISK = "risk_none"
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
# libyaml where PyYAML was built with it, as its wheels are.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Example:
    """One training example with what stands beside it."""

    text: str
    intent: str
    level: str = ""
    kind: str = ""
    voice: str = ""


def examples(folder: Path) -> list[Example]:
    """Read the examples of the NLU files in a folder (not of its subfolders), entity marks taken out."""
    found: list[Example] = []
    for file in sorted(folder.glob("*.yml")):
        content = yaml.load(file.read_text(encoding="utf-8"), _Loader) or {}  # noqa: S506 - a safe loader either way
        for block in content.get("nlu") or ():
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
    """Give the labelled lines of the meaning reader.

    Raises:
        ValueError: a block has no level in its metadata.
    """
    found = examples(RISK_LINES)
    for one in found:
        if one.level not in ("E", "H", "M", "L", "N"):
            raise ValueError(f"{one.intent} has a block without metadata.level, E, H, M, L or N (data/nlu/risk).")
    return found


def risk_class(example: Example) -> str:
    """Give the class that a line of the meaning reader stands for: its category, or harmless."""
    return example.intent if example.level in ("E", "H", "M") else NO_RISK


def topic_examples() -> list[Example]:
    """Give the examples of all other intents."""
    return examples(TOPIC_LINES)
