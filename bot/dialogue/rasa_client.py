"""The bot's call to the Rasa server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

# Longer than an action may take (5 s), shorter than Rasa's conversation lock (60 s).
TURN_SECONDS = 10.0


class RasaUnavailable(Exception):
    """Rasa gave no answer; ``reason`` is a short kind for the record. The message is tried again."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Turn:
    """Rasa's answer to one message."""

    replies: list[dict[str, Any]]
    snapshot: str
    slots: dict[str, Any] = field(default_factory=dict)
    intent: str | None = None
    risk: dict[str, Any] | None = None


class RasaClient:
    """Calls our channel in the Rasa server over one pool of connections."""

    def __init__(self, url: str, secret: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"{url}/webhooks/assistant",
            headers={"Authorization": f"Bearer {secret}"},
            timeout=httpx.Timeout(TURN_SECONDS, connect=2.0),
        )

    async def turn(
        self,
        conversation_id: str,
        message_id: int,
        *,
        metadata: dict[str, Any],
        text: str | None = None,
        intent: str | None = None,
    ) -> Turn:
        """Have a message answered.

        Args:
            conversation_id: whose.
            message_id: the inbox row; a repeated call gets the same answer.
            metadata: what actions need to know of the message.
            text: what the person wrote, or
            intent: ``/intent{...}`` of a button that we made.

        Raises:
            RasaUnavailable: there is no answer (yet).
        """
        body = {"conversation_id": conversation_id, "message_id": message_id, "metadata": metadata}
        body.update({"intent": intent} if intent else {"text": text})
        try:
            answer = await self._http.post("/turn", json=body)
        except httpx.TimeoutException:
            raise RasaUnavailable("rasa_timeout") from None
        except httpx.HTTPError as error:
            raise RasaUnavailable(f"rasa_{type(error).__name__}") from None
        if answer.status_code != 200:
            raise RasaUnavailable(f"rasa_status_{answer.status_code}")
        got = answer.json()
        return Turn(got["replies"], got["snapshot"], got["slots"], got["intent"], got.get("risk"))

    async def ready(self) -> bool:
        """Tell whether Rasa has its model loaded."""
        try:
            return (await self._http.get("/ready", timeout=2.0)).status_code == 200
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
