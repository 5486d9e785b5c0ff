"""An open page of the console is told what changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.clock import clock
from tests.integration.web.rows import say
from tests.integration.web.site import Site
from tests.integration.web.staff_login import logged_in, make_account, send
from tests.integration.web.streams import open_stream

SECRET = "I want to kill myself tonight"


def parts(stream: Any, name: str) -> str:
    while True:
        event = stream.next("part").json
        if event["part"] == name:
            return str(event["html"])


def test_an_alert_appears_on_an_open_board(client: httpx.Client, site: Site) -> None:
    client.get("/staff")
    with open_stream(client, "/staff/events?view=board&number=0") as stream:
        assert "No alert is open." in parts(stream, "alerts")
        site.feed.publish(say(SECRET))
        html = parts(stream, "alerts")
        assert "Acknowledge" in html
        assert SECRET not in html


def test_what_another_does_appears_on_an_open_alert(client: httpx.Client, site: Site) -> None:
    say(SECRET)
    other = make_account("kim", "Kim", "nurse")
    with logged_in(site, other) as kim, open_stream(client, "/staff/events?view=escalation&number=1") as stream:
        assert "Acknowledge</button>" in parts(stream, "summary")
        send(kim, "/staff/act/acknowledge/1")
        assert "Acknowledged by Kim (nurse)" in parts(stream, "summary")


def test_a_live_parts_button_works_with_the_pages_token(client: httpx.Client) -> None:
    say(SECRET)
    client.get("/staff")
    with open_stream(client, "/staff/events?view=board") as stream:
        token = re.search(r'name="csrf_token" value="([^"]+)"', parts(stream, "alerts"))[1]  # type: ignore[index]
    assert (
        "You have it"
        in client.post(
            "/staff/act/acknowledge/1", data={"csrf_token": token, "back": "/staff"}, follow_redirects=True
        ).text
    )


def test_an_open_page_is_told_when_the_login_ends(
    client: httpx.Client, site: Site, clock_at: Callable[[datetime], None]
) -> None:
    clock_at(clock.now())
    with open_stream(client, "/staff/events?view=board") as stream:
        parts(stream, "alerts")
        clock.move(timedelta(minutes=31))
        site.feed.publish_all()
        assert stream.next("expired").data == "1"
        assert stream.ended()


@pytest.mark.parametrize(
    "query", ["", "?view=nothing", "?view=board&number=x", "?view=board&number=-1", "?view=chat&number=" + "9" * 30]
)
def test_a_stream_of_nothing_is_no_page(client: httpx.Client, query: str) -> None:
    assert client.get(f"/staff/events{query}").status_code == 404
