"""Who a visitor of the chat page is: nobody we know, only the holder of a random key in a cookie."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from bot.web.security import is_https

COOKIE = "visitor"
LANGUAGE_COOKIE = "language"
# As long as web conversations are kept by default (program.yml, retention).
COOKIE_SECONDS = 30 * 24 * 3600
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")  # what token_urlsafe(32) gives


@dataclass(frozen=True)
class Visitor:
    """A visitor: the key itself stays in their cookie, we keep its hash only. ``new``: the key was made just now."""

    key: str
    new: bool

    @property
    def conversation_key(self) -> str:
        """Give the hash under which the conversation is stored: the database alone opens nobody's chat."""
        return hashlib.sha256(self.key.encode()).hexdigest()


def visitor_of(request: Request) -> Visitor:
    """Read the visitor's cookie, or make a new key where there is none that we made."""
    key = request.cookies.get(COOKIE, "")
    if _KEY.fullmatch(key):
        return Visitor(key, new=False)
    return Visitor(secrets.token_urlsafe(32), new=True)


def remember(response: Response, request: Request, visitor: Visitor) -> None:
    """Put the key into the visitor's cookie, for 30 days from now."""
    response.set_cookie(
        COOKIE, visitor.key, max_age=COOKIE_SECONDS, httponly=True, samesite="lax", secure=is_https(request)
    )


def forget(response: Response, request: Request) -> None:
    """Take the key out of the browser; nobody can come back to the chat with it from there."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=is_https(request))


def chosen_language(request: Request) -> str | None:
    """Give the language that the visitor chose on our page, if they did."""
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in ("en", "es") else None


def browser_language(request: Request) -> str:
    """Give "es" or "en", whichever the browser asks for first; "en" where it asks for neither."""
    best, most = "en", 0.0
    for part in request.headers.get("accept-language", "")[:200].split(","):
        name, _, rest = part.strip().partition(";")
        language = name.strip().lower()[:2]
        try:
            weight = float(rest.strip()[2:]) if rest.strip().startswith("q=") else 1.0
        except ValueError:
            continue
        if language in ("en", "es") and most < weight <= 1:
            best, most = language, weight
    return best
