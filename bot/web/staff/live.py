"""Keeps an open page of the console true: parts that changed are rendered again and sent to it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.clock import clock
from bot.db.work import in_reading
from bot.web.feed import STAFF
from bot.web.pages import Part
from bot.web.staff.board_store import LEVEL_WORDS, STATUS_WORDS, board
from bot.web.staff.case_store import case, chat_case
from bot.web.staff.console import Console
from bot.web.staff.gate import to_login
from bot.web.staff.sessions import LoggedIn

# What the feed does not announce (Telegram's side) is seen this much later at most.
LOOK_SECONDS = 5.0
# A burst of changes is one change to people.
SETTLE_SECONDS = 0.3
ALIVE_SECONDS = 15

# What a view asks the database; the board asks for no number.
_ASK: dict[str, Callable[..., Any]] = {"escalation": case, "chat": chat_case}
VIEWS = ("board", *_ASK)


async def live(console: Console, request: Request) -> Response:
    """Answer ``GET /staff/events?view=board`` (or ``escalation`` or ``chat`` with ``number``)."""
    staff = await console.gate.look(request)
    if staff is None or staff.must_change_password:
        return to_login(request)
    view = request.query_params.get("view", "")
    number = request.query_params.get("number", "0")
    if view not in VIEWS or not number.isdecimal() or len(number) > 15:
        raise HTTPException(404)
    return EventSourceResponse(
        _stream(console, request, staff, view, int(number)),
        ping=ALIVE_SECONDS,
        ping_message_factory=lambda: ServerSentEvent("1", event="alive"),
        send_timeout=30,
    )


async def _stream(
    console: Console, request: Request, staff: LoggedIn, view: str, number: int
) -> AsyncIterator[ServerSentEvent]:
    token = console.forms.token(request.session)
    sent: dict[str, str] = {}
    with console.feed.listen(STAFF) as listener:
        yield ServerSentEvent("1", event="alive", retry=3000)
        while not listener.closed:
            try:
                if await console.gate.look(request) is None:
                    yield ServerSentEvent("1", event="expired")
                    return
                parts = await _parts(console, staff, view, number, token)
            except SQLAlchemyError:
                yield ServerSentEvent("1", event="trouble")
                await listener.wait(LOOK_SECONDS)
                continue
            for name, part in parts.items():
                if sent.get(name) != part.digest:
                    sent[name] = part.digest
                    data = {"part": name, "html": part.html, "digest": part.digest}
                    yield ServerSentEvent(json.dumps(data), event="part")
            if await listener.wait(LOOK_SECONDS):
                await listener.wait(SETTLE_SECONDS)


async def _parts(console: Console, staff: LoggedIn, view: str, number: int, token: str) -> dict[str, Part]:
    now = clock.now()
    if view == "board":
        found = await in_reading(board, staff.staff_id, now)
    else:
        found = await in_reading(_ASK[view], number, staff.staff_id, now)
    return {} if found is None else render_parts(console, view, found, number, staff, token)


def render_parts(console: Console, view: str, found: Any, number: int, staff: LoggedIn, token: str) -> dict[str, Part]:
    """Render the parts of a view (``board``, ``escalation`` or ``chat``) that change while it is open."""
    here = "/staff" if view == "board" else f"/staff/{view}s/{number}"
    values = {
        "found": found, "token": token, "me": staff, "here": here, "levels": LEVEL_WORDS, "statuses": STATUS_WORDS,
    }  # fmt: skip
    return console.pages.parts(f"staff/{view}_parts.html", values)
