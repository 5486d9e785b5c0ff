"""What guards every page: response headers, a bound on what may be sent, and where a form may come from."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# 10,000 characters of JSON, each escaped as a surrogate pair (12 bytes), and some room.
LARGEST_BODY = 192 * 1024

_STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# sqladmin's own pages carry style attributes; scripts stay strict there too.
_ADMIN = _STRICT + "; style-src-attr 'unsafe-inline'"

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": browsers then send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class SecurityHeaders:
    """Adds the headers to every response. Nothing is cached unless the response itself says so."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                admin = scope["path"].startswith("/staff/admin")
                headers.setdefault("Content-Security-Policy", _ADMIN if admin else _STRICT)
                headers.setdefault("Cache-Control", "no-store")
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self.app(scope, receive, with_headers)


class SameOriginForms:
    """Refuses what a browser sends for another site: a second wall behind SameSite cookies and form tokens."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        changes = scope["type"] == "http" and scope["method"] not in ("GET", "HEAD", "OPTIONS")
        if changes and not comes_from_us(Headers(scope=scope)):
            await JSONResponse({"error": "This came from another site."}, 403)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def comes_from_us(headers: Headers) -> bool:
    """Tell whether a request that changes something comes from our own pages, or from no browser at all."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


class BodyTooLarge(Exception):
    """More was sent than any page of ours sends."""


class BoundedBody:
    """Stops reading a request body that is larger than any of ours."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdigit() and int(announced) > LARGEST_BODY:
            await _too_large()(scope, receive, send)
            return
        read = 0
        answered = False

        async def bounded() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > LARGEST_BODY:
                raise BodyTooLarge
            return message

        async def noting(message: Message) -> None:
            nonlocal answered
            answered = answered or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, bounded, noting)
        except BodyTooLarge:
            if not answered:
                await _too_large()(scope, receive, send)


def _too_large() -> JSONResponse:
    return JSONResponse({"error": "That is too long."}, 413)


def is_https(request: Request) -> bool:
    """Tell whether the person's browser speaks https to us (uvicorn reads the proxy's header)."""
    return request.url.scheme == "https"


def address_of(request: Request) -> str:
    """Give the address a request comes from, for limits only; it is stored nowhere."""
    return request.client.host if request.client else "unknown"
