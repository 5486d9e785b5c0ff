"""What every page carries and says: headers, cookies, languages, errors."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from bot.program import program
from tests.integration.web.site import Site

PAGES = ["/", "/chat/history", "/staff/login", "/export/abc", "/nothing-here"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_guarded_and_not_cached(site: Site, path: str) -> None:
    headers = httpx.get(site.url + path).headers

    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_pages_have_no_script_or_style_of_their_own_and_nothing_from_elsewhere(site: Site) -> None:
    for path in ("/", "/staff/login", "/export/abc"):
        page = httpx.get(site.url + path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|javascript:", page)
        assert not re.search(r"""(src|href)=["'](https?:)?//""", page)


def test_static_files_are_kept_by_browsers_only_under_the_name_of_their_contents(site: Site) -> None:
    named = re.search(r"/static/chat\.js\?v=\w+", httpx.get(site.url).text)
    assert named

    assert "immutable" in httpx.get(site.url + named[0]).headers["cache-control"]
    assert httpx.get(site.url + "/static/chat.js").headers["cache-control"] == "no-cache"
    assert httpx.get(site.url + "/static/../server.py").status_code == 404
    assert httpx.get(site.url + "/static/%2e%2e/server.py").status_code == 404


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_cookies_are_out_of_reach_of_scripts_and_other_sites(site: Site, scheme: str, secure: bool) -> None:
    forwarded = {"X-Forwarded-Proto": scheme}
    visitor = httpx.get(site.url, headers=forwarded).headers["set-cookie"].lower()
    console = httpx.get(site.url + "/staff/login", headers=forwarded).headers["set-cookie"].lower()

    assert "httponly" in visitor
    assert "samesite=lax" in visitor
    assert "max-age=2592000" in visitor
    assert "httponly" in console
    assert "samesite=strict" in console
    assert "path=/staff" in console
    assert ("secure" in visitor, "secure" in console) == (secure, secure)


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("es", "es"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("en-US,en;q=0.9,es;q=0.8", "en"),
        ("fr-FR,fr;q=0.9,es;q=0.5,en;q=0.4", "es"),
        ("fr,de", "en"),
        ("es;q=0", "en"),
        ("es;q=abc,en", "en"),
        (",;;q=,es", "es"),
        ("x" * 5000, "en"),
    ],
)
def test_the_page_speaks_the_browsers_language(site: Site, accept: str, language: str) -> None:
    page = httpx.get(site.url, headers={"Accept-Language": accept}).text

    assert f'<html lang="{language}">' in page
    assert ("Escribe con tus propias palabras" in page) == (language == "es")


def test_a_visitor_can_choose_the_language(site: Site) -> None:
    with httpx.Client(base_url=site.url, follow_redirects=True) as client:
        assert '<html lang="es">' in client.get("/?lang=es").text
        assert '<html lang="es">' in client.get("/").text
        assert '<html lang="en">' in client.get("/?lang=en").text
        assert '<html lang="en">' in client.get("/?lang=klingon").text


def test_a_spanish_conversation_has_a_spanish_page(site: Site) -> None:
    with httpx.Client(base_url=site.url) as client:
        client.get("/")
        message = {"client_id": "8f14e45f-ceea-467f-9ba7-0000deadbeef", "text": "hola"}
        client.post("/chat/messages", json=message, headers={"Accept-Language": "es"})
        assert '<html lang="es">' in client.get("/", headers={"Accept-Language": "en"}).text


def test_crisis_numbers_and_the_greeting_are_in_the_page_itself(site: Site) -> None:
    page = httpx.get(site.url).text

    for link in ("tel:911", "tel:988", "sms:988", "sms:741741?&amp;body=HOME"):
        assert f'href="{link}"' in page
    assert "automated assistant, not a person" in page
    assert "Staff may see what you write here" in page
    assert f"up to {program().retention.web_conversations_days} days" in page
    assert "{" not in re.sub(r"data-\w+='[^']*'", "", page), "a placeholder was left"


def test_the_page_is_there_also_without_a_database(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("SELECT", {"text": "secret words"}, Exception("gone"))

    with httpx.Client(base_url=site.url) as client:
        client.get("/")
        monkeypatch.setattr("bot.web.chat.in_reading", away)
        assert "tel:988" in client.get("/").text
        history = client.get("/chat/history")
        assert history.status_code == 503
        assert "secret" not in history.text


def test_an_error_inside_says_nothing_of_the_inside(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_args: Any, **_kwargs: Any) -> None:
        raise ValueError("secret words of a person")

    monkeypatch.setattr("bot.web.chat.in_reading", broken)
    with httpx.Client(base_url=site.url) as client:
        client.get("/chat/history")
        client.cookies.set("visitor", "a" * 43)
        answer = client.get("/")

    logged = capsys.readouterr()
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"]
    for said in (answer.text, logged.out, logged.err):
        assert "secret" not in said
        assert "Traceback" not in said
    assert "ValueError" in logged.out + logged.err


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/staff/nothing", 404),
        ("POST", "/", 405),
        ("GET", "/chat/messages", 405),
        ("GET", "/%00", 404),
        ("GET", "/chat/events?after=" + "9" * 400, 204),
        ("GET", "/chat/events?after=-1", 204),
    ],
)
def test_odd_requests_get_plain_answers(site: Site, method: str, path: str, status: int) -> None:
    answer = httpx.request(method, site.url + path)

    assert answer.status_code == status
    assert "Traceback" not in answer.text
