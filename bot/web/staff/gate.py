"""The console's door: every page behind it knows who asks."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.clock import clock
from bot.db.work import in_reading
from bot.web.failures import refuse
from bot.web.staff.sessions import LoggedIn, Logins, who_is

Handler = Callable[[Any, Request], Awaitable[Response]]


class Gate:
    """Finds out who is logged in."""

    def __init__(self, logins: Logins) -> None:
        self.logins = logins

    async def look(self, request: Request) -> LoggedIn | None:
        """Give who asks, or None. Noting that they are at work is :meth:`enter`'s."""
        until = self.logins.ends_at(request.session)
        if until is None or until <= clock.now():
            return None
        return await in_reading(who_is, int(request.session["staff"]), str(request.session["password"]), until)

    async def enter(self, request: Request) -> LoggedIn | None:
        """As :meth:`look`, and the idle clock starts again."""
        staff = await self.look(request)
        if staff is None:
            return None
        self.logins.note_use(request.session, clock.now())
        return staff


def staff_only(handler: Handler) -> Handler:
    """Let only staff in, with a password of their own; ``request.state.staff`` says who. The owner has ``gate``."""

    @functools.wraps(handler)
    async def guarded(owner: Any, request: Request) -> Response:
        staff = await owner.console.gate.enter(request)
        if staff is None:
            return to_login(request)
        if staff.must_change_password:
            return RedirectResponse("/staff/password", 303)
        request.state.staff = staff
        return await handler(owner, request)

    return guarded


def admins_only(handler: Handler) -> Handler:
    """As :func:`staff_only`, for staff who may change people and the timetable."""

    @staff_only
    @functools.wraps(handler)
    async def guarded(owner: Any, request: Request) -> Response:
        if not request.state.staff.admin:
            raise refuse(403, "Only administrators may do this.")
        return await handler(owner, request)

    return guarded


def to_login(request: Request) -> Response:
    """Send somebody who is not logged in (any more) to the login, and back afterwards."""
    if request.url.path in ("/staff/events", "/staff/session"):
        return JSONResponse({"error": "You are logged out."}, 401)
    here = request.url.path if request.method == "GET" else "/staff"
    return RedirectResponse("/staff/login" + (f"?next={quote(here)}" if here != "/staff" else ""), 303)


def safe_path(path: str) -> str:
    """Give ``path`` if it is a page of the console, else the console's first page."""
    ours = path.startswith("/staff") and path[6:7] in ("", "/", "?", "#")
    return path if ours and "\\" not in path and "//" not in path and path.isprintable() else "/staff"
