"""What a risk reader says about one message: a level, its categories, what to do, and why.

Levels and actions are those of the program's risk taxonomy: E emergency, H high, M moderate, L watch, N none;
`alert` pages staff, `check` asks the person one direct question first, `none` answers normally.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

CATEGORIES: tuple[str, ...] = (
    # The order breaks ties between categories at one level: what threatens life soonest comes first.
    "overdose", "suicide", "child_safety", "withdrawal", "violence", "abuse", "impaired_driving", "medical",
    "psychosis", "self_harm", "third_party", "relapse",
)  # fmt: skip
# Whose life the message is about decides what is asked next: these are about one's own.
OWN_LIFE = ("suicide", "self_harm")


class _Ordered(str, Enum):
    """A string whose order is the order in which its members are written."""

    @property
    def rank(self) -> int:
        """Position in the class, 0 for the mildest."""
        return list(type(self)).index(self)

    def __lt__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.rank < other.rank

    def __le__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.rank <= other.rank

    def __gt__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.rank > other.rank

    def __ge__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.rank >= other.rank

    def __str__(self) -> str:
        return str(self.value)


class Level(_Ordered):
    """How severe: N none < L watch < M moderate < H high < E emergency."""

    N = "N"
    L = "L"
    M = "M"
    H = "H"
    E = "E"


class Action(_Ordered):
    """What happens next: nothing < ask one direct question < tell staff now."""

    none = "none"
    check = "check"
    alert = "alert"


DEFAULT_ACTION: dict[Level, Action] = {
    Level.E: Action.alert,
    Level.H: Action.alert,
    Level.M: Action.alert,
    Level.L: Action.none,
    Level.N: Action.none,
}


@dataclass(frozen=True)
class Evidence:
    """One thing a reader found.

    `start` and `end` are offsets in the message as the person wrote it. `rules` names the context rules that were
    applied, in order; `level` and `action` are what they left.
    """

    reader: str
    pattern: str
    category: str
    level: Level
    action: Action = Action.none
    rules: tuple[str, ...] = ()
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Verdict:
    """The outcome for one message: `categories` are ordered, the highest first, and empty at level N."""

    level: Level
    categories: tuple[str, ...]
    action: Action
    evidence: tuple[Evidence, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON values, which `from_dict` reads back to an equal verdict."""
        return {
            "level": self.level.value,
            "categories": list(self.categories),
            "action": self.action.value,
            "evidence": [
                {**asdict(e), "level": e.level.value, "action": e.action.value, "rules": list(e.rules)}
                for e in self.evidence
            ],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Verdict:
        """Read what `to_dict` gave.

        Raises:
            KeyError: a field is missing.
            ValueError: a level or an action is unknown.
        """
        return cls(
            level=Level(data["level"]),
            categories=tuple(data["categories"]),
            action=Action(data["action"]),
            evidence=tuple(
                Evidence(
                    reader=e["reader"],
                    pattern=e["pattern"],
                    category=e["category"],
                    level=Level(e["level"]),
                    action=Action(e["action"]),
                    rules=tuple(e["rules"]),
                    start=e["start"],
                    end=e["end"],
                )
                for e in data.get("evidence", ())
            ),
        )


NONE = Verdict(Level.N, (), Action.none)


def _order(category: str) -> int:
    return CATEGORIES.index(category) if category in CATEGORIES else len(CATEGORIES)


def from_evidence(evidence: tuple[Evidence, ...]) -> Verdict:
    """Make the verdict that a list of findings amounts to: the highest level and the strongest action win."""
    highest: dict[str, Level] = {}
    for e in evidence:
        if e.level > Level.N:
            highest[e.category] = max(highest.get(e.category, Level.N), e.level)
    if not highest:
        return Verdict(Level.N, (), Action.none, evidence)
    ordered = sorted(highest, key=lambda c: (-highest[c].rank, _order(c)))
    return Verdict(
        level=max(highest.values()),
        categories=tuple(ordered),
        action=max(e.action for e in evidence if e.level > Level.N),
        evidence=tuple(sorted(evidence, key=lambda e: (-e.level.rank, _order(e.category), e.start))),
    )


def join(*verdicts: Verdict) -> Verdict:
    """Join what several readers said about one message.

    The higher level and the stronger action win, no category and no evidence is dropped, and the category of the
    highest level comes first.
    """
    highest: dict[str, Level] = {}
    for v in verdicts:
        told = {c: v.level if i == 0 else Level.L for i, c in enumerate(v.categories)}
        for e in v.evidence:
            if e.category in told:
                told[e.category] = max(told[e.category], e.level)
        for category, level in told.items():
            highest[category] = max(highest.get(category, Level.N), level)
    evidence = tuple(dict.fromkeys(e for v in verdicts for e in v.evidence))
    return Verdict(
        level=max((v.level for v in verdicts), default=Level.N),
        categories=tuple(sorted(highest, key=lambda c: (-highest[c].rank, _order(c)))),
        action=max((v.action for v in verdicts), default=Action.none),
        evidence=tuple(sorted(evidence, key=lambda e: (-e.level.rank, _order(e.category), e.start))),
    )
