"""The tables that administrators edit."""

from __future__ import annotations

import re

import httpx
import pytest

from bot.clock import clock
from bot.db.engine import transaction
from bot.db.models import (
    Participant,
)
from tests.integration.web.site import Site
from tests.integration.web.staff_login import Account, logged_in


def test_the_tables_are_for_administrators(client: httpx.Client, site: Site, admin: Account) -> None:
    for path in ("", "staff/list", "staff/edit/1", "enrolment/ajax/lookup?name=x&term=y", "statics/js/main.js"):
        answer = client.get(f"/staff/admin/{path}")
        assert (path, answer.status_code) == (path, 403)
    with logged_in(site, admin) as ada:
        page = ada.get("/staff/admin/staff/details/1")
        assert page.status_code == 200
        for table in (
            "track",
            "program-session",
            "session-exception",
            "closure",
            "participant",
            "enrolment",
            "staff",
            "on-call-shift",
        ):
            listed = ada.get(f"/staff/admin/{table}/list")
            assert listed.status_code == 200
            assert "argon2" not in listed.text + page.text
            assert "script-src 'self';" in listed.headers["content-security-policy"]
        assert ada.get("/staff/admin/login").status_code == 404
        assert ada.get("/staff/admin/staff/create").status_code == 403


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({}, None),
        ({"rrule": "FREQ=SOMETIMES"}, "FREQ must be"),
        ({"rrule": "every monday"}, "FREQ"),
        ({"kind": "party"}, "Use one of"),
        ({"minutes": "0"}, "Between 5 and 600."),
        ({"start_time": "25:00"}, "valid time"),
        ({"first_date": "soon"}, "valid date"),
        ({"video_link": "javascript:alert(1)"}, "full address"),
        ({"csrf_token": "made-up"}, "This page was too old."),
    ],
)
def test_a_session_is_stored_only_if_it_makes_sense(
    site: Site, admin: Account, changed: dict[str, str], problem: str | None
) -> None:
    path = "/staff/admin/program-session/create"
    with logged_in(site, admin) as ada:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', ada.get(path).text)[1]  # type: ignore[index]
        fields = {
            "csrf_token": token,
            "title": "Evening group",
            "kind": "cbt",
            "first_date": "2026-11-23",
            "start_time": "18:00",
            "minutes": "90",
            "rrule": "FREQ=WEEKLY;BYDAY=MO",
            "active": "y",
            "save": "Save",
            "track": "__None",
            "participant": "__None",
            **changed,
        }
        answer = ada.post(path, data=fields)
        assert answer.status_code == (302 if problem is None else 400)
        if problem:
            assert problem in answer.text


def test_a_database_refusal_is_one_sentence(site: Site, admin: Account, capsys: pytest.CaptureFixture[str]) -> None:
    with transaction() as session:
        session.add(Participant(reference="P-7", first_name="Riley", created_at=clock.now()))
    path = "/staff/admin/participant/create"
    with logged_in(site, admin) as ada:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', ada.get(path).text)[1]  # type: ignore[index]
        answer = ada.post(path, data={"csrf_token": token, "reference": "P-7", "first_name": "Robin", "save": "Save"})
    assert answer.status_code == 400
    assert "There is one like this already" in answer.text
    logged = capsys.readouterr()
    assert "Robin" not in logged.out + logged.err
