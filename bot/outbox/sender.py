"""What delivery needs from a channel."""

from __future__ import annotations

from typing import Protocol

from bot.db.models import OutboxMessage


class DeliveryError(Exception):
    """A message was not delivered; ``reason`` is a short kind for the record, never text of a message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RetryAfter(DeliveryError):
    """The other side says to wait ``seconds`` before this chat is written to again."""

    def __init__(self, seconds: float) -> None:
        super().__init__("retry_after")
        self.seconds = seconds


class TryLater(DeliveryError):
    """It did not work this time: a time-out, a dropped connection, an error on the other side."""


class CannotDeliver(DeliveryError):
    """It will never work: blocked by the person, chat gone, bad request."""


class Sender(Protocol):
    """A channel that can send and change messages."""

    async def send(self, message: OutboxMessage) -> str:
        """Send it and give the channel's id for it. Raises DeliveryError."""

    async def edit(self, message: OutboxMessage, provider_message_id: str) -> None:
        """Change what was sent as ``provider_message_id`` to ``message``. Raises DeliveryError."""
