"""A running site, people in its database, and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from bot.risk import screen
from tests.integration.web.site import Site, running
from tests.integration.web.staff_login import Account, logged_in, make_account

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    """The first screen builds its patterns; the bot does that before it serves."""
    screen("warm up")


@pytest.fixture
def site(installation: Path) -> Iterator[Site]:
    """The site on a port of this machine, with an empty database."""
    with running() as site:
        yield site


@pytest.fixture
def visitor(site: Site) -> Iterator[httpx.Client]:
    """A visitor of the chat page, with a cookie of their own."""
    with httpx.Client(base_url=site.url, timeout=60) as client:
        client.get("/")
        yield client


@pytest.fixture
def account(site: Site) -> Account:
    """A member of staff with a password of their own."""
    return make_account("sam", "Sam", "counselor")


@pytest.fixture
def client(site: Site, account: Account) -> Iterator[httpx.Client]:
    """Sam, logged in."""
    with logged_in(site, account) as client:
        yield client


@pytest.fixture
def admin(site: Site) -> Account:
    """An administrator with a password of their own."""
    return make_account("ada", "Ada", "director", admin=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()
