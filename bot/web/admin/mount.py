"""sqladmin under ``/staff/admin``, behind the console's own door."""

from __future__ import annotations

import logging

from sqladmin import Admin
from sqlalchemy.orm import sessionmaker
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.db.engine import engine
from bot.web.admin.fields import asking
from bot.web.admin.views import TABLES
from bot.web.failures import plain
from bot.web.pages import HERE
from bot.web.staff.console import Console
from bot.web.staff.gate import to_login

BASE = "/staff/admin"


class AdministratorsOnly:
    """Lets administrators in, for every address below: sqladmin itself leaves some of its own unguarded."""

    def __init__(self, app: ASGIApp, console: Console) -> None:
        self.app = app
        self.console = console

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or send it to the login."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        staff = await self.console.gate.enter(request)
        if staff is None:
            await to_login(request)(scope, receive, send)
            return
        if staff.must_change_password:
            await RedirectResponse("/staff/password", 303)(scope, receive, send)
            return
        if not staff.admin:
            await plain(self.console.pages, request, 403, "Only administrators may see this.")(scope, receive, send)
            return
        request.state.staff = staff
        token = asking.set((self.console.forms, request))
        try:
            await self.app(scope, receive, send)
        finally:
            asking.reset(token)


def admin_mount(console: Console) -> Mount:
    """Build the administration's pages."""
    # It logs a refused row with a stack trace; ours says in one line what it was (views.py).
    logging.getLogger("sqladmin.application").setLevel(logging.CRITICAL)
    holder = Starlette()
    admin = Admin(
        holder,
        # sqladmin changes the factory it is given, so it gets one of its own.
        session_maker=sessionmaker(engine(), future=True, expire_on_commit=False),
        base_url=BASE,
        title="Administration",
        favicon_url="/static/icon.svg",
        templates_dir=str(HERE / "templates" / "admin"),
    )
    for table in TABLES:
        admin.add_view(table)
    # Logging in is the console's own.
    routes = [route for route in admin.admin.routes if getattr(route, "path", "") not in ("/login", "/logout")]
    admin.admin.router.routes = routes
    return Mount(BASE, admin.admin, name="admin", middleware=[Middleware(AdministratorsOnly, console=console)])
