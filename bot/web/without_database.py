"""Crisis resources for somebody whose message cannot be stored right now: the pattern screen needs no database."""

from __future__ import annotations

import asyncio

from bot.program import program
from bot.risk import screen
from bot.texts import say


async def crisis_words(text: str, language: str) -> str | None:
    """Give the crisis text where the message carries risk, else None. It says nothing of staff: nobody was told."""
    if not text.strip():
        return None
    verdict = await asyncio.get_running_loop().run_in_executor(None, screen, text)
    return program().fill(say("crisis", language)) if verdict.action == "alert" else None
