"""Telegram posts updates here when TELEGRAM_WEBHOOK_URL is set; 200 only once they are stored."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.telegram.arrivals import store_updates
from bot.channels.telegram.effects import Effects
from bot.channels.telegram.identity import Identity
from bot.channels.telegram.without_database import WithoutDatabase, store_or_help
from bot.clock import clock
from bot.db.work import in_transaction
from bot.metrics import ERRORS

log = structlog.get_logger()

# The largest real update is a message of 4,096 characters with its entities and a reply: well below this.
LONGEST_BODY = 256 * 1024
# Used where the URL names a host only.
DEFAULT_PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name


class Webhook:
    """The route that Telegram posts to."""

    def __init__(
        self, url: str, secret: str, identity: Identity, act: Callable[[Effects], None],
        without_database: WithoutDatabase,
    ) -> None:  # fmt: skip
        path = urlsplit(url).path.rstrip("/")
        self.url = url if path else url.rstrip("/") + DEFAULT_PATH
        self.secret = secret
        self._identity = identity
        self._act = act
        self._without_database = without_database
        self.route = Route(path or DEFAULT_PATH, self.receive, methods=["POST"])

    async def receive(self, request: Request) -> Response:
        """Take one update: 401 for a wrong secret, 400 and 413 for what is no update, 503 where it was not stored."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self.secret.encode()):
            log.warning("a webhook call had a wrong secret")
            return PlainTextResponse("wrong secret", 401)
        try:
            body = await _read(request)
        except ClientDisconnect:
            return PlainTextResponse("gone", 400)
        if body is None:
            return PlainTextResponse("too long", 413)
        update = _parse(body)
        if update is None:
            return PlainTextResponse("not an update", 400)
        try:
            storing = in_transaction(store_updates, [update], self._identity, clock.now())
            effects = await store_or_help(storing, [update], self._without_database)
        except Exception as error:  # noqa: BLE001 - whatever it is: not stored, so Telegram must send it again
            ERRORS.labels("telegram_webhook").inc()
            log.warning("an update could not be stored; Telegram will send it again", error=type(error).__name__)
            return PlainTextResponse("try again", 503)
        self._act(effects)
        return PlainTextResponse("stored")


async def _read(request: Request) -> bytes | None:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            return None
    return bytes(body)


def _parse(body: bytes) -> dict[str, Any] | None:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return update if isinstance(update, dict) and isinstance(update.get("update_id"), int) else None
