"""What is printed and kept: figures, each beside the starter bot's and what is wanted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    name: str
    ours: str
    starter: str = ""
    wanted: str = ""
    holds: bool | None = None


def quantile(values: Sequence[float], share: float) -> float:
    """Give the value below which ``share`` of them lie; infinite where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("inf")


def milliseconds(seconds: float) -> str:
    """Write a time for the table."""
    return f"{seconds * 1000:.0f} ms" if seconds < 100 else "never"


def show(figures: Sequence[Figure]) -> None:
    """Print the lines as a table."""
    rows = [("", "assistant", "starter bot", "wanted", "")]
    marks = {True: "holds", False: "FALLS SHORT", None: ""}
    rows += [(f.name, f.ours, f.starter, f.wanted, marks[f.holds]) for f in figures]
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip(), flush=True)


def keep(figures: Sequence[Figure], conditions: dict[str, object], path: Path) -> None:
    """Write them down for comparing runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"conditions": conditions, "figures": [asdict(f) for f in figures]}, indent=1))
