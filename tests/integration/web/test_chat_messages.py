"""What the chat's endpoints accept, refuse and keep."""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from bot.db.engine import transaction
from bot.db.models import Conversation, Escalation, InboxMessage, OutboxMessage
from tests.integration.web.site import Site


def post(client: httpx.Client, text: str, client_id: str | None = None, **headers: str) -> httpx.Response:
    body = {"client_id": client_id or str(uuid.uuid4()), "text": text}
    return client.post("/chat/messages", json=body, headers=headers)


def count(table: Any) -> int:
    with transaction() as session:
        return int(session.scalar(select(func.count()).select_from(table)) or 0)


def test_a_message_is_stored_before_it_is_confirmed_and_the_assistant_is_woken(
    site: Site, visitor: httpx.Client
) -> None:
    answer = post(visitor, "what does it cost?")

    assert answer.status_code == 202
    with transaction() as session:
        row = session.execute(select(InboxMessage)).scalar_one()
        conversation = session.execute(select(Conversation)).scalar_one()
        assert (answer.json()["key"], answer.json()["new"]) == (f"i{row.id}", True)
        assert conversation.id not in answer.text
        assert (row.text, row.kind, row.channel) == ("what does it cost?", "text", "web")
        assert conversation.external_id != visitor.cookies["visitor"], "the key itself is never stored"
        assert site.assistant.woken == [conversation.id]


def test_the_same_client_id_is_one_message(visitor: httpx.Client, site: Site) -> None:
    client_id = str(uuid.uuid4())
    first = post(visitor, "hello", client_id)
    again = post(visitor, "hello", client_id)

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["key"] == again.json()["key"]
    assert again.json()["new"] is False
    assert count(InboxMessage) == 1


def test_another_visitor_with_the_same_client_id_gets_a_conversation_of_their_own(
    visitor: httpx.Client, site: Site
) -> None:
    client_id = str(uuid.uuid4())
    post(visitor, "my secret", client_id)
    with httpx.Client(base_url=site.url) as other:
        other.get("/")
        assert post(other, "hello", client_id).json()["new"] is True
        assert "my secret" not in other.get("/chat/history").text
    assert count(Conversation) == 2


JSON = {"content-type": "application/json"}
GOOD_ID = "8f14e45f-ceea-467f-9ba7-0000deadbeef"


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", JSON, 400),
        (b"{", JSON, 400),
        (b"\xff\xfe", JSON, 400),
        (b"[" * 50_000, JSON, 400),
        (b"[]", JSON, 400),
        (b'"text"', JSON, 400),
        (b"null", JSON, 400),
        (b"{}", JSON, 422),
        (json.dumps({"text": "hi"}).encode(), JSON, 422),
        (json.dumps({"client_id": "1", "text": "hi"}).encode(), JSON, 422),
        (json.dumps({"client_id": 5, "text": "hi"}).encode(), JSON, 422),
        (json.dumps({"client_id": [GOOD_ID], "text": "hi"}).encode(), JSON, 422),
        (json.dumps({"client_id": GOOD_ID}).encode(), JSON, 422),
        (json.dumps({"client_id": GOOD_ID, "text": None}).encode(), JSON, 422),
        (json.dumps({"client_id": GOOD_ID, "text": 5}).encode(), JSON, 422),
        (json.dumps({"client_id": GOOD_ID, "text": ["hi"]}).encode(), JSON, 422),
        (json.dumps({"client_id": GOOD_ID, "text": ""}).encode(), JSON, 422),
        (json.dumps({"client_id": GOOD_ID, "text": " \n\t "}).encode(), JSON, 422),
        (json.dumps({"client_id": GOOD_ID, "text": "\x01\x02\x7f"}).encode(), JSON, 422),
        (json.dumps({"client_id": GOOD_ID, "text": "a\0b"}).encode(), JSON, 422),
        (json.dumps({"client_id": GOOD_ID, "text": "x" * 10_001}).encode(), JSON, 413),
        (json.dumps({"client_id": GOOD_ID, "text": "x" * 400_000}).encode(), JSON, 413),
        (json.dumps({"client_id": GOOD_ID, "token": ""}).encode(), JSON, 422),
        (json.dumps({"client_id": GOOD_ID, "token": "x" * 25}).encode(), JSON, 422),
        (json.dumps({"client_id": GOOD_ID, "token": {"a": 1}}).encode(), JSON, 422),
        (json.dumps({"client_id": GOOD_ID, "token": "x", "text": "y"}).encode(), JSON, 422),
        (json.dumps({"client_id": GOOD_ID, "text": "hi"}).encode(), {"content-type": "text/plain"}, 415),
        (b"client_id=1&text=hi", {"content-type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_what_cannot_be_a_message_is_refused_with_a_sentence(
    visitor: httpx.Client, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = visitor.post("/chat/messages", content=body, headers=headers)

    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")
    assert "Traceback" not in answer.text
    assert count(InboxMessage) == 0


@pytest.mark.parametrize(
    "text", ["x" * 10_000, "😀" * 10_000, "\ud800 lone", "tab\tand\nline", "/ not a command", "ok\x07"]
)
def test_unusual_text_is_accepted(visitor: httpx.Client, text: str) -> None:
    body = json.dumps({"client_id": str(uuid.uuid4()), "text": text}).encode()

    assert visitor.post("/chat/messages", content=body, headers=JSON).status_code == 202


def test_a_large_body_without_a_length_is_stopped(visitor: httpx.Client) -> None:
    def endless() -> Any:
        for _ in range(100):
            yield b" " * 8192

    answer = visitor.post("/chat/messages", content=endless(), headers=JSON)

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("text", "kind", "payload"),
    [
        ("/crisis", "command", {"name": "crisis", "argument": ""}),
        ("/Help me please", "command", {"name": "help", "argument": "me please"}),
        ('/inform{"slot": "x"}', "text", {}),
        ("/", "text", {}),
        ("what / when", "text", {}),
    ],
)
def test_only_a_command_is_a_command(visitor: httpx.Client, text: str, kind: str, payload: dict[str, str]) -> None:
    post(visitor, text)

    with transaction() as session:
        row = session.execute(select(InboxMessage)).scalar_one()
        assert (row.kind, row.payload) == (kind, payload)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 202),
        ({}, 202),
    ],
)
def test_messages_from_other_sites_are_refused(visitor: httpx.Client, headers: dict[str, str], status: int) -> None:
    assert post(visitor, "hello", **headers).status_code == status


def test_too_many_messages_are_put_off_and_say_for_how_long(visitor: httpx.Client, site: Site) -> None:
    site.assistant.held = True
    answers = [post(visitor, f"message {number}") for number in range(45)]

    late = [answer for answer in answers if answer.status_code == 429]
    assert late
    assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in late)
    assert count(InboxMessage) == 45 - len(late)


def test_a_risky_message_that_is_put_off_still_gets_crisis_resources(visitor: httpx.Client, site: Site) -> None:
    site.assistant.held = True
    for number in range(40):
        post(visitor, f"message {number}")

    answer = post(visitor, "I want to kill myself tonight")

    assert answer.status_code == 429
    assert "988" in answer.json()["crisis"]
    assert "staff" not in answer.json()["crisis"].lower(), "nobody was told"


def test_a_message_that_cannot_be_stored_is_not_confirmed_and_crisis_resources_come_all_the_same(
    visitor: httpx.Client, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("INSERT", {"text": "secret words"}, Exception("disk full"))

    monkeypatch.setattr("bot.web.chat.accept", broken)
    ordinary = post(visitor, "what does it cost")
    risky = post(visitor, "I want to kill myself tonight")

    assert ordinary.status_code == risky.status_code == 503
    assert ordinary.json()["crisis"] is None
    assert "988" in risky.json()["crisis"]
    assert "secret" not in ordinary.text
    assert int(ordinary.headers["retry-after"]) >= 1


def test_a_risky_message_opens_an_escalation_and_gets_resources_before_any_assistant(
    visitor: httpx.Client, site: Site
) -> None:
    site.assistant.held = True
    assert post(visitor, "I want to kill myself tonight").status_code == 202

    assert count(Escalation) == 1
    with transaction() as session:
        crisis = session.execute(select(OutboxMessage).where(OutboxMessage.kind == "crisis")).scalars().first()
        assert "988" in crisis.text


def test_history_shows_both_sides_in_order_and_pressed_buttons_once(visitor: httpx.Client, site: Site) -> None:
    post(visitor, "hello")
    site.assistant.settle()
    first = visitor.get("/chat/history").json()["entries"]
    token = first[1]["buttons"][0][0]["token"]
    pressed = visitor.post("/chat/messages", json={"client_id": str(uuid.uuid4()), "token": token})
    site.assistant.settle()
    entries = visitor.get("/chat/history").json()["entries"]

    assert pressed.status_code == 202
    assert [(e["who"], e["text"]) for e in entries] == [
        ("person", "hello"),
        ("assistant", "You said: hello"),
        ("person", "Yes"),
        ("assistant", "You said: /yes"),
    ]
    assert [b["usable"] for b in entries[1]["buttons"][0]] == [False, False]
    assert [b["usable"] for b in entries[3]["buttons"][0]] == [True, True]
    assert "verdict" not in json.dumps(entries)


def test_another_visitors_button_does_nothing(visitor: httpx.Client, site: Site) -> None:
    post(visitor, "hello")
    site.assistant.settle()
    token = visitor.get("/chat/history").json()["entries"][1]["buttons"][0][0]["token"]
    with httpx.Client(base_url=site.url) as other:
        other.get("/")
        other.post("/chat/messages", json={"client_id": str(uuid.uuid4()), "token": token})
        site.assistant.settle()
        assert other.get("/chat/history").json()["entries"][-1]["text"] == "You said: gone"
    assert visitor.get("/chat/history").json()["entries"][1]["buttons"][0][0]["usable"] is True


def test_forgetting_takes_the_chat_off_this_device(visitor: httpx.Client) -> None:
    post(visitor, "hello")
    assert visitor.post("/chat/forget").json() == {"forgotten": True}

    assert visitor.get("/chat/history").json() == {"entries": [], "after": 0, "chat": ""}
    assert count(InboxMessage) == 1, "what the program stores is another matter, and the page says so"


@pytest.mark.parametrize("cookie", ["", "x", "../../etc/passwd", "a" * 43 + "!", "é" * 43, "a" * 5000])
def test_a_made_up_cookie_is_nobody(site: Site, cookie: str) -> None:
    answer = httpx.get(site.url + "/chat/history", headers={b"Cookie": f"visitor={cookie}".encode()})

    assert answer.json()["entries"] == []
