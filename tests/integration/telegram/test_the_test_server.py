"""The test Bot API server keeps Telegram's semantics; a test that trusts it must be able to."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.settings import ROOT
from tests.telegram_api import Person, TelegramApi


class Client:
    """Calls methods as any client does."""

    def __init__(self, api: TelegramApi) -> None:
        self.url = f"{api.url}/bot{api.token}/"
        self.http = httpx.AsyncClient(timeout=10)

    async def __call__(self, method: str, **params: Any) -> dict[str, Any]:
        answer: dict[str, Any] = (await self.http.post(self.url + method, json=params)).json()
        return answer


@pytest.fixture
async def call(api: TelegramApi, anna: Person) -> AsyncIterator[Client]:
    made = Client(api)
    anna.say("open the chat")
    yield made
    await made.http.aclose()


async def test_updates_stay_until_a_later_offset_confirms_them(api: TelegramApi, anna: Person, call: Client) -> None:
    second = anna.say("two")["update_id"]
    first = (await call("getUpdates"))["result"]
    assert [update["message"]["text"] for update in first] == ["open the chat", "two"]
    assert (await call("getUpdates", offset=second))["result"] == first[1:]
    assert api.unconfirmed() == [second]
    assert (await call("getUpdates", offset=second + 1))["result"] == []
    assert api.unconfirmed() == []


async def test_a_long_poll_waits_and_a_second_one_ends_the_first(anna: Person, call: Client) -> None:
    offset = (await call("getUpdates"))["result"][0]["update_id"] + 1
    await call("getUpdates", offset=offset)
    first = asyncio.create_task(call("getUpdates", offset=offset, timeout=5))
    await asyncio.sleep(0.2)
    second = asyncio.create_task(call("getUpdates", offset=offset, timeout=5))
    ended = await first
    assert (ended["error_code"], "terminated by other getUpdates" in ended["description"]) == (409, True)
    anna.say("now")
    assert (await second)["result"][0]["message"]["text"] == "now"
    await call("setWebhook", url="https://example.org/hook")
    assert (await call("getUpdates"))["error_code"] == 409


async def test_a_poll_that_comes_while_it_goes_down_is_broken_too(api: TelegramApi, call: Client) -> None:
    offset = (await call("getUpdates"))["result"][0]["update_id"] + 1
    going_down = asyncio.create_task(asyncio.to_thread(api.down))
    polls: list[asyncio.Task[dict[str, Any]]] = []
    while not going_down.done():
        polls.append(asyncio.create_task(call("getUpdates", offset=offset, timeout=60)))
        await asyncio.sleep(0.005)
    ends = await asyncio.wait_for(asyncio.gather(*polls, return_exceptions=True), 5)
    assert ends
    assert not [end for end in ends if isinstance(end, dict) and end["ok"]]


@pytest.mark.parametrize(("text", "words"), [
    ("<b>open", "Can't find end tag"), ("a < b", "Unsupported start tag"), ("</i>", "Unexpected end tag"),
    ("<b>x</i>", "Unmatched end tag"), ("<script>x</script>", "Unsupported start tag"), ("<b", "Unclosed start tag"),
    ("<span>x</span>", "tg-spoiler"), ("", "message text is empty"), (" \n", "message text is empty"),
    ("<b></b>", "message text is empty"), ("x" * 4097, "message is too long"), ("🙂" * 2049, "message is too long"),
])  # fmt: skip
async def test_bad_texts(text: str, words: str, call: Client) -> None:
    answer = await call("sendMessage", chat_id=1001, text=text, parse_mode="HTML")
    assert (answer["ok"], answer["error_code"]) == (False, 400)
    assert words in answer["description"]


async def test_good_html(call: Client) -> None:
    source = '<b>bold <i>both</i></b> &lt;&amp;&gt; <a href="https://a.example">link</a> & ok > ok &nbsp;'
    sent = (await call("sendMessage", chat_id=1001, text=source, parse_mode="HTML"))["result"]
    assert sent["text"] == "bold both <&> link & ok > ok &nbsp;"
    kinds = [(entity["type"], entity["offset"], entity["length"]) for entity in sent["entities"]]
    assert kinds == [("italic", 5, 4), ("bold", 0, 9), ("text_link", 14, 4)]


async def test_limits_and_refusals(api: TelegramApi, anna: Person, call: Client) -> None:
    def button(data: str) -> dict[str, Any]:
        return {"inline_keyboard": [[{"text": "OK", "callback_data": data}]]}

    assert (await call("sendMessage", chat_id=1001, text="x", reply_markup=button("x" * 64)))["ok"]
    too_long = await call("sendMessage", chat_id=1001, text="x", reply_markup=button("x" * 65))
    assert too_long["description"] == "Bad Request: BUTTON_DATA_INVALID"
    sent = (await call("sendMessage", chat_id=1001, text="same"))["result"]["message_id"]
    same = await call("editMessageText", chat_id=1001, message_id=sent, text="same")
    assert "message is not modified" in same["description"]
    assert "chat not found" in (await call("sendMessage", chat_id=5, text="x"))["description"]
    assert (await call("answerCallbackQuery", callback_query_id="1"))["error_code"] == 400
    anna.block()
    assert (await call("sendMessage", chat_id=1001, text="x"))["error_code"] == 403
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{api.url}/bot123:wrong/getMe")).status_code == 401
        assert (await client.get(f"{api.url}/botwrong/getMe")).status_code == 404
        assert (await client.get(f"{api.url}/bot{api.token}/noSuchMethod")).status_code == 404


async def test_flood_limits(api: TelegramApi, call: Client) -> None:
    api.do(lambda: setattr(api.world.flood, "chat_burst", 2))
    answers = [await call("sendMessage", chat_id=1001, text="x") for _ in range(3)]
    assert [answer["ok"] for answer in answers] == [True, True, False]
    assert answers[2]["parameters"]["retry_after"] >= 1
    api.do(lambda: setattr(api.world.flood, "group_per_minute", 1))
    answers = [await call("sendMessage", chat_id=-1001, text="x") for _ in range(2)]
    assert [answer["ok"] for answer in answers] == [True, False]


async def test_as_a_process_of_its_own_with_the_control_api() -> None:
    command = [sys.executable, "-m", "tests.telegram_api"]
    process = subprocess.Popen(  # noqa: ASYNC220 - it only starts
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    url = (await asyncio.to_thread(process.stdout.readline)).strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    async with httpx.AsyncClient(base_url=f"{url}/control", timeout=10) as control:
        said = (await control.post("/write", json={"user_id": 1, "text": "hi"})).json()
        waiting = asyncio.create_task(control.get("/wait", params={"chat_id": 1, "after": 0, "what": "message"}))
        await control.post(f"{url}/bot7000000001:TEST-token-that-must-never-be-logged/sendMessage",
                           json={"chat_id": 1, "text": "hello"})  # fmt: skip
        [seen] = (await waiting).json()
        assert seen["data"]["text"] == "hello"
        updates = (await control.get("/updates")).json()
        assert updates["waiting"] == [said["update_id"]]
        assert (await control.post("/fail", json={"kind": "error", "code": 500})).json() == {}
        assert (await control.get("/nonsense")).status_code == 404
    process.terminate()
    assert await asyncio.to_thread(process.wait, 10) == 0
