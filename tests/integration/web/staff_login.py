"""Accounts for tests, and logging in with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from bot.clock import clock
from bot.db.engine import transaction
from bot.people.staff import change_password, create_staff
from tests.integration.web.site import Site

PASSWORD = "a-long-demo-password"


@dataclass(frozen=True)
class Account:
    """A member of staff."""

    staff_id: int
    username: str
    password: str


def make_account(username: str, first_name: str, role: str, *, admin: bool = False, first: bool = False) -> Account:
    """Make an account; ``first``: it still has its first password."""
    with transaction() as session:
        staff_id, password = create_staff(session, username, first_name, role, admin, clock.now())
        if not first:
            change_password(session, staff_id, PASSWORD, clock.now())
    return Account(staff_id, username, password if first else PASSWORD)


def token_of(page: str) -> str:
    """Find the form token in a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page[:500]
    return found[1].replace("&#35;", "#")


def log_in(client: httpx.Client, account: Account) -> httpx.Response:
    """Send the login form as a browser does."""
    page = client.get("/staff/login")
    return client.post(
        "/staff/login",
        data={"csrf_token": token_of(page.text), "username": account.username, "password": account.password},
    )


@contextmanager
def logged_in(site: Site, account: Account) -> Iterator[httpx.Client]:
    """Give a client that is logged in."""
    with httpx.Client(base_url=site.url, timeout=60) as client:
        answer = log_in(client, account)
        assert answer.status_code == 303, answer.text[:500]
        yield client


def send(client: httpx.Client, path: str, page: str = "/staff", **fields: str) -> httpx.Response:
    """Send a form of the console with the token of ``page``; follows to the page that shows the result."""
    token = token_of(client.get(page).text)
    return client.post(path, data={"csrf_token": token, "back": page, **fields}, follow_redirects=True)
