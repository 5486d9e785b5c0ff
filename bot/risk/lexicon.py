"""The lexicon: one YAML file for each category, plus word lists, signals and idioms. See docs/risk.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.risk.notation import NotationError, Sequence, parse
from bot.risk.verdict import CATEGORIES, DEFAULT_ACTION, Action, Level

FOLDER = Path(__file__).with_name("lexicon")
_KEYS = {
    "id",
    "level",
    "pattern",
    "action",
    "with",
    "unless",
    "who",
    "negated",
    "past",
    "hit",
    "miss",
    "note",
    "cancels",
    "tolerance",
}


class LexiconError(ValueError):
    """A lexicon file cannot be used; the message names the file, the entry and what is wrong."""


@dataclass(frozen=True)
class Entry:
    """One pattern of the lexicon.

    `kind` is `risk`, `signal` (a fact that other patterns ask for) or `idiom` (words that cancel what they cover).
    `needs` lists alternatives, each a set of signals that must all be in the message.
    """

    id: str
    kind: str
    category: str
    level: Level
    action: Action
    sequences: tuple[Sequence, ...]
    lines: tuple[str, ...]
    needs: tuple[frozenset[str], ...] = ()
    unless: tuple[str, ...] = ()
    who: str = "any"
    negated: Level | None = None
    past: Level | None = None
    cancels: frozenset[str] = frozenset()
    tolerance: bool = False
    hit: tuple[str, ...] = ()
    miss: tuple[str, ...] = ()

    @cached_property
    def own_words(self) -> frozenset[str]:
        """Every word of the entry's patterns; a negation among them is part of the pattern."""
        return frozenset(w for s in self.sequences for e in s for w in e.words)


@dataclass(frozen=True)
class Lexicon:
    """All entries, by kind, and every word in them."""

    entries: tuple[Entry, ...]
    vocabulary: frozenset[str] = field(default=frozenset())

    def of_kind(self, kind: str) -> list[Entry]:
        """The entries of one kind: `risk`, `signal` or `idiom`."""
        return [e for e in self.entries if e.kind == kind]


def _yaml(path: Path) -> Any:
    """Read one file with libyaml where it is installed: ten times faster."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - both are safe loaders


def _several(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(v) for v in value) if isinstance(value, list) else (str(value),)


def _entry(raw: dict[str, Any], kind: str, category: str, lists: dict[str, str], where: str) -> list[Entry]:
    """The entry, and one signal for each inline `unless` pattern."""
    unknown = set(raw) - _KEYS
    if unknown or "id" not in raw or "pattern" not in raw:
        raise LexiconError(f"{where}: {raw.get('id', raw)}: unknown or missing keys {sorted(unknown)}")
    name = f"{category}.{raw['id']}" if kind == "risk" else str(raw["id"])
    try:
        level = Level(raw["level"]) if kind == "risk" else Level.N
        lines = _several(raw["pattern"])
        sequences = tuple(dict.fromkeys(s for line in lines for s in parse(line, lists)))
        unless: list[str] = []
        extra: list[Entry] = []
        for i, text in enumerate(_several(raw.get("unless"))):
            if text.startswith("@"):
                unless.append(text[1:])
                continue
            own = f"{name}/unless{i}"
            extra.append(Entry(own, "signal", "", Level.N, Action.none, tuple(parse(text, lists)), (text,)))
            unless.append(own)
        return [
            Entry(
                id=name,
                kind=kind,
                category=category if kind == "risk" else "",
                level=level,
                action=Action(raw["action"]) if "action" in raw else DEFAULT_ACTION[level],
                sequences=sequences,
                lines=lines,
                needs=tuple(frozenset(s.strip() for s in n.split("+")) for n in _several(raw.get("with"))),
                unless=tuple(unless),
                who=str(raw.get("who", "any")),
                negated=Level(raw["negated"]) if "negated" in raw else None,
                past=Level(raw["past"]) if "past" in raw else None,
                tolerance=bool(raw.get("tolerance", False)),
                cancels=frozenset(_several(raw.get("cancels"))),
                hit=_several(raw.get("hit")),
                miss=_several(raw.get("miss")),
            ),
            *extra,
        ]
    except (NotationError, ValueError) as problem:
        raise LexiconError(f"{where}: {name}: {problem}") from problem


def read(folder: Path = FOLDER) -> Lexicon:
    """Read all files of a lexicon folder.

    Raises:
        LexiconError: an entry is malformed, an id is used twice, or an unknown signal is named.
    """
    lists = {k: str(v) for k, v in yaml.safe_load((folder / "_words.yml").read_text(encoding="utf-8")).items()}
    entries: list[Entry] = []
    for path in sorted(folder.glob("*.yml")):
        if path.name in ("_words.yml", "_spelling.yml", "_disguised.yml"):
            continue
        kind = {"_signals": "signal", "_idioms": "idiom"}.get(path.stem, "risk")
        if kind == "risk" and path.stem not in CATEGORIES:
            raise LexiconError(f"{path.name}: {path.stem} is not a category")
        for raw in _yaml(path) or ():
            entries.extend(_entry(raw, kind, path.stem, lists, path.name))
    ids = [e.id for e in entries]
    if len(ids) != len(set(ids)):
        raise LexiconError(f"ids used twice: {sorted({i for i in ids if ids.count(i) > 1})}")
    signals = {e.id for e in entries if e.kind == "signal"}
    for e in entries:
        missing = {s for need in e.needs for s in need} | set(e.unless)
        if missing - signals:
            raise LexiconError(f"{e.id}: no such signal: {sorted(missing - signals)}")
    vocabulary = frozenset(
        w for e in entries for s in e.sequences for element in s if element.kind == "words" for w in element.words
    )
    return Lexicon(tuple(entries), vocabulary)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The project's lexicon, read once."""
    return read()
