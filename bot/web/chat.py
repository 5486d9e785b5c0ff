"""The public chat page and what its script calls. A message is stored and committed before it is confirmed."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.clock import clock
from bot.db.work import in_reading, in_transaction
from bot.inbox.store import accept
from bot.program import program
from bot.texts import say
from bot.web.chat_message import Refused, parse_message
from bot.web.chat_store import ChatState, open_chat
from bot.web.chat_stream import events
from bot.web.chat_words import chat_words
from bot.web.feed import Feed
from bot.web.pages import Pages
from bot.web.rates import MESSAGES_PER_ADDRESS, MESSAGES_PER_VISITOR, PAGES_PER_ADDRESS, Rates
from bot.web.security import address_of, is_https
from bot.web.visitor import (
    COOKIE_SECONDS,
    LANGUAGE_COOKIE,
    browser_language,
    chosen_language,
    forget,
    remember,
    visitor_of,
)
from bot.web.without_database import crisis_words


class Chat:
    """The chat's routes with what they need."""

    def __init__(self, pages: Pages, dispatcher: Any, feed: Feed, rates: Rates) -> None:
        self.pages = pages
        self.dispatcher = dispatcher
        self.feed = feed
        self.rates = rates

    def routes(self) -> list[Route]:
        """Give the chat's routes."""
        return [
            Route("/", self.page, name="chat"),
            Route("/chat/history", self.history),
            Route("/chat/messages", self.message, methods=["POST"]),
            Route("/chat/events", self.events),
            Route("/chat/forget", self.forget, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """Give the page. It shows its crisis numbers and its greeting also while the database is away."""
        wait = await self.rates.allow(PAGES_PER_ADDRESS, address_of(request))
        if wait:
            return self.pages.render(
                request,
                "error.html",
                {"status": 429, "words": "That was a lot at once. Please wait a moment."},
                status=429,
            )
        visitor = visitor_of(request)
        chosen = chosen_language(request)
        if "lang" in request.query_params:
            response: Response = RedirectResponse("/", 303)
            if chosen:
                response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=COOKIE_SECONDS, httponly=True, samesite="lax",
                                    secure=is_https(request))  # fmt: skip
            return response
        state = ChatState(None, None, [])
        if not visitor.new:
            try:
                state = await in_reading(open_chat, visitor.conversation_key, clock.now())
            except SQLAlchemyError:
                state = ChatState(None, None, [])
        spanish = "es" in (state.language, browser_language(request))
        language = chosen or ("es" if spanish else "en")
        response = self.pages.render(request, "chat.html", _page_values(language))
        remember(response, request, visitor)
        return response

    async def history(self, request: Request) -> Response:
        """Give the visitor's conversation so far."""
        visitor = visitor_of(request)
        if visitor.new:
            return JSONResponse({"entries": [], "after": 0, "chat": ""})
        state = await in_reading(open_chat, visitor.conversation_key, clock.now())
        entries = [entry.for_browser() for entry in state.entries]
        after = max([entry.number for entry in state.entries if entry.key[0] == "o"], default=0)
        return JSONResponse({"entries": entries, "after": after, "chat": _chat_name(state.conversation_id)})

    async def message(self, request: Request) -> Response:
        """Store what a person wrote or pressed; 202 only after the commit."""
        visitor = visitor_of(request)
        language = chosen_language(request) or browser_language(request)
        words = chat_words(language)
        try:
            message = await parse_message(request, visitor, language, words)
        except Refused as refused:
            return JSONResponse({"error": str(refused)}, refused.status)
        wait = await self._too_often(request, visitor.conversation_key)
        if wait:
            body = {"error": words["error_often"], "crisis": await crisis_words(message.text, language)}
            return JSONResponse(body, 429, headers={"Retry-After": str(wait)})
        try:
            accepted = await in_transaction(accept, message, clock.now())
        except SQLAlchemyError:
            body = {
                "error": words["error_down"].format(phone=program().phone, crisis=program().crisis_lines.crisis),
                "crisis": await crisis_words(message.text, language),
            }
            return JSONResponse(body, 503, headers={"Retry-After": "3"})
        self.dispatcher.wake(accepted.conversation_id)
        self.feed.publish(accepted.conversation_id)
        response = JSONResponse(
            {
                "key": f"i{accepted.message_id}",
                "new": accepted.new,
                "chat": _chat_name(accepted.conversation_id),
            },
            202,
        )
        if visitor.new:
            remember(response, request, visitor)
        return response

    async def _too_often(self, request: Request, conversation_key: str) -> int:
        by_visitor = await self.rates.allow(MESSAGES_PER_VISITOR, "visitor", conversation_key)
        by_address = await self.rates.allow(MESSAGES_PER_ADDRESS, "address", address_of(request))
        return max(by_visitor, by_address)

    async def events(self, request: Request) -> Response:
        """Give the stream of what is new in the visitor's conversation; 204 where there is none yet."""
        return await events(request, self.feed)

    async def forget(self, request: Request) -> Response:
        """Forget the chat on this device."""
        response = JSONResponse({"forgotten": True})
        forget(response, request)
        return response


def _chat_name(conversation_id: str | None) -> str:
    """Name a conversation to its page, which listens anew when it becomes another (its data was deleted)."""
    return hashlib.sha256(conversation_id.encode()).hexdigest()[:12] if conversation_id else ""


def _page_values(language: str) -> dict[str, Any]:
    facts = program()
    words = chat_words(language)
    numbers = facts.crisis_lines
    filled = {
        name: text.replace("{phone}", facts.phone)
        .replace("{crisis}", numbers.crisis)
        .replace("{emergency}", numbers.emergency)
        .replace("{days}", str(facts.retention.web_conversations_days))
        for name, text in words.items()
    }
    dialable = dict.fromkeys([facts.phone, facts.intake_phone, *numbers.dict().values()])
    return {
        "language": language,
        "other": "es" if language == "en" else "en",
        "words": filled,
        "greeting": facts.fill(say("start_web", language)),
        "numbers": numbers,
        "dialable": [number for number in dialable if number != numbers.crisis_text],
    }
