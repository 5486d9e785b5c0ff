"""The stream of one open chat page: messages, whether the assistant is writing, and a sign of life."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator

from sqlalchemy.exc import SQLAlchemyError
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.clock import clock
from bot.db.work import in_reading, in_transaction
from bot.web.chat_store import Cursor, find_chat, mark_taken, news
from bot.web.feed import Feed
from bot.web.visitor import visitor_of

# The feed tells at once; these catch what it missed. Nobody polls the database faster than this.
BUSY_SECONDS = 5.0
IDLE_SECONDS = 20.0
# The page takes silence for twice this long as a lost connection.
ALIVE_SECONDS = 15
# A browser opens at most six connections to a site; more than this is no person's browser.
MOST_PAGES = 8

_open: Counter[str] = Counter()


async def events(request: Request, feed: Feed) -> Response:
    """Answer ``GET /chat/events``: 204 (do not come back) where the visitor has no conversation, else the stream."""
    visitor = visitor_of(request)
    conversation_id = None if visitor.new else await in_reading(find_chat, visitor.conversation_key)
    if conversation_id is None:
        return Response(status_code=204)
    if _open[conversation_id] >= MOST_PAGES:
        return JSONResponse({"error": "This chat is open in too many windows."}, 429, headers={"Retry-After": "30"})
    cursor = Cursor(conversation_id, after=_resume_after(request))
    return EventSourceResponse(
        _stream(cursor, feed),
        ping=ALIVE_SECONDS,
        ping_message_factory=lambda: ServerSentEvent("1", event="alive"),
        send_timeout=30,
    )


def _resume_after(request: Request) -> int:
    """Give the newest outbox row the page has: the browser says it when it comes back, the page when it opens."""
    told = (request.headers.get("last-event-id", ""), request.query_params.get("after", ""))
    return max([int(value) for value in told if value.isdigit() and len(value) < 19], default=0)


async def _stream(cursor: Cursor, feed: Feed) -> AsyncIterator[ServerSentEvent]:
    typing = False
    _open[cursor.conversation_id] += 1
    try:
        with feed.listen(cursor.conversation_id) as listener:
            yield ServerSentEvent("1", event="alive", retry=2000)
            while not listener.closed:
                try:
                    found = await in_reading(news, cursor)
                except SQLAlchemyError:
                    await listener.wait(BUSY_SECONDS)
                    continue
                for row_id, entry in found.entries:
                    data = json.dumps(entry.for_browser(), ensure_ascii=False)
                    yield ServerSentEvent(data, event="message", id=str(row_id))
                    cursor.seen.add(row_id)
                if found.waiting:
                    await _note_taken(found.waiting)
                if found.typing != typing:
                    typing = found.typing
                    yield ServerSentEvent("true" if typing else "false", event="typing")
                await listener.wait(BUSY_SECONDS if typing else IDLE_SECONDS)
    finally:
        _open[cursor.conversation_id] -= 1
        if _open[cursor.conversation_id] <= 0:
            del _open[cursor.conversation_id]


async def _note_taken(ids: list[int]) -> None:
    try:
        await in_transaction(mark_taken, ids, clock.now())
    except SQLAlchemyError:
        return  # they stay waiting, so the next page that opens takes them again; this one shows each only once
