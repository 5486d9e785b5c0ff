"""The bot's call to Rasa: an answer is read whole, and every way of getting none is one named error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.dialogue import rasa_client
from bot.dialogue.rasa_client import RasaClient, RasaUnavailable
from tests.e2e.stack import free_ports

ANSWER = {"replies": [{"text": "Hi", "buttons": [], "custom": {}}], "snapshot": "[]", "slots": {}, "intent": "hello"}


class Rasa:
    """Stands in for the Rasa server; ``does`` decides what comes back."""

    def __init__(self) -> None:
        self.does = "answer"
        self.asked: list[tuple[str | None, dict[str, Any]]] = []

    async def turn(self, request: web.Request) -> web.Response:
        self.asked.append((request.headers.get("Authorization"), await request.json()))
        if self.does == "fail":
            return web.json_response({}, status=502)
        if self.does == "hang":
            await asyncio.Event().wait()
        if self.does == "drop":
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(ANSWER)

    async def read(self, request: web.Request) -> web.Response:
        answer = await self.turn(request)
        return answer if answer.status != 200 else web.json_response({"risk": {"level": "N"}})

    async def ready(self, _request: web.Request) -> web.Response:
        return web.json_response({}, status=200 if self.does == "answer" else 503)


@pytest.fixture
async def server() -> AsyncIterator[tuple[Rasa, RasaClient]]:
    rasa, (port,) = Rasa(), free_ports(1)
    app = web.Application()
    app.router.add_post("/webhooks/assistant/turn", rasa.turn)
    app.router.add_post("/webhooks/assistant/read", rasa.read)
    app.router.add_get("/webhooks/assistant/ready", rasa.ready)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    client = RasaClient(f"http://127.0.0.1:{port}", "the secret")
    yield rasa, client
    await client.close()
    await runner.cleanup()


async def test_an_answer_is_read(server: tuple[Rasa, RasaClient]) -> None:
    rasa, client = server
    turn = await client.turn("c1", 7, metadata={"language": "en"}, text="hello")
    assert (turn.replies, turn.snapshot, turn.intent, turn.risk) == (ANSWER["replies"], "[]", "hello", None)
    body = {"conversation_id": "c1", "message_id": 7, "metadata": {"language": "en"}, "text": "hello"}
    assert rasa.asked == [("Bearer the secret", body)]
    await client.turn("c1", 8, metadata={}, text="Yes", intent="/affirm")
    assert "text" not in rasa.asked[1][1]
    assert await client.ready()


@pytest.mark.parametrize(
    ("does", "reason"),
    [("fail", "rasa_status_502"), ("hang", "rasa_timeout"), ("drop", "rasa_ServerDisconnectedError")],
)
async def test_no_answer_is_named(
    server: tuple[Rasa, RasaClient], monkeypatch: pytest.MonkeyPatch, does: str, reason: str
) -> None:
    rasa, client = server
    monkeypatch.setattr(rasa_client, "_TURN_TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    rasa.does = does
    with pytest.raises(RasaUnavailable) as raised:
        await client.turn("c1", 7, metadata={}, text="hello")
    assert raised.value.reason == reason
    assert not await client.ready()
    rasa.does = "answer"
    assert (await client.turn("c1", 7, metadata={}, text="hello")).intent == "hello"


async def test_no_server_is_named() -> None:
    client = RasaClient(f"http://127.0.0.1:{free_ports(1)[0]}", "the secret")
    with pytest.raises(RasaUnavailable, match="rasa_Client"):
        await client.turn("c1", 7, metadata={}, text="hello")
    assert not await client.ready()
    await client.close()


async def test_a_text_is_read_without_a_turn(server: tuple[Rasa, RasaClient]) -> None:
    rasa, client = server
    assert await client.read("hello") == {"level": "N"}
    assert rasa.asked == [("Bearer the secret", {"text": "hello"})]
    rasa.does = "fail"
    with pytest.raises(RasaUnavailable, match="rasa_status_502"):
        await client.read("hello")
