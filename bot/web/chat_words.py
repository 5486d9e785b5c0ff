"""The chat page's own words, in both languages."""

from __future__ import annotations

from functools import lru_cache

import yaml

from bot.web.pages import HERE


@lru_cache(maxsize=1)
def _all() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load((HERE / "chat_words.yml").read_text(encoding="utf-8"))
    return loaded


def chat_words(language: str) -> dict[str, str]:
    """Give {name: words} in "en" or "es"."""
    return {name: both[language].strip() for name, both in _all().items()}
