"""The questions after a message with risk, read from ``steps.yml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("steps.yml")
ANSWERS = ("yes", "no", "unsure")
# How severe a conversation's risk is, mildest first. "check": we asked and do not know yet.
LEVELS = ("check", "M", "H", "E")


@dataclass(frozen=True)
class Way:
    """Where one answer leads; see the head of ``steps.yml``."""

    raises: str | None = None
    say: str | None = None
    ask: str | None = None
    quiet: bool = False


@dataclass(frozen=True)
class Step:
    """One question. ``words``: what answers it besides a yes or no ("i have narcan"), as regular expressions."""

    name: str
    category: str
    good: str
    ok_means_yes: bool
    ways: dict[str, Way]
    words: dict[str, re.Pattern[str]]


@dataclass(frozen=True)
class Category:
    """The questions of one category."""

    name: str
    entry: dict[str, str]
    again: str | None


def rank(level: str | None) -> int:
    """Give how severe a level is; -1 for none."""
    return LEVELS.index(level) if level in LEVELS else -1


@lru_cache(maxsize=1)
def _loaded() -> tuple[dict[str, Category], dict[str, Step]]:
    raw: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    categories = {name: Category(name, part["entry"], part.get("again")) for name, part in raw.items()}
    steps = {
        name: Step(
            name,
            category,
            str(step["good"]),
            bool(step.get("ok_means_yes", False)),
            {answer: _way(step[answer]) for answer in ANSWERS},
            {answer: _words(step["words"][answer]) for answer in ANSWERS if answer in step.get("words", {})},
        )
        for category, part in raw.items()
        for name, step in part["steps"].items()
    }
    return categories, steps


def _way(raw: dict[str, Any]) -> Way:
    return Way(raw.get("raise"), raw.get("say"), raw.get("ask"), bool(raw.get("quiet", False)))


def _words(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{pattern})\b" for pattern in patterns))


def all_categories() -> dict[str, Category]:
    """Give the categories by name."""
    return _loaded()[0]


def all_steps() -> dict[str, Step]:
    """Give the steps by name."""
    return _loaded()[1]


def find_step(name: str | None) -> Step | None:
    """Give a step by name; None where there is none, such as after the file changed."""
    return all_steps().get(name or "")


def entry(category: str, level: str) -> str:
    """Give the first question of a category at a level ("E", "H", "M" or "check")."""
    return all_categories()[category].entry[level]
