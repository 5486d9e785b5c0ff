"""Connections that break: uvicorn has no way to close one without an answer, so its protocol remembers them."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

# By the ports of both ends: several servers may run in one process.
_open: dict[tuple[int, int], asyncio.Transport] = {}


class BreakableProtocol(H11Protocol):
    """HTTP/1.1 whose connections can be aborted by the address they came from."""

    def connection_made(self, transport: Any) -> None:
        """Remember it."""
        super().connection_made(transport)
        self._ends = transport.get_extra_info("peername")[1], transport.get_extra_info("sockname")[1]
        _open[self._ends] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        _open.pop(self._ends, None)
        super().connection_lost(exc)


class _Broken(Response):
    """Breaks the connection instead of answering, or in the middle of it."""

    def __init__(self, request: Request, half: bytes) -> None:
        super().__init__(half)
        self._ends = request.scope["client"][1], request.scope["server"][1]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write half an answer, if any, and close."""
        transport = _open[self._ends]
        if self.body:
            length = 2 * len(self.body)
            head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
            transport.write(head.encode() + bytes(self.body))
            transport.close()
        else:
            transport.abort()
        # uvicorn would log an answer that never began; once the connection is gone it says nothing.
        await receive()
        while self._ends in _open:  # noqa: ASYNC110 - it is gone after the loop's next turn
            await asyncio.sleep(0)


def abort(request: Request) -> Response:
    """Close the connection without an answer."""
    return _Broken(request, b"")


def send_half(request: Request, body: bytes) -> Response:
    """Answer with half of ``body`` and close the connection."""
    return _Broken(request, body[: len(body) // 2])
