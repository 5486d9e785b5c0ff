"""Updates that Telegram posts: the secret first, and 200 only once they are stored."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette

from bot.channels.telegram import TelegramChannel, arrivals
from bot.channels.telegram.webhook import LONGEST_BODY, SECRET_HEADER
from bot.db.models import Escalation
from bot.settings import settings
from tests.integration.telegram.conftest import Wakes, eventually, stored, writing
from tests.telegram_api import Person, TelegramApi

SECRET = "a-secret-of-the-test"


@pytest.fixture
async def site(
    environment: Path, monkeypatch: pytest.MonkeyPatch, make_channel: Callable[[], TelegramChannel]
) -> AsyncIterator[TelegramChannel]:
    """The channel's route on a real server, and Telegram told of it."""
    config = uvicorn.Config(Starlette(), port=0, ws="none", log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    monkeypatch.setenv("TELEGRAM_WEBHOOK_URL", f"http://127.0.0.1:{port}/hooks/telegram")
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", SECRET)
    settings.cache_clear()
    channel = make_channel()
    config.app.router.routes.extend(channel.routes)  # type: ignore[union-attr]
    await channel.start()
    await eventually(channel.ready)
    yield channel
    server.should_exit = True
    await serving


def _update(text: str = "hello", update_id: int = 1) -> dict[str, Any]:
    person = {"id": 1001, "is_bot": False, "first_name": "Anna"}
    chat = {"id": 1001, "type": "private"}
    message = {"message_id": update_id, "date": 1, "from": person, "chat": chat, "text": text}
    return {"update_id": update_id, "message": message}


async def _post(body: bytes | dict[str, Any], secret: str | None = SECRET) -> httpx.Response:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with httpx.AsyncClient() as client:
        return await client.post(str(settings().telegram_webhook_url), content=content, headers=headers)


async def test_updates_arrive(api: TelegramApi, anna: Person, site: TelegramChannel, wakes: Wakes) -> None:
    update = anna.say("I want to kill myself tonight")["update_id"]
    conversation = await wakes.next()
    assert await api.confirmed(update)
    [row] = stored()
    assert (row.text, row.conversation_id) == ("I want to kill myself tonight", conversation)
    assert api.calls("getUpdates") == 0
    assert writing(lambda session: session.query(Escalation).count()) == 1


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], SECRET + "x", "ä"])
async def test_a_wrong_secret_is_refused(secret: str | None, site: TelegramChannel) -> None:
    if secret == "ä":
        request = httpx.Request("POST", str(settings().telegram_webhook_url), content=b"{}")
        request.headers[SECRET_HEADER] = "x"
        request.headers.raw.append((SECRET_HEADER.encode(), "ä".encode()))
        async with httpx.AsyncClient() as client:
            assert (await client.send(request)).status_code == 401
    else:
        assert (await _post(_update(), secret)).status_code == 401
    assert not stored()


@pytest.mark.parametrize(("body", "status"), [
    (b"", 400), (b"{", 400), (b"[]", 400), (b"{}", 400), (b'{"update_id": "1"}', 400), (b"\xff\x00", 400),
    (b"[" * 100_000, 400), (b"x" * (LONGEST_BODY + 1), 413), (b'{"update_id": 5}', 200),
    (b'{"update_id": 5, "hologram": {}}', 200), (b'{"update_id": 5, "message": 7}', 200),
])  # fmt: skip
async def test_what_is_no_update(body: bytes, status: int, site: TelegramChannel) -> None:
    answer = await _post(body)
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert not stored()


async def test_only_post(site: TelegramChannel) -> None:
    async with httpx.AsyncClient() as client:
        assert (await client.get(str(settings().telegram_webhook_url))).status_code == 405


async def test_a_replayed_update_is_one_message(site: TelegramChannel) -> None:
    answers = await asyncio.gather(*(_post(_update()) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(stored()) == 1


async def test_no_200_before_the_commit_and_telegram_tries_again(
    api: TelegramApi, anna: Person, site: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failures = arrivals._store, 0

    def locked_twice(*args: Any) -> Any:
        nonlocal failures
        failures += 1
        if failures <= 2:
            real(*args)  # written, and undone with the transaction
            raise OperationalError("commit", {}, Exception("disk I/O error"))
        return real(*args)

    monkeypatch.setattr(arrivals, "_store", locked_twice)
    update = anna.say("through all that")["update_id"]
    assert await api.confirmed(update)
    assert failures == 3
    assert [row.text for row in stored()] == ["through all that"]


async def test_without_a_url_a_former_webhook_is_taken_away(
    environment: Path, api: TelegramApi, anna: Person, make_channel: Callable[[], TelegramChannel]
) -> None:
    api.do(lambda: api.world.webhook.update(url="http://127.0.0.1:1/gone", secret=""))
    update = anna.say("waiting for long")["update_id"]
    await make_channel().start()
    assert await api.confirmed(update)
    assert [row.text for row in stored()] == ["waiting for long"]


async def test_a_url_with_a_host_only_gets_a_path(
    environment: Path, monkeypatch: pytest.MonkeyPatch, make_channel: Callable[[], TelegramChannel]
) -> None:
    monkeypatch.setenv("TELEGRAM_WEBHOOK_URL", "https://bot.example.org/")
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", SECRET)
    channel = make_channel()
    assert channel._webhook is not None
    assert channel._webhook.url == "https://bot.example.org/telegram/webhook"
    assert [route.path for route in channel.routes] == ["/telegram/webhook"]  # type: ignore[attr-defined]
