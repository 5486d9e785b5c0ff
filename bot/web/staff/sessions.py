"""Who is logged in to the console, and for how long."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session as Database
from starlette.middleware.sessions import SessionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.db.models import Staff

# A shift, and long enough to make a cup of tea (OWASP's session guide: 4-8 h and 15-30 min for sensitive data; a night
# shift is 12 h).
ABSOLUTE = timedelta(hours=12)
IDLE = timedelta(minutes=30)
# The cookie is written again at most this often.
NOTE_EVERY = timedelta(minutes=1)

COOKIE = "console"


class ConsoleCookie:
    """Starlette's signed session cookie for ``/staff``, marked Secure for whoever comes over https."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        def with_cookie(https: bool) -> SessionMiddleware:
            return SessionMiddleware(
                app,
                key,
                session_cookie=COOKIE,
                max_age=int(ABSOLUTE.total_seconds()),
                path="/staff",
                same_site="strict",
                https_only=https,
            )

        self._app = app
        self._plain, self._secure = with_cookie(False), with_cookie(True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with its session where it is for the console."""
        if scope["type"] == "http" and scope["path"].split("/", 2)[1] == "staff":
            await (self._secure if scope["scheme"] == "https" else self._plain)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


@dataclass(frozen=True)
class LoggedIn:
    """Who is logged in, as plain values."""

    staff_id: int
    username: str
    first_name: str
    role: str
    admin: bool
    must_change_password: bool
    until: datetime


class Logins:
    """Starts, checks and ends logins. Those that ended by logging out are remembered until they would have anyway."""

    def __init__(self) -> None:
        self._ended: dict[str, datetime] = {}

    def start(self, session: dict[str, Any], staff: Staff, now: datetime) -> None:
        """Log somebody in, in a session that has nothing of an older one."""
        session.clear()
        session.update(
            login=secrets.token_urlsafe(16),
            staff=staff.id,
            password=_stamp(staff),
            since=now.isoformat(),
            seen=now.isoformat(),
        )

    def renew(self, session: dict[str, Any], staff: Staff) -> None:
        """Keep this login, and no other, after its own change of password."""
        session["password"] = _stamp(staff)

    def end(self, session: dict[str, Any], now: datetime) -> None:
        """Log out: the cookie is worthless from now on, also a copy of it."""
        self._ended = {login: until for login, until in self._ended.items() if until > now}
        if "login" in session:
            self._ended[session["login"]] = now + ABSOLUTE
        session.clear()

    def ends_at(self, session: dict[str, Any]) -> datetime | None:
        """Give when this login ends without further use; None where there is none, or it was logged out."""
        try:
            since = datetime.fromisoformat(session["since"])
            seen = datetime.fromisoformat(session["seen"])
            if session["login"] in self._ended:
                return None
        except (KeyError, ValueError, TypeError):
            return None
        return min(since + ABSOLUTE, seen + IDLE)

    def note_use(self, session: dict[str, Any], now: datetime) -> None:
        """Note that a person is at work in the console."""
        if now - datetime.fromisoformat(session["seen"]) >= NOTE_EVERY:
            session["seen"] = now.isoformat()


def who_is(database: Database, staff_id: int, stamp: str, until: datetime) -> LoggedIn | None:
    """Give the member of staff of a login; None where they were switched off or their password changed since."""
    staff = database.get(Staff, staff_id)
    if staff is None or not staff.active or _stamp(staff) != stamp:
        return None
    return LoggedIn(
        int(staff.id),
        staff.username,
        staff.first_name,
        staff.role,
        bool(staff.admin),
        bool(staff.must_change_password),
        until,
    )


def _stamp(staff: Staff) -> str:
    return staff.password_changed_at.isoformat() if staff.password_changed_at is not None else ""
