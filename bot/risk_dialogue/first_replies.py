"""The first words after a message with risk. No Rasa, no database: they wait for nothing."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Any

import yaml

_FILE = Path(__file__).with_name("first_replies.yml")
# Where a category has no text of its own for a level, the next one is taken.
_LOWER = {"E": ("E", "H", "M", "check"), "H": ("H", "M", "check"), "M": ("M", "H", "check"), "check": ("check",)}
# Somebody else's risk in these is met as "third_party"; the texts of the others fit whoever it is about.
_ABOUT_THE_WRITER = frozenset({"suicide", "self_harm", "relapse", "psychosis"})
# Where a category is not known: the words for somebody in distress.
_DEFAULT = "suicide"


@lru_cache(maxsize=1)
def _texts() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return loaded


def categories() -> tuple[str, ...]:
    """Give the categories that have first replies."""
    return tuple(key for key in _texts() if key != "alerting")


def lead(verdict: dict[str, Any]) -> str:
    """Give the category that a reply is about: the verdict's first, or ``third_party`` where it is somebody else's."""
    found = [c for c in verdict.get("categories") or () if c in categories()]
    if not found:
        return _DEFAULT
    if "third_party" in found and found[0] in _ABOUT_THE_WRITER:
        return "third_party"
    return str(found[0])


def reply_level(verdict: dict[str, Any]) -> str:
    """Give the key of the wording: the level of an alert, or ``check``."""
    if verdict.get("action") == "check":
        return "check"
    level = str(verdict.get("level"))
    return level if level in _LOWER else "M"


def first_reply(verdict: dict[str, Any], language: str, facts: dict[str, str]) -> list[str]:
    """Give the first reply to a message with risk, one or two short messages, what to do now first.

    Args:
        verdict: ``bot.risk.Verdict.to_dict()``: level, categories, action.
        language: "en" or "es".
        facts: ``program().facts``; an empty dict leaves the ``$names`` for whoever delivers it.
    """
    texts, level = _texts()[lead(verdict)], reply_level(verdict)
    by_language = next(texts[key] for key in _LOWER[level] if key in texts)
    messages = by_language.get(language, by_language["en"])
    return [Template(message).safe_substitute(facts) for message in messages]


def about_staff(verdict: dict[str, Any], language: str, facts: dict[str, str], *, reachable: bool) -> list[str]:
    """Give what is said about staff after the first reply of an alert; nothing for a check.

    Args:
        verdict: as for :func:`first_reply`.
        language: as for :func:`first_reply`.
        facts: as for :func:`first_reply`.
        reachable: an alert can reach somebody on Telegram (``bot.escalation.policy.anybody_reachable``).
    """
    level = reply_level(verdict)
    if level == "check":
        return []
    texts = _texts()["alerting"]["nobody" if not reachable else "M" if level == "M" else "EH"]
    return [Template(texts.get(language, texts["en"])).safe_substitute(facts)]
