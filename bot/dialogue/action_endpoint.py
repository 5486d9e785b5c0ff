"""Rasa's calls to the action server: bounded in time and size, over one kept connection, and failures are noticed.

Rasa 3.6.21 sends the whole domain and every event with each call, opens a connection for each, waits for 300 s, and
carries on silently when an action failed. The answer would then lack what the action had to say, and nobody would know.
"""

from __future__ import annotations

import contextvars
from typing import Any

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

# Deadlines nest: an action 5 s < the bot's call to Rasa 10 s < Rasa's lock 60 s.
ACTION_SECONDS = 5
# Events that a form's validation may look back over; actions themselves read slots and the last message.
EVENTS_SENT = 40

# What went wrong in the turn that this task is working on; the channel sets it and looks at it afterwards.
turn_failures: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar("turn_failures", default=None)


class ActionEndpoint(EndpointConfig):
    """An action server that is called as described above."""

    def __init__(self, url: str, domain_forms: dict[str, Any]) -> None:
        super().__init__(url, selective_domain=True)
        self._domain = domain_forms
        self._kept: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,  # noqa: ARG002 - the signature is Rasa's
        content_type: str | None = "application/json",  # noqa: ARG002
        compress: bool = False,  # noqa: ARG002
        **kwargs: Any,
    ) -> Any:
        """Call the action server. Raises as Rasa's own does; all but a form's rejection is noted as a failure."""
        body = kwargs["json"]
        tracker = {**body["tracker"], "events": body["tracker"]["events"][-EVENTS_SENT:]}
        try:
            async with self._session().request(
                method, self.url, json={**body, "tracker": tracker, "domain": self._domain}
            ) as response:
                if response.status == 400:  # a form that does not want this message; not an error
                    raise ClientResponseError(400, response.reason or "", await response.text())
                if response.status >= 400:
                    # Never the body: it holds the conversation.
                    raise ClientResponseError(response.status, response.reason or "", "")
                return await response.json()
        except ClientResponseError as error:
            if error.status != 400:
                self._note(body, f"status {error.status}")
            raise
        except Exception as error:
            self._note(body, type(error).__name__)
            raise

    def _session(self) -> aiohttp.ClientSession:
        if self._kept is None or self._kept.closed:
            self._kept = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=ACTION_SECONDS), connector=aiohttp.TCPConnector(limit=32)
            )
        return self._kept

    @staticmethod
    def _note(body: dict[str, Any], reason: str) -> None:
        failures = turn_failures.get()
        if failures is not None:
            failures.append(f"{body.get('next_action')}: {reason}")
