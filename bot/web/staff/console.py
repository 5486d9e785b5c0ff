"""What every page of the console shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from wtforms import Form

from bot.web.feed import Feed
from bot.web.pages import Pages
from bot.web.rates import Rates
from bot.web.staff.forms import Forms, first_problem
from bot.web.staff.gate import Gate, safe_path
from bot.web.staff.sessions import Logins

# Kept in the cookie for one page, so short.
LONGEST_NOTE = 300


class Console:
    """Templates, forms, the door and the feed."""

    def __init__(self, pages: Pages, forms: Forms, feed: Feed, rates: Rates, on_queued: Callable[[], None]) -> None:
        self._on_queued = on_queued
        self.pages = pages
        self.forms = forms
        self.feed = feed
        self.rates = rates
        self.logins = Logins()
        self.gate = Gate(self.logins)

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """Give a page of the console, with who is logged in, the form token, and a note from the last click."""
        common = {
            "me": getattr(request.state, "staff", None),
            "token": self.forms.token(request.session),
            "note": request.session.pop("note", None),
        }
        return self.pages.render(request, f"staff/{template}", {**common, **values}, status=status)

    async def form(self, request: Request, kind: Callable[..., Form], **values: Any) -> Form:
        """Read a sent form."""
        return self.forms.make(kind, request.session, await request.form(), **values)

    def announce(self) -> None:
        """Tell delivery, and other open pages, that something changed; call it after the commit."""
        self._on_queued()
        self.feed.publish_all()

    def back(self, request: Request, to: str, said: str, *, problem: bool = False) -> Response:
        """Return to a page that shows what a click led to."""
        request.session["note"] = {"text": said[:LONGEST_NOTE], "problem": problem}
        return RedirectResponse(safe_path(to), 303)

    def refused(self, request: Request, to: str, form: Form) -> Response:
        """Return to a page that says what was wrong with a form."""
        return self.back(request, to, first_problem(form), problem=True)
