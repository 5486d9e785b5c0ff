"""Recognising risk in a message: one verdict from readers that work apart (docs/risk.md)."""

from __future__ import annotations

from bot.risk.verdict import NONE, Action, Evidence, Level, Verdict, join

__all__ = ["NONE", "Action", "Evidence", "Level", "Verdict", "join", "screen"]


def screen(text: str) -> Verdict:
    """Read one message with the pattern reader, which is loaded at the first call (`bot.risk.reader.screen`)."""
    from bot.risk.reader import screen as read

    return read(text)
