"""Getting into the console, and who does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pytest

from bot.clock import clock
from bot.db.engine import transaction
from bot.db.models import Staff
from bot.people.staff import change_password
from bot.web.staff.gate import safe_path
from tests.integration.web.site import Site
from tests.integration.web.staff_login import PASSWORD, Account, log_in, logged_in, make_account, send, token_of

Clock = Callable[[datetime], None]


def is_in(client: httpx.Client) -> bool:
    answer = client.get("/staff")
    assert answer.status_code in (200, 303)
    return answer.status_code == 200


def test_without_a_login_everything_leads_to_it(site: Site, account: Account) -> None:
    pages = [
        "/staff",
        "/staff/escalations",
        "/staff/escalations/1",
        "/staff/chats/1",
        "/staff/people",
        "/staff/password",
        "/staff/admin/",
        "/staff/admin/staff/list",
        "/staff/admin/enrolment/ajax/lookup?name=x&term=y",
        "/staff/admin/statics/js/main.js",
    ]
    for path in pages:
        answer = httpx.get(site.url + path)
        assert (path, answer.status_code) == (path, 303)
        assert answer.headers["location"].startswith("/staff/login")
    assert httpx.get(site.url + "/staff/events?view=board").status_code == 401
    for path in (
        "/staff/act/acknowledge/1",
        "/staff/reply/chats/1",
        "/staff/people/staff",
        "/staff/admin/staff/edit/1",
    ):
        assert httpx.post(site.url + path).status_code == 303


def test_the_right_password_opens_the_console(site: Site, account: Account) -> None:
    with logged_in(site, account) as client:
        page = client.get("/staff")
        assert page.status_code == 200
        assert "Sam" in page.text


@pytest.mark.parametrize(
    ("username", "password"),
    [("sam", "wrong-password"), ("nobody", PASSWORD), ("sam' OR '1'='1", PASSWORD), ("sam", PASSWORD + " ")],
)
def test_a_wrong_pair_is_refused_without_saying_which_half(
    site: Site, account: Account, username: str, password: str
) -> None:
    with httpx.Client(base_url=site.url) as client:
        answer = log_in(client, Account(0, username, password))
        assert answer.status_code == 401
        assert "The user name or the password is wrong." in answer.text
        assert not is_in(client)


def test_a_user_name_may_be_typed_in_any_case(site: Site, account: Account) -> None:
    with httpx.Client(base_url=site.url) as client:
        assert log_in(client, Account(0, " SAM ", PASSWORD)).status_code == 303


def test_guessing_is_slowed_down_and_locks_nobody_else_out(site: Site, account: Account) -> None:
    other = make_account("kim", "Kim", "nurse")
    with httpx.Client(base_url=site.url) as client:
        answers = [log_in(client, Account(0, "sam", f"guess-number-{number}")) for number in range(7)]
        assert [a.status_code for a in answers] == [401] * 5 + [429] * 2
        assert "Too many tries. Please wait" in answers[-1].text
        assert int(answers[-1].headers["retry-after"]) > 60
        assert log_in(client, account).status_code == 429, "also the right password has to wait"
        assert log_in(client, other).status_code == 303, "somebody else at the same address does not"


def test_a_right_password_starts_the_count_anew(site: Site, account: Account) -> None:
    with httpx.Client(base_url=site.url) as client:
        for _ in range(3):
            for number in range(3):
                log_in(client, Account(0, "sam", f"guess-{number}"))
            assert log_in(client, account).status_code == 303
            client.cookies.clear()


def test_a_first_password_has_to_be_changed_before_anything_else(site: Site) -> None:
    new = make_account("new", "New", "nurse", first=True)
    with logged_in(site, new) as client:
        assert client.get("/staff").headers["location"] == "/staff/password"
        assert client.get("/staff/people").headers["location"] == "/staff/password"
        assert client.get("/staff/admin/").headers["location"] == "/staff/password"
        assert client.get("/staff/events?view=board").status_code == 401

        def change(password: str, again: str) -> httpx.Response:
            token = token_of(client.get("/staff/password").text)
            return client.post("/staff/password", data={"csrf_token": token, "password": password, "again": again})

        for password, again, problem in [
            ("short", "short", "at least 12"),
            ("a-fine-long-password", "another-long-password", "not the same"),
            (new.password, new.password, "not the current one"),
        ]:
            answer = change(password, again)
            assert answer.status_code == 400
            assert problem in answer.text
        assert change("a-fine-long-password", "a-fine-long-password").headers["location"] == "/staff"
        assert is_in(client)


def test_changing_the_password_asks_for_the_current_one_and_ends_other_logins(site: Site, account: Account) -> None:
    with logged_in(site, account) as here, logged_in(site, account) as elsewhere:
        new = {"password": "another-fine-password", "again": "another-fine-password"}
        refused = send(here, "/staff/password", "/staff/password", current="wrong", **new)
        assert "The current password is wrong." in refused.text
        done = send(here, "/staff/password", "/staff/password", current=PASSWORD, **new)
        assert "Your password has been changed." in done.text
        assert is_in(here)
        assert not is_in(elsewhere)


def test_a_password_set_elsewhere_ends_the_login(site: Site, account: Account) -> None:
    with logged_in(site, account) as client:
        with transaction() as session:
            change_password(session, account.staff_id, "set-somewhere-else", clock.now() + timedelta(seconds=1))
        assert not is_in(client)


def test_somebody_who_is_switched_off_is_out_at_once(site: Site, account: Account) -> None:
    with logged_in(site, account) as client:
        with transaction() as session:
            session.get(Staff, account.staff_id).active = False
        assert not is_in(client)
        assert log_in(client, account).status_code == 401


@pytest.mark.parametrize(
    ("steps_minutes", "still_in"),
    [([29], True), ([31], False), ([29] * 20, True), ([29] * 25, False), ([-600], True)],
)
def test_a_login_ends_after_half_an_hour_unused_and_after_twelve_hours(
    site: Site, account: Account, clock_at: Clock, steps_minutes: list[int], still_in: bool
) -> None:
    clock_at(clock.now())
    with logged_in(site, account) as client:
        for minutes in steps_minutes:
            clock.move(timedelta(minutes=minutes))
            result = is_in(client)
        assert result is still_in


def test_a_page_that_only_listens_does_not_keep_a_login(site: Site, account: Account, clock_at: Clock) -> None:
    clock_at(clock.now())
    with logged_in(site, account) as client:
        token = token_of(client.get("/staff").text)
        for _ in range(3):
            clock.move(timedelta(minutes=11))
            answer = client.get("/staff/session")
        assert answer.status_code == 401
    with logged_in(site, account) as client:
        token = token_of(client.get("/staff").text)
        for _ in range(4):
            clock.move(timedelta(minutes=25))
            assert client.post("/staff/session", headers={"X-Token": token}).status_code == 200
        assert client.post("/staff/session", headers={"X-Token": "made up"}).status_code == 403


def test_logging_out_makes_the_cookie_worthless(site: Site, account: Account) -> None:
    with logged_in(site, account) as client:
        copy = client.cookies["console"]
        send(client, "/staff/logout")
        assert not is_in(client)
        assert httpx.get(site.url + "/staff", cookies={"console": copy}).status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "eyJzdGFmZiI6IDF9.aaaa.bbbb", "null", "é"])
def test_a_made_up_cookie_is_nobody(site: Site, account: Account, cookie: str) -> None:
    assert httpx.get(site.url + "/staff", headers={b"Cookie": f"console={cookie}".encode()}).status_code == 303


@pytest.mark.parametrize("token", [None, "##made-up", "x" * 500], ids=["missing", "made up", "long"])
@pytest.mark.parametrize(
    "path",
    [
        "/staff/login",
        "/staff/logout",
        "/staff/password",
        "/staff/act/acknowledge/1",
        "/staff/escalations/1/resolve",
        "/staff/reply/escalations/1",
        "/staff/people/staff-code",
    ],
)
def test_a_form_without_its_token_does_nothing(site: Site, account: Account, path: str, token: str | None) -> None:
    fields = {"username": "sam", "password": PASSWORD, "again": PASSWORD, "outcome": "x", "text": "x", "number": "1"}
    with logged_in(site, account) as client:
        answer = client.post(
            path, data={**fields, **({"csrf_token": token} if token is not None else {})}, follow_redirects=True
        )
        assert "This page was too old. Please try again." in answer.text
        assert is_in(client)


def test_a_token_of_another_login_is_refused(site: Site, account: Account, admin: Account) -> None:
    with logged_in(site, admin) as other, logged_in(site, account) as client:
        stolen = token_of(other.get("/staff").text)
        client.post("/staff/logout", data={"csrf_token": stolen})
        assert is_in(client)


@pytest.mark.parametrize(
    ("path", "goal"),
    [
        ("/staff/escalations/3", "/staff/escalations/3"),
        ("/staff?x=1", "/staff?x=1"),
        ("", "/staff"),
        ("/", "/staff"),
        ("https://evil.example/staff", "/staff"),
        ("//evil.example/staff", "/staff"),
        ("/staff//evil.example", "/staff"),
        ("/staff\\evil", "/staff"),
        ("/staffing", "/staff"),
        ("/staff/\r\nX: y", "/staff"),
        ("javascript:alert(1)", "/staff"),
    ],
)
def test_after_the_login_one_is_sent_to_our_own_pages_only(path: str, goal: str) -> None:
    assert safe_path(path) == goal


def test_a_login_leads_back_to_where_one_wanted_to_go(site: Site, account: Account) -> None:
    with httpx.Client(base_url=site.url) as client:
        there = client.get("/staff/people").headers["location"]
        token = token_of(client.get(there).text)
        data = {"csrf_token": token, "username": "sam", "password": PASSWORD}
        assert client.post(there, data=data).headers["location"] == "/staff/people"
