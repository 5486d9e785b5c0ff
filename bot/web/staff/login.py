"""Logging in and out, and changing a password."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.clock import clock
from bot.db.models import Staff
from bot.db.work import in_reading, in_transaction
from bot.people.staff import WeakPassword, WrongPassword, change_password, check_password
from bot.web.rates import LOGINS_PER_ADDRESS, WRONG_PASSWORDS
from bot.web.security import address_of
from bot.web.staff.console import Console
from bot.web.staff.forms import ActionForm, LoginForm, PasswordForm, first_problem
from bot.web.staff.gate import safe_path, to_login

# Argon2 takes 64 MB and a core for each check: so many at once, the others wait.
CHECKS_AT_ONCE = 2


class Login:
    """The login's routes."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._slots: asyncio.Semaphore | None = None

    def routes(self) -> list[Route]:
        """Give the login's routes."""
        return [
            Route("/staff/login", self.login, methods=["GET", "POST"]),
            Route("/staff/logout", self.logout, methods=["POST"]),
            Route("/staff/password", self.password, methods=["GET", "POST"]),
            Route("/staff/session", self.session, methods=["GET", "POST"]),
        ]

    async def login(self, request: Request) -> Response:
        """Show the login, or check it."""
        goal = safe_path(request.query_params.get("next", "/staff"))
        if request.method == "GET":
            if await self.console.gate.look(request) is not None:
                return RedirectResponse(goal, 303)
            return self._login_page(request, "")
        form = await self.console.form(request, LoginForm)
        if not form.validate():
            return self._login_page(request, first_problem(form), 400)
        username = str(form["username"].data).strip().lower()
        who = (username, address_of(request))
        wait = await self.console.rates.allow(LOGINS_PER_ADDRESS, "logins", address_of(request))
        wait = wait or await self.console.rates.allow(WRONG_PASSWORDS, "wrong", *who)
        if wait:
            minutes = max(1, round(wait / 60))
            words = f"Too many tries. Please wait {minutes} minute{'s' if minutes > 1 else ''} and try again."
            response = self._login_page(request, words, 429)
            response.headers["Retry-After"] = str(wait)
            return response
        try:
            staff = await self._check(username, str(form["password"].data))
        except WrongPassword:
            return self._login_page(request, "The user name or the password is wrong.", 401)
        await self.console.rates.forget(WRONG_PASSWORDS, "wrong", *who)
        self.console.logins.start(request.session, staff, clock.now())
        return RedirectResponse("/staff/password" if staff.must_change_password else goal, 303)

    def _login_page(self, request: Request, problem: str, status: int = 200) -> Response:
        return self.console.page(request, "login.html", status, problem=problem)

    async def _check(self, username: str, password: str) -> Staff:
        if self._slots is None:
            self._slots = asyncio.Semaphore(CHECKS_AT_ONCE)
        async with self._slots:
            return await in_reading(check_password, username, password)

    async def _is_current(self, username: str, password: str) -> bool:
        try:
            await self._check(username, password)
        except WrongPassword:
            return False
        return True

    async def logout(self, request: Request) -> Response:
        """Log out."""
        form = await self.console.form(request, ActionForm)
        if not form.validate():
            return self.console.refused(request, "/staff", form)
        self.console.logins.end(request.session, clock.now())
        return RedirectResponse("/staff/login", 303)

    async def password(self, request: Request) -> Response:
        """Show the form for a new password, or set it. Every other login of this person ends with it."""
        staff = await self.console.gate.enter(request)
        if staff is None:
            return to_login(request)
        request.state.staff = staff
        if request.method == "GET":
            return self.console.page(request, "password.html", problem="")
        form = await self.console.form(request, PasswordForm)
        if not form.validate():
            return self.console.page(request, "password.html", 400, problem=first_problem(form))
        try:
            if not staff.must_change_password:
                wait = await self.console.rates.allow(WRONG_PASSWORDS, "current", staff.username)
                if wait:
                    return self.console.page(
                        request, "password.html", 429, problem="Too many tries. Please wait 10 minutes."
                    )
                await self._check(staff.username, str(form["current"].data or ""))
            if await self._is_current(staff.username, str(form["password"].data)):
                raise WeakPassword("Use a password that is not the current one.")
            changed = await in_transaction(_change, staff.staff_id, str(form["password"].data), clock.now())
        except WrongPassword:
            return self.console.page(request, "password.html", 400, problem="The current password is wrong.")
        except WeakPassword as weak:
            return self.console.page(request, "password.html", 400, problem=str(weak))
        self.console.logins.renew(request.session, changed)
        return self.console.back(request, "/staff", "Your password has been changed.")

    async def session(self, request: Request) -> Response:
        """Say whether the login still holds (GET), or that somebody is at the keyboard (POST)."""
        gate = self.console.gate
        if request.method == "POST" and request.headers.get("x-token") != self.console.forms.token(request.session):
            return JSONResponse({"valid": False}, 403)
        staff = await (gate.look(request) if request.method == "GET" else gate.enter(request))
        return JSONResponse({"valid": staff is not None}, 200 if staff is not None else 401)


def _change(session: Session, staff_id: int, password: str, now: datetime) -> Staff:
    change_password(session, staff_id, password, now)
    return session.get(Staff, staff_id)
