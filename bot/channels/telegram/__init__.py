"""Telegram: updates in (one kind per file in ``kinds/``), messages out (``sender.py``)."""

from bot.channels.telegram.channel import TelegramChannel, build

__all__ = ["TelegramChannel", "build"]
