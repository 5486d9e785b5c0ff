"""Builds the web application: the chat, the console, the export, and what others bring along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount

from bot.installation import installation_secret
from bot.settings import Settings
from bot.web.admin.mount import admin_mount
from bot.web.chat import Chat
from bot.web.export import Export
from bot.web.failures import Failures, http_error
from bot.web.feed import Feed
from bot.web.pages import Pages
from bot.web.rates import Rates
from bot.web.security import BoundedBody, SameOriginForms, SecurityHeaders
from bot.web.staff.console import Console
from bot.web.staff.forms import Forms
from bot.web.staff.login import Login
from bot.web.staff.people import PeoplePage
from bot.web.staff.sessions import ConsoleCookie
from bot.web.staff.work import Work
from bot.web.static_files import OurFiles


def build_web(
    settings: Settings,  # noqa: ARG001 - part of the contract; the pages need none of it today
    dispatcher: Any,
    health: Any,
    extra_routes: Sequence[BaseRoute] = (),
    *,
    feed: Feed | None = None,
    on_queued: Callable[[], None] = lambda: None,
    telegram_username: Callable[[], str | None] = lambda: None,
) -> Starlette:
    """Build the pages.

    Args:
        settings: where this installation keeps things.
        dispatcher: has ``wake(conversation_id)``, called on the event loop after a message is committed.
        health: has ``routes``, or is None.
        extra_routes: such as the Telegram webhook; they are asked first.
        feed: wakes open pages; whoever queues messages for the web calls ``feed.publish(conversation_id)``.
        on_queued: called when the console queued something to deliver.
        telegram_username: gives the bot's name once Telegram has said it, for ``t.me`` links.
    """
    key = installation_secret("web-console")
    feed = feed or Feed()
    pages, rates = Pages(), Rates()
    console = Console(pages, Forms(key), feed, rates, on_queued)
    routes: list[BaseRoute] = [
        *extra_routes,
        *(health.routes if health is not None else ()),
        *Chat(pages, dispatcher, feed, rates).routes(),
        *Export(pages, rates).routes(),
        *Login(console).routes(),
        *Work(console).routes(),
        *PeoplePage(console, telegram_username).routes(),
        admin_mount(console),
        Mount("/static", OurFiles(), name="static"),
    ]

    async def on_http_error(request: Request, error: Exception) -> Response:
        return http_error(pages, request, error)

    return Starlette(
        routes=routes,
        exception_handlers={HTTPException: on_http_error},
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(partial(Failures, pages=pages)),
            Middleware(BoundedBody),
            Middleware(SameOriginForms),
            Middleware(partial(ConsoleCookie, key=key)),
        ],
    )
