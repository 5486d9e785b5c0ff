"""The console's working pages: what waits, one alert, one chat, past alerts; and what their buttons do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import clock
from bot.db.work import in_reading, in_transaction
from bot.web.staff import acting
from bot.web.staff.board_store import LEVEL_WORDS, PAGE_SIZE, STATUS_WORDS, board, past_alerts
from bot.web.staff.case_store import case, chat_case
from bot.web.staff.console import Console
from bot.web.staff.forms import ActionForm, FalseAlarmForm, OutcomeForm, ReplyForm
from bot.web.staff.gate import staff_only
from bot.web.staff.live import live, render_parts

WORDS: dict[str, Any] = {"levels": LEVEL_WORDS, "statuses": STATUS_WORDS}
# SQLite's and PostgreSQL's largest row number has 19 digits; no program has this many rows.
LARGEST_NUMBER = 10**15


class Work:
    """The working pages' routes."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def routes(self) -> list[Route]:
        """Give the routes."""
        return [
            Route("/staff", self.board),
            Route("/staff/events", self.events),
            Route("/staff/escalations", self.past),
            Route("/staff/escalations/{number:int}", self.escalation),
            Route("/staff/chats/{number:int}", self.chat),
            Route("/staff/act/{verb}/{number:int}", self.act, methods=["POST"]),
            Route("/staff/escalations/{number:int}/{how:str}", self.close, methods=["POST"]),
            Route("/staff/reply/{kind}/{number:int}", self.reply, methods=["POST"]),
        ]

    @staff_only
    async def board(self, request: Request) -> Response:
        """Show what waits for staff."""
        found = await in_reading(board, request.state.staff.staff_id, clock.now())
        return self._view(request, "board", found, 0)

    @staff_only
    async def escalation(self, request: Request) -> Response:
        """Show one alert."""
        number = _number(request)
        found = await in_reading(case, number, request.state.staff.staff_id, clock.now())
        return self._view(request, "escalation", found, number)

    @staff_only
    async def chat(self, request: Request) -> Response:
        """Show one chat."""
        number = _number(request)
        found = await in_reading(chat_case, number, request.state.staff.staff_id, clock.now())
        return self._view(request, "chat", found, number)

    def _view(self, request: Request, view: str, found: Any, number: int) -> Response:
        if found is None:
            raise HTTPException(404)
        token = self.console.forms.token(request.session)
        parts = render_parts(self.console, view, found, number, request.state.staff, token)
        here = "/staff" if view == "board" else f"/staff/{view}s/{number}"
        return self.console.page(request, f"{view}.html", found=found, parts=parts, number=number, here=here, **WORDS)

    @staff_only
    async def past(self, request: Request) -> Response:
        """Show closed alerts, a page at a time."""
        asked = request.query_params
        status = asked.get("status", "") if asked.get("status") in ("resolved", "false_alarm") else ""
        level = asked.get("level", "") if asked.get("level") in LEVEL_WORDS else ""
        page = int(asked.get("page", "1")) if asked.get("page", "1").isdecimal() else 1
        page = min(max(page, 1), 10**6)
        rows, count = await in_reading(past_alerts, status=status, level=level, page=page)
        pages = max(1, math.ceil(count / PAGE_SIZE))
        return self.console.page(
            request,
            "past.html",
            rows=rows,
            count=count,
            number=page,
            pages=pages,
            status_chosen=status,
            level_chosen=level,
            here="/staff/escalations",
            **WORDS,
        )

    async def events(self, request: Request) -> Response:
        """Give the stream of changes to the page that is open."""
        return await live(self.console, request)

    @staff_only
    async def act(self, request: Request) -> Response:
        """Carry out a button."""
        verb = request.path_params["verb"]
        if verb not in acting.VERBS:
            raise HTTPException(404)
        form = await self.console.form(request, ActionForm)
        return await self._do(request, form, acting.click, verb, _number(request))

    @staff_only
    async def close(self, request: Request) -> Response:
        """Close an alert, with an outcome, or join the chat behind it."""
        how, number = request.path_params["how"], _number(request)
        if how == "join":
            return await self._do(request, await self.console.form(request, ActionForm), acting.join_alert, number)
        if how not in ("resolve", "false_alarm"):
            raise HTTPException(404)
        form = await self.console.form(request, OutcomeForm if how == "resolve" else FalseAlarmForm)
        outcome = str(form["outcome"].data or "")
        return await self._do(request, form, acting.close, number, outcome=outcome, false_alarm=how == "false_alarm")

    @staff_only
    async def reply(self, request: Request) -> Response:
        """Write to a person."""
        kind = request.path_params["kind"]
        if kind not in ("escalations", "chats"):
            raise HTTPException(404)
        form = await self.console.form(request, ReplyForm)
        text = str(form["text"].data or "")
        number = _number(request)

        def write(session: Any, staff_id: int, now: Any) -> str:
            return acting.reply_to(session, kind, number, staff_id, text, now)

        return await self._do(request, form, write)

    async def _do(self, request: Request, form: Any, what: Callable[..., str], *args: Any, **kwargs: Any) -> Response:
        """Run one use case as whoever is logged in, and return to the page with what it led to."""
        back = str(form["back"].data or "/staff")
        if not form.validate():
            return self.console.refused(request, back, form)
        staff_id = request.state.staff.staff_id
        try:
            said = await in_transaction(what, *args, staff_id=staff_id, now=clock.now(), **kwargs)
        except acting.Cannot as cannot:
            return self.console.back(request, back, str(cannot), problem=True)
        self.console.announce()
        return self.console.back(request, back, said)


def _number(request: Request) -> int:
    number = int(request.path_params["number"])
    if number > LARGEST_NUMBER:
        raise HTTPException(404)
    return number
