"""How long Telegram says to wait."""

from __future__ import annotations

from telegram.error import RetryAfter


def seconds_of(error: RetryAfter) -> float:
    """Give ``retry_after`` in seconds; the library is changing it from a number to a timedelta."""
    return float(error._retry_after.total_seconds())  # noqa: SLF001 - the public attribute warns at every use
