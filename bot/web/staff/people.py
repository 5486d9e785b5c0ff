"""The console's page on people: link codes, enrolment, accounts."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import clock
from bot.db.work import in_reading, in_transaction
from bot.people.participants import CODE_LIFE
from bot.program import program
from bot.web.failures import refuse
from bot.web.staff.console import Console
from bot.web.staff.forms import EnrolForm, LinkForm, ParticipantForm, StaffForm
from bot.web.staff.gate import admins_only, staff_only
from bot.web.staff.people_store import (
    Cannot,
    code_for_participant,
    code_for_staff,
    enrol,
    new_participant,
    new_staff,
    people,
    reset_password,
)

HERE = "/staff/people"


class PeoplePage:
    """The routes."""

    def __init__(self, console: Console, telegram_username: Callable[[], str | None]) -> None:
        self.console = console
        self.telegram_username = telegram_username

    def routes(self) -> list[Route]:
        """Give the routes."""
        return [
            Route(HERE, self.page),
            Route(f"{HERE}/participant-code", self.participant_code, methods=["POST"]),
            Route(f"{HERE}/staff-code", self.staff_code, methods=["POST"]),
            Route(f"{HERE}/participant", self.add_participant, methods=["POST"]),
            Route(f"{HERE}/enrol", self.enrol, methods=["POST"]),
            Route(f"{HERE}/staff", self.add_staff, methods=["POST"]),
            Route(f"{HERE}/reset", self.reset, methods=["POST"]),
        ]

    @staff_only
    async def page(self, request: Request) -> Response:
        """Show people."""
        return await self._page(request)

    async def _page(self, request: Request, **shown: Any) -> Response:
        search = request.query_params.get("search", "").strip()[:64]
        found = await in_reading(people, search, self._today())
        common = {"code": None, "password": None, "problem": "", "search": search, "here": HERE, "today": self._today()}
        return self.console.page(request, "people.html", people=found, **{**common, **shown})

    @staticmethod
    def _today() -> date:
        return clock.now().astimezone(program().zone).date()

    @staff_only
    async def participant_code(self, request: Request) -> Response:
        """Make a link code for a participant, shown once."""
        return await self._code(request, code_for_participant)

    @staff_only
    async def staff_code(self, request: Request) -> Response:
        """Make a link code for staff's own Telegram: one's own, or for admins anybody's."""
        return await self._code(request, code_for_staff)

    async def _code(self, request: Request, make: Callable[..., tuple[str, str]]) -> Response:
        form = await self.console.form(request, LinkForm)
        if not form.validate():
            return self.console.refused(request, HERE, form)
        number = int(form["number"].data)
        me = request.state.staff
        if make is code_for_staff and number != me.staff_id and not me.admin:
            raise refuse(403, "Only administrators may do this for somebody else.")
        try:
            code, whom = await in_transaction(make, number, clock.now())
        except Cannot as cannot:
            return self.console.back(request, HERE, str(cannot), problem=True)
        username = self.telegram_username()
        link = f"https://t.me/{username}?start={code}" if username else ""
        shown = {"code": code, "whom": whom, "link": link, "until": clock.now() + CODE_LIFE}
        return await self._page(request, code=shown)

    @staff_only
    async def add_participant(self, request: Request) -> Response:
        """Store a participant."""
        form = await self.console.form(request, ParticipantForm)
        if not form.validate():
            return self.console.refused(request, HERE, form)
        return await self._do(
            request, new_participant, str(form["reference"].data), str(form["first_name"].data), clock.now(),
            said="{} has been added.",
        )  # fmt: skip

    @staff_only
    async def enrol(self, request: Request) -> Response:
        """Put a participant into a track."""
        form = await self.console.form(request, EnrolForm)
        # Which numbers exist is for the use case to say; the choices here are only what the page offered.
        for name in ("participant", "track"):
            form[name].choices = [(form[name].data, "")]
        if not form.validate():
            return self.console.refused(request, HERE, form)
        return await self._do(
            request, enrol, form["participant"].data, form["track"].data, form["starts_on"].data, form["ends_on"].data,
            said="{}",
        )  # fmt: skip

    async def _do(self, request: Request, what: Callable[..., str], *args: Any, said: str) -> Response:
        try:
            result = await in_transaction(what, *args)
        except Cannot as cannot:
            return self.console.back(request, HERE, str(cannot), problem=True)
        return self.console.back(request, HERE, said.format(result))

    @admins_only
    async def add_staff(self, request: Request) -> Response:
        """Make an account and show its first password, once."""
        form = await self.console.form(request, StaffForm)
        if not form.validate():
            return self.console.refused(request, HERE, form)
        values = [str(form[name].data) for name in ("username", "first_name", "role")]
        try:
            username, password = await in_transaction(new_staff, *values, bool(form["admin"].data), clock.now())
        except Cannot as cannot:
            return self.console.back(request, HERE, str(cannot), problem=True)
        return await self._page(request, password={"username": username, "password": password})

    @admins_only
    async def reset(self, request: Request) -> Response:
        """Give an account a new first password and show it, once."""
        form = await self.console.form(request, LinkForm)
        if not form.validate():
            return self.console.refused(request, HERE, form)
        password = secrets.token_urlsafe(12)
        try:
            username = await in_transaction(reset_password, int(form["number"].data), password, clock.now())
        except Cannot as cannot:
            return self.console.back(request, HERE, str(cannot), problem=True)
        return await self._page(request, password={"username": username, "password": password})
