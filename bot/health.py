"""``/healthz``: the process lives. ``/readyz``: every part, by name. ``/metrics``: counts for Prometheus."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Check = Callable[[], Awaitable[bool]]

# A part that takes longer than this to say that it works does not.
CHECK_SECONDS = 3.0
# How often parts are looked at for telling staff.
WATCH_SECONDS = 5.0


class Health:
    """Knows the parts of the assistant and asks them."""

    def __init__(self, checks: dict[str, Check]) -> None:
        """Args: checks: for each part's name, what tells whether it works."""
        self._checks = checks
        self.latest: dict[str, bool] = {}
        self._task: asyncio.Task[None] | None = None
        self.routes = [
            Route("/healthz", self._alive),
            Route("/readyz", self._ready),
            Route("/metrics", self._metrics),
        ]

    async def look(self) -> dict[str, bool]:
        """Ask every part now."""
        names = list(self._checks)
        works = await asyncio.gather(*(self._ask(self._checks[name]) for name in names))
        self.latest = dict(zip(names, works, strict=True))
        return self.latest

    async def start(self) -> None:
        """Keep looking, for those who watch :attr:`latest`."""
        self._task = asyncio.create_task(self._watch(), name="health")

    async def stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(WATCH_SECONDS)

    @staticmethod
    async def _ask(check: Check) -> bool:
        try:
            return await asyncio.wait_for(check(), CHECK_SECONDS)
        except Exception:  # noqa: BLE001 - whatever it is, the part does not work
            return False

    async def _alive(self, _request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def _ready(self, _request: Request) -> Response:
        parts = await self.look()
        body = {
            "ready": all(parts.values()),
            "parts": {name: "ready" if ok else "not ready" for name, ok in parts.items()},
        }
        return JSONResponse(body, status_code=200 if body["ready"] else 503, headers={"Cache-Control": "no-store"})

    async def _metrics(self, request: Request) -> Response:
        # For a collector on this machine; a proxy in front adds the header that says that it is not.
        if (
            request.client is None
            or request.client.host not in ("127.0.0.1", "::1")
            or "x-forwarded-for" in request.headers
        ):
            return PlainTextResponse("Metrics are for this machine only.\n", status_code=403)
        return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def database_answers(session: Session) -> bool:
    """Tell whether the database answers."""
    return bool(session.execute(text("SELECT 1")).scalar_one() == 1)
