"""A person fetches what is stored about them. Opening the link shows a button, because messengers open links too."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import clock
from bot.db.work import in_transaction
from bot.people.privacy import ExportGone, redeem_export
from bot.web.failures import plain
from bot.web.pages import Pages
from bot.web.rates import EXPORTS_PER_ADDRESS, Rates
from bot.web.security import address_of

GONE = "This link does not work any more. Links work once and for a short time; ask the assistant for a new one."


class Export:
    """The export's routes."""

    def __init__(self, pages: Pages, rates: Rates) -> None:
        self.pages = pages
        self.rates = rates

    def routes(self) -> list[Route]:
        """Give the routes."""
        return [Route("/export/{token}", self.export, methods=["GET", "POST"])]

    async def export(self, request: Request) -> Response:
        """Show the button (GET), or give the data and use the link up (POST)."""
        if request.method != "POST":
            return self.pages.render(request, "export.html", {})
        if await self.rates.allow(EXPORTS_PER_ADDRESS, "export", address_of(request)):
            return plain(self.pages, request, 429)
        try:
            stored = await in_transaction(redeem_export, request.path_params["token"][:128], clock.now())
        except ExportGone:
            return plain(self.pages, request, 404, GONE)
        return Response(
            json.dumps(stored, ensure_ascii=False, indent=2),
            media_type="application/json",
            headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
        )
