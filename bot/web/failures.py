"""What a person sees when a page fails, and what the log says: never a message, a name or a value."""

from __future__ import annotations

import traceback

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.pages import Pages

log = structlog.get_logger()

WORDS = {
    400: "That request could not be read.",
    403: "You may not see this page.",
    404: "There is no such page.",
    405: "That does not work here.",
    413: "That is too long.",
    422: "Something in the form is missing or wrong.",
    429: "That was a lot at once. Please wait a moment.",
    500: "Something went wrong on our side.",
    503: "The assistant's database cannot be reached right now. Please try again in a moment.",
}


def wants_json(scope: Scope) -> bool:
    """Tell whether a script of ours asks, and not a person's browser window."""
    return bool(scope["path"].startswith("/chat/") or scope["path"] == "/staff/session")


class Failures:
    """Outermost: turns whatever was raised into a plain page, and logs its kind and place only.

    A database error's own words may carry the values of a row, so they are never logged.
    """

    def __init__(self, app: ASGIApp, pages: Pages) -> None:
        self.app = app
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception as error:  # noqa: BLE001 - this is the last line of defence
            last = traceback.extract_tb(error.__traceback__)[-1]
            log.warning("page failed", error=type(error).__name__, place=f"{last.name}:{last.lineno}")
            if not started:
                down = isinstance(error, (OperationalError, InterfaceError)) or (
                    isinstance(error, DBAPIError) and error.connection_invalidated
                )
                status = 503 if down else 500
                await plain(self.pages, Request(scope), status)(scope, receive, send)


def plain(pages: Pages, request: Request, status: int, detail: str = "") -> Response:
    """Give an error page, or for our own scripts a JSON sentence; it says nothing about the inside."""
    words = detail or WORDS.get(status, WORDS[400 if status < 500 else 500])
    if wants_json(request.scope):
        return JSONResponse({"error": words}, status)
    return pages.render(request, "error.html", {"status": status, "words": words}, status=status)


def http_error(pages: Pages, request: Request, error: Exception) -> Response:
    """Turn Starlette's own errors into our pages; ``detail`` is shown only where we wrote it ourselves."""
    if not isinstance(error, HTTPException):
        raise error
    ours = error.detail if error.headers and error.headers.get("x-ours") else ""
    response = plain(pages, request, error.status_code, ours)
    for name, value in (error.headers or {}).items():
        if name != "x-ours":
            response.headers[name] = value
    return response


def refuse(status: int, words: str) -> HTTPException:
    """Make an error whose sentence may be shown to a person."""
    return HTTPException(status, words, headers={"x-ours": "1"})
