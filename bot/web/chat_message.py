"""Reading what the chat page's script sends."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from starlette.requests import Request

from bot.channels.incoming import LONGEST_TEXT, IncomingMessage, clean
from bot.web.visitor import Visitor

_COMMAND = re.compile(r"/([a-z_]{1,32})(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,24}")


class Refused(Exception):
    """It cannot be accepted; the message is one sentence for the person."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


async def parse_message(request: Request, visitor: Visitor, language: str, words: dict[str, str]) -> IncomingMessage:
    """Read ``{"client_id": uuid, "text": ...}`` or ``{"client_id": uuid, "token": ...}``.

    Args:
        request: the POST.
        visitor: who sends it. Their key is part of the stored id, so nobody can name another's message.
        language: "en" or "es".
        words: the page's sentences in that language.

    Raises:
        Refused: 415 not JSON, 400 not readable, 413 too long, 422 not what we expect.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise Refused(415, words["error_unreadable"])
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Refused(400, words["error_unreadable"]) from None
    if not isinstance(body, dict):
        raise Refused(400, words["error_unreadable"])
    external_id = f"{visitor.conversation_key[:32]}:{_client_id(body, words)}"
    if "token" in body:
        kind, text, payload = "button", "", {"token": _token(body, words)}
    else:
        text = _text(body, words)
        command = _COMMAND.fullmatch(text.strip())
        kind = "command" if command else "text"
        payload = {"name": command[1].lower(), "argument": (command[2] or "").strip()} if command else {}
    return IncomingMessage("web", external_id, visitor.conversation_key, kind, text, payload, language)  # type: ignore[arg-type]


def _client_id(body: dict[str, Any], words: dict[str, str]) -> str:
    try:
        return str(uuid.UUID(body["client_id"]))
    except (KeyError, ValueError, AttributeError, TypeError):
        raise Refused(422, words["error_unreadable"]) from None


def _token(body: dict[str, Any], words: dict[str, str]) -> str:
    token = body["token"]
    if "text" in body or not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise Refused(422, words["error_unreadable"])
    return token


def _text(body: dict[str, Any], words: dict[str, str]) -> str:
    text = body.get("text")
    if not isinstance(text, str):
        raise Refused(422, words["error_unreadable"])
    if len(text) > LONGEST_TEXT:
        raise Refused(413, words["error_long"])
    if "\0" in text:
        raise Refused(422, words["error_unreadable"])
    if not clean(text).strip():
        raise Refused(422, words["error_empty"])
    return text
