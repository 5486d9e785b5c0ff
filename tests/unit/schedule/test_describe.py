"""Sessions and days in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from bot.schedule import describe
from bot.schedule.kinds import KINDS, read_kind
from bot.schedule.occurrences import Occurrence
from bot.schedule.when import When

ZONE = ZoneInfo("America/New_York")
TUESDAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=timezone.utc)
SIX_PM = datetime(2026, 11, 24, 23, 0, tzinfo=timezone.utc)
GROUP = Occurrence(
    session_id=1, kind="relapse_prevention", title="Relapse prevention", track="evening", track_title="Evening track",
    leader="Demo Leader", place="Suite 200", video_link="", starts_at=SIX_PM, ends_at=SIX_PM + timedelta(hours=3),
    status="scheduled", note="", on_date=TUESDAY,
)  # fmt: skip


def test_a_line() -> None:
    assert describe.line(GROUP, NOW, ZONE, "en") == (
        "Tonight (Tue, Nov 24) 6:00-9:00 PM: Relapse prevention, Suite 200, with Demo Leader"
    )
    assert describe.line(GROUP, NOW, ZONE, "es") == (
        "Esta noche (mar 24 nov) 6:00-9:00 PM: Prevención de recaídas, Suite 200, con Demo Leader"
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": "cancelled", "note": "snow"}, "6:00-9:00 PM: Relapse prevention: CANCELLED (snow)"),
        ({"status": "cancelled"}, "6:00-9:00 PM: Relapse prevention: CANCELLED"),
        ({"status": "closed", "note": "Labor Day"}, "Today (Tue, Nov 24): closed (Labor Day)"),
        ({"status": "moved", "moved_from": SIX_PM - timedelta(days=1)}, "(moved, was Mon, Nov 23 6:00 PM)"),
        ({"status": "moved", "moved_from": SIX_PM, "place": "Room B"}, "Room B, with Demo Leader (new place)"),
        ({"place": "", "video_link": "https://x.example"}, "Relapse prevention, by video, with"),
        ({"leader": "", "place": ""}, "6:00-9:00 PM: Relapse prevention"),
    ],
)
def test_what_is_different_is_said(changes: dict, said: str) -> None:
    line = describe.line(replace(GROUP, **changes), NOW, ZONE, "en")
    assert said in line
    assert not line.endswith((",", " "))


@pytest.mark.parametrize(
    ("when", "english", "spanish"),
    [
        (When(TUESDAY, TUESDAY, "evening"), "tonight (Tue, Nov 24)", "esta noche (mar 24 nov)"),
        (When(TUESDAY, TUESDAY), "today (Tue, Nov 24)", "hoy (mar 24 nov)"),
        (When(date(2026, 11, 25), date(2026, 11, 25)), "tomorrow (Wed, Nov 25)", "mañana (mié 25 nov)"),
        (When(date(2026, 11, 26), date(2026, 11, 26)), "on Thu, Nov 26", "el jue 26 nov"),
        (
            When(date(2026, 11, 26), date(2026, 11, 26), "morning"),
            "on Thu, Nov 26 in the morning",
            "el jue 26 nov por la mañana",
        ),
        (
            When(date(2026, 11, 28), date(2026, 11, 29)),
            "from Sat, Nov 28 to Sun, Nov 29",
            "del sáb 28 nov al dom 29 nov",
        ),
        (When(date(2027, 11, 25), date(2027, 11, 25)), "on Thu, Nov 25, 2027", "el jue 25 nov 2027"),
    ],
)
def test_days(when: When, english: str, spanish: str) -> None:
    assert describe.when_in_words(when, TUESDAY, "en") == english
    assert describe.when_in_words(when, TUESDAY, "es") == spanish


def test_the_clock_has_twelve_hours() -> None:
    noon = datetime(2026, 11, 24, 17, 0, tzinfo=timezone.utc)
    assert describe.clock(noon, ZONE) == "12:00 PM"
    assert describe.clock(noon + timedelta(hours=12, minutes=5), ZONE) == "12:05 AM"
    assert describe.clock_range(noon - timedelta(hours=1), noon + timedelta(hours=1), ZONE) == "11:00 AM-1:00 PM"


def test_many_lines_stay_within_the_budget() -> None:
    many = [
        replace(GROUP, starts_at=SIX_PM + timedelta(days=n), ends_at=SIX_PM + timedelta(days=n, hours=3))
        for n in range(20)
    ]
    text = describe.lines(many, NOW, ZONE, "en")
    assert len(text.split()) <= describe.WORD_BUDGET + 4
    assert text.endswith("more")
    assert "Suite 200" in describe.lines(many[:2], NOW, ZONE, "en")


def test_one_line_is_never_cut_away() -> None:
    wordy = replace(GROUP, title="word " * 80)
    assert "word" in describe.lines([wordy], NOW, ZONE, "en")


def test_a_closed_day_is_said_once() -> None:
    closed = [replace(GROUP, session_id=n, status="closed", note="Labor Day") for n in (1, 2)]
    assert describe.lines(closed, NOW, ZONE, "en") == "Today (Tue, Nov 24): closed (Labor Day)"


def test_waiting() -> None:
    assert describe.wait(20, "en") == "1 min"
    assert describe.wait(3600, "en") == "1 h"
    assert describe.wait(7500, "es") == "2 h y 5 min"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("when is relapse prevention", "relapse_prevention"),
        ("relaps prevention", "relapse_prevention"),
        ("prevención de recaídas", "relapse_prevention"),
        ("the group about triggers", "relapse_prevention"),
        ("my one on one", "individual"),
        ("1:1 time", "individual"),
        ("do i have a UA today", "drug_test"),
        ("antidoping", "drug_test"),
        ("family nite", "family_night"),
        ("noche de familia", "family_night"),
        ("life skills", "life_skills"),
        ("habilidades para la vida", "life_skills"),
        ("cbt group", "cbt"),
        ("process group", "process_group"),
        ("psycho-ed", "psychoeducation"),
        ("early recovery", "early_recovery"),
        ("orientación", "orientation"),
        ("when is group", None),
        ("is there group on saturday", None),
        ("one more question", None),
    ],
)
def test_kinds_in_messages(text: str, kind: str | None) -> None:
    assert read_kind(text) == kind


def test_every_kind_reads_its_own_names() -> None:
    for kind in KINDS:
        assert read_kind(kind.name) == kind.slug
        assert read_kind(kind.name_es) == kind.slug
