"""What is printed and kept: figures, each beside the starter bot's and what is wanted."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

# A first offer for finding a ceiling, in messages a second, and by how much the next ones grow: enough to be over it,
# not so much more that taking messages in is most of what is measured.
FIRST_OFFER, NEXT_OFFER = 60.0, 1.5
# Who answers less of an offer than this within its time has a queue that grows.
KEEPS_UP = 0.9


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


def throughput(finished: Sequence[float], seconds: float) -> float:
    """Give answers a second from the moments of the answers; the first quarter of ``seconds`` fills the queues."""
    begin = seconds / 4
    return sum(begin < moment <= seconds for moment in finished) / (seconds - begin)


def find_ceiling(answered_at: Callable[[float], float]) -> float:
    """Offer more messages a second until the queue grows, and give how many were answered then.

    ``answered_at`` offers so many a second and gives how many a second were answered.
    """
    offered = FIRST_OFFER
    while (answered := answered_at(offered)) >= KEEPS_UP * offered:
        offered *= NEXT_OFFER
    return answered


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
