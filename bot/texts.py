"""What the assistant says outside of Rasa: commands, hand-over, being late. One place, by language."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("texts.yml")


@lru_cache(maxsize=1)
def texts() -> dict[str, dict[str, str]]:
    """Give every text as {key: {"en": ..., "es": ...}}."""
    loaded: dict[str, dict[str, str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return loaded


def say(key: str, language: str, **values: str) -> str:
    """Give the text ``key`` in ``language`` ("en" or "es"), with ``{name}`` values put in.

    Raises:
        KeyError: there is no such text, or a value is missing.
    """
    both = texts()[key]
    return both.get(language, both["en"]).strip().format(**values)
