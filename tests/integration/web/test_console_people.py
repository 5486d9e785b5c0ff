"""Participants, staff accounts and link codes in the console."""

from __future__ import annotations

import re

import httpx

from bot.clock import clock
from bot.db.engine import transaction
from bot.db.models import (
    Conversation,
    Staff,
    Track,
)
from bot.people.participants import add_participant, link
from bot.program import program
from tests.integration.web.rows import say
from tests.integration.web.site import Site
from tests.integration.web.staff_login import Account, logged_in, send


def test_a_link_code_links_the_participant(client: httpx.Client) -> None:
    conversation = say("hello")
    with transaction() as session:
        add_participant(session, "P-7", "Riley", clock.now())
    page = send(client, "/staff/people/participant-code", "/staff/people", number="1").text
    code = re.search(r"/start ([\w-]+)", page)[1]  # type: ignore[index]

    assert f"https://t.me/demo_iop_bot?start={code}" in page
    assert code not in client.get("/staff/people").text, "it is shown once"
    with transaction() as session:
        assert link(session, session.get(Conversation, conversation), code, clock.now()).first_name == "Riley"


def test_staff_connect_their_own_telegram_and_only_administrators_another_ones(
    client: httpx.Client, site: Site, account: Account, admin: Account
) -> None:
    assert (
        "Link code for Sam"
        in send(client, "/staff/people/staff-code", "/staff/people", number=str(account.staff_id)).text
    )
    refused = send(client, "/staff/people/staff-code", "/staff/people", number=str(admin.staff_id))
    assert refused.status_code == 403
    assert "Only administrators may do this for somebody else." in refused.text
    with logged_in(site, admin) as ada:
        assert (
            "Link code for Sam"
            in send(ada, "/staff/people/staff-code", "/staff/people", number=str(account.staff_id)).text
        )


def test_participants_are_added_once_and_enrolled_once(client: httpx.Client) -> None:
    with transaction() as session:
        session.add(Track(slug="evening", title="Evening track"))
    here = "/staff/people"
    assert (
        "Riley (P-7) has been added."
        in send(client, f"{here}/participant", here, reference=" P-7 ", first_name="Riley").text
    )
    assert (
        "with this number already" in send(client, f"{here}/participant", here, reference="P-7", first_name="Rob").text
    )
    place = {
        "participant": "1",
        "track": "1",
        "starts_on": clock.now().astimezone(program().zone).date().isoformat(),
        "ends_on": "",
    }
    assert "is enrolled in Evening track" in send(client, f"{here}/enrol", here, **place).text
    assert "at that time already" in send(client, f"{here}/enrol", here, **place).text
    assert "Choose a participant and a track." in send(client, f"{here}/enrol", here, **{**place, "track": "9"}).text
    assert "From: " in send(client, f"{here}/enrol", here, **{**place, "starts_on": "yesterday"}).text
    assert "The end is before" in send(client, f"{here}/enrol", here, **{**place, "ends_on": "2001-01-01"}).text
    page = client.get(here).text
    assert "<td>Evening track</td>" in page
    assert "Riley" in client.get(f"{here}?search=p-7").text
    assert "Nobody found." in client.get(f"{here}?search=%25zz").text


def test_only_administrators_make_accounts_and_passwords(
    client: httpx.Client, site: Site, admin: Account, account: Account
) -> None:
    here = "/staff/people"
    fields = {"username": "New.One", "first_name": "New", "role": "nurse"}
    assert send(client, f"{here}/staff", here, **fields).status_code == 403
    assert send(client, f"{here}/reset", here, number=str(admin.staff_id)).status_code == 403
    with logged_in(site, admin) as ada:
        page = send(ada, f"{here}/staff", here, **fields).text
        password = re.search(r"<code>([^<]+)</code>", page)[1]  # type: ignore[index]
        with logged_in(site, Account(0, "new.one", password)) as new:
            assert new.get("/staff").headers["location"] == "/staff/password"
        assert "user name already" in send(ada, f"{here}/staff", here, **fields).text
        assert "User name: Letters" in send(ada, f"{here}/staff", here, **{**fields, "username": "a b"}).text
        page = send(ada, f"{here}/reset", here, number=str(account.staff_id)).text
        assert re.search(r"<code>([^<]+)</code>", page)
    assert client.get("/staff").status_code == 303, "the old login is over"
    with transaction() as session:
        assert session.get(Staff, account.staff_id).must_change_password
