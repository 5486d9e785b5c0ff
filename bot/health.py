"""``/healthz``: the process lives. ``/readyz``: every part, by name. ``/metrics``: counts for Prometheus."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.db.models import Setting
from bot.loop import Loop
from bot.metrics import PART_WORKS

Check = Callable[[], Awaitable[bool]]

# A part that takes longer than this to say that it works does not.
CHECK_SECONDS = 3.0
# How often parts are looked at for telling staff.
WATCH_SECONDS = 5.0
# While one is down: what waits for it is to go on soon after it is back.
DOWN_SECONDS = 1.0


class Health(Loop):
    """Knows the parts of the assistant and asks them."""

    name = "health"

    def __init__(self, checks: dict[str, Check], on_back: Callable[[str], Awaitable[None]] | None = None) -> None:
        """Args: checks: for each part's name, what tells whether it works. on_back: called with a part that is back."""
        super().__init__()
        self._checks = checks
        self._on_back = on_back
        self.latest: dict[str, bool] = {}
        self.routes = [
            Route("/healthz", self._alive),
            Route("/readyz", self._ready),
            Route("/metrics", self._metrics),
        ]

    async def look(self) -> dict[str, bool]:
        """Ask every part now."""
        names = list(self._checks)
        works = await asyncio.gather(*(self._ask(self._checks[name]) for name in names))
        before, self.latest = self.latest, dict(zip(names, works, strict=True))
        for name, ok in self.latest.items():
            PART_WORKS.labels(name).set(int(ok))
            if ok and before.get(name) is False and self._on_back is not None:
                await self._on_back(name)
        return self.latest

    async def _run(self) -> None:
        while True:
            latest = await self.look()
            await asyncio.sleep(WATCH_SECONDS if all(latest.values()) else DOWN_SECONDS)

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


def database_writes(session: Session, now: datetime) -> bool:
    """Tell whether the database can be written: one that is locked, read-only or full still answers questions."""
    row = session.get(Setting, "written_at")
    if row is None:
        session.add(Setting(key="written_at", value=now.isoformat()))
    else:
        row.value = now.isoformat()
    return True
