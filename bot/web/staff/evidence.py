"""Which words of a message a risk reader took as a sign, for staff to see."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

READERS = {"patterns": "phrase", "meaning": "meaning of the whole message", "dialogue": "what came before"}


@dataclass(frozen=True)
class Part:
    """A piece of a message; ``why`` names the patterns that it is evidence of, "" where it is none."""

    text: str
    why: str = ""


def marked(text: str, verdict: dict[str, Any] | None) -> list[Part]:
    """Cut a message into pieces with and without evidence.

    Args:
        text: as the person wrote it; offsets count its characters.
        verdict: ``bot.risk.Verdict.to_dict()``, or None. Offsets that do not fit the text are ignored.
    """
    spans = [
        (int(found["start"]), min(int(found["end"]), len(text)), _name(found))
        for found in (verdict or {}).get("evidence", ())
        if 0 <= int(found.get("start", 0)) < int(found.get("end", 0)) and int(found["start"]) < len(text)
    ]
    cuts = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    parts: list[Part] = []
    for start, end in pairwise(cuts):
        why = ", ".join(dict.fromkeys(name for first, last, name in spans if first <= start and end <= last))
        if parts and parts[-1].why == why:
            parts[-1] = Part(parts[-1].text + text[start:end], why)
        else:
            parts.append(Part(text[start:end], why))
    return parts


def reasons(verdict: dict[str, Any] | None) -> list[str]:
    """Say in short lines what the readers found: ``High · suicide · phrase "wish to die"``."""
    found = (verdict or {}).get("evidence", ())
    return list(
        dict.fromkeys(f"{_name(e)} ({READERS.get(e['reader'], e['reader'])}, level {e['level']})" for e in found)
    )


def _name(found: dict[str, Any]) -> str:
    pattern = str(found["pattern"]).removeprefix(f"{found['category']}.")
    return f"{found['category']}: {pattern}".replace("_", " ").replace("-", " ")
