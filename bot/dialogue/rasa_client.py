"""The bot's call to the Rasa server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import aiohttp

# Longer than an action may take (5 s), shorter than Rasa's conversation lock (60 s).
TURN_SECONDS = 10.0
_TURN_TIMEOUT = aiohttp.ClientTimeout(total=TURN_SECONDS, sock_connect=2.0)
_READY_TIMEOUT = aiohttp.ClientTimeout(total=2.0)


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
        self._url = f"{url}/webhooks/assistant"
        self._headers = {"Authorization": f"Bearer {secret}"}
        self._kept: aiohttp.ClientSession | None = None

    def _http(self) -> aiohttp.ClientSession:
        # Made at the first call, on the loop that uses it. aiohttp takes a third of httpx's processor time.
        if self._kept is None:
            self._kept = aiohttp.ClientSession(headers=self._headers)
        return self._kept

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
        got = await self._ask("turn", body)
        return Turn(got["replies"], got["snapshot"], got["slots"], got["intent"], got.get("risk"))

    async def read(self, text: str) -> dict[str, Any]:
        """Have a text read for risk without answering it; gives ``bot.risk.Verdict.to_dict()``.

        Raises:
            RasaUnavailable: there is no answer (yet).
        """
        return dict((await self._ask("read", {"text": text}))["risk"])

    async def _ask(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            async with self._http().post(f"{self._url}/{what}", json=body, timeout=_TURN_TIMEOUT) as answer:
                if answer.status != 200:
                    raise RasaUnavailable(f"rasa_status_{answer.status}")
                return dict(await answer.json())
        except asyncio.TimeoutError:
            raise RasaUnavailable("rasa_timeout") from None
        except aiohttp.ClientError as error:
            raise RasaUnavailable(f"rasa_{type(error).__name__}") from None

    async def ready(self) -> bool:
        """Tell whether Rasa has its model loaded."""
        try:
            async with self._http().get(f"{self._url}/ready", timeout=_READY_TIMEOUT) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return False

    async def close(self) -> None:
        """Close the connections."""
        if self._kept is not None:
            await self._kept.close()
