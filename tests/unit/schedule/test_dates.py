"""Which day a message means."""

from __future__ import annotations

from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedule.dates import names_only_days, read_all, read_when
from bot.schedule.when import When

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 11, 23, 16, 0, tzinfo=timezone.utc)  # Monday, Nov 23, 11 AM in New York


def on(month: int, day: int, part: str | None = None, year: int = 2026) -> When:
    return When(date(year, month, day), date(year, month, day), part)


def span(first: tuple[int, int, int], last: tuple[int, int, int]) -> When:
    return When(date(*first), date(*last))


TABLE: list[tuple[str, When | None]] = [
    # near days
    ("what have we got tonight", on(11, 23, "evening")),
    ("2nite?", on(11, 23, "evening")),
    ("this evening", on(11, 23, "evening")),
    ("anything today", on(11, 23)),
    ("2day", on(11, 23)),
    ("today's group", on(11, 23)),
    ("this morning", on(11, 23, "morning")),
    ("this afternoon", on(11, 23, "afternoon")),
    ("2morrow", on(11, 24)),
    ("tmrw", on(11, 24)),
    ("tommorow night", on(11, 24, "evening")),
    ("tomorrow morning", on(11, 24, "morning")),
    ("TOMORROW", on(11, 24)),
    ("the day after tomorrow", on(11, 25)),
    ("i was there yesterday", on(11, 22)),
    ("last night was hard", on(11, 22, "evening")),
    # weekdays
    ("next Tuesday", on(12, 1)),
    ("this tuesday", on(11, 24)),
    ("tues", on(11, 24)),
    ("thurs still at six", on(11, 26)),
    ("is there group on wensday", on(11, 25)),
    ("monday morning", on(11, 23, "morning")),
    ("mondays", on(11, 23)),
    ("friday afternoon", on(11, 27, "afternoon")),
    ("thursday at night", on(11, 26, "evening")),
    ("sat?", on(11, 28)),
    ("this sat", on(11, 28)),
    ("sun morning", on(11, 29, "morning")),
    ("a week from thursday", on(12, 3)),
    ("thursday next week", on(12, 3)),
    ("last thursday", on(11, 19)),
    ("I missed Tuesday", on(11, 17)),
    ("I will miss Tuesday", on(11, 24)),
    ("wasn't there on thursday", on(11, 19)),
    ("thursday the 26th", on(11, 26)),
    ("monday the 30th", on(11, 30)),
    ("tomorrow, tuesday", on(11, 24)),
    # dates
    ("the 14th", on(12, 14)),
    ("is there group on the 24th", on(11, 24)),
    ("on the 31st", on(12, 31)),
    ("14th?", on(12, 14)),
    ("dec 24", on(12, 24)),
    ("December 3rd", on(12, 3)),
    ("on the 3rd of december", on(12, 3)),
    ("jan 5", on(1, 5, year=2027)),
    ("nov 23", on(11, 23)),
    ("i missed nov 19", on(11, 19)),
    ("12/24", on(12, 24)),
    ("on 12/5", on(12, 5)),
    ("12/24/2026", on(12, 24)),
    ("2026-12-24", on(12, 24)),
    ("on 9/11", on(9, 11, year=2027)),
    ("in two weeks", on(12, 7)),
    ("in 3 days", on(11, 26)),
    ("a week from now", on(11, 30)),
    ("2 days ago", on(11, 21)),
    # ranges
    ("this weekend", span((2026, 11, 28), (2026, 11, 29))),
    ("next weekend", span((2026, 12, 5), (2026, 12, 6))),
    ("next week", span((2026, 11, 30), (2026, 12, 6))),
    ("gone all week", span((2026, 11, 23), (2026, 11, 29))),
    ("next month", span((2026, 12, 1), (2026, 12, 31))),
    ("closed in december", span((2026, 12, 1), (2026, 12, 31))),
    ("from monday to thursday", span((2026, 11, 23), (2026, 11, 26))),
    ("between christmas and new years", span((2026, 12, 25), (2027, 1, 1))),
    # holidays
    ("4th of July", on(7, 4, year=2027)),
    ("july 4th", on(7, 4, year=2027)),
    ("thanksgiving", on(11, 26)),
    ("the day after thanksgiving", on(11, 27)),
    ("xmas eve", on(12, 24)),
    ("christmas", on(12, 25)),
    ("new year's day", on(1, 1, year=2027)),
    ("MLK day", on(1, 18, year=2027)),
    ("labor day", on(9, 6, year=2027)),
    ("memorial day", on(5, 31, year=2027)),
    # Spanish
    ("esta noche", on(11, 23, "evening")),
    ("hoy", on(11, 23)),
    ("mañana", on(11, 24)),
    ("manana", on(11, 24)),
    ("mañana por la mañana", on(11, 24, "morning")),
    ("pasado mañana", on(11, 25)),
    ("el jueves", on(11, 26)),
    ("el jueves que viene", on(11, 26)),
    ("el lunes que viene", on(11, 30)),
    ("el próximo martes por la tarde", on(11, 24, "tarde")),
    ("el jueves de la próxima semana", on(12, 3)),
    ("miércoles en la noche", on(11, 25, "evening")),
    ("el 14", on(12, 14)),
    ("hay sesión el 14 por la noche", on(12, 14, "evening")),
    ("el jueves 26", on(11, 26)),
    ("14 de diciembre", on(12, 14)),
    ("dentro de 3 días", on(11, 26)),
    ("este fin de semana", span((2026, 11, 28), (2026, 11, 29))),
    ("la próxima semana", span((2026, 11, 30), (2026, 12, 6))),
    ("del lunes al jueves", span((2026, 11, 23), (2026, 11, 26))),
    ("en navidad", on(12, 25)),
    ("en nochebuena", on(12, 24)),
    ("acción de gracias", on(11, 26)),
    ("falté ayer", on(11, 22)),
    ("anoche no dormí", on(11, 22, "evening")),
    # not dates
    ("8/10", None),
    ("my craving is an 8/10", None),
    ("I'm at a 7", None),
    ("it's a 7 may I call you", None),
    ("the 12 steps", None),
    ("I'm on the 4th step", None),
    ("step 9", None),
    ("the 2nd group was better", None),
    ("24/7", None),
    ("it was 50/50", None),
    ("I sat in the back", None),
    ("the sun is out", None),
    ("it may rain", None),
    ("we march on", None),
    ("at 6", None),
    ("5:30 or 6", None),
    ("be there in 20", None),
    ("room 12", None),
    ("I have 4 kids", None),
    ("call me at 555-010-0199", None),
    ("el 4 train", None),
    ("los 12 pasos", None),
    ("a las 6 de la mañana", None),
    ("feb 30", None),
    ("", None),
    ("   \n\t ", None),
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_table(text: str, expected: When | None) -> None:
    assert read_when(text, MONDAY, NEW_YORK) == expected


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        # 11:30 PM on New Year's Eve in New York is the next year in UTC.
        (datetime(2027, 1, 1, 4, 30, tzinfo=timezone.utc), "tonight", on(12, 31, "evening")),
        (datetime(2027, 1, 1, 4, 30, tzinfo=timezone.utc), "tomorrow", on(1, 1, year=2027)),
        (datetime(2027, 1, 1, 4, 30, tzinfo=timezone.utc), "the 31st", on(12, 31)),
        (datetime(2027, 1, 1, 4, 30, tzinfo=timezone.utc), "in january", span((2027, 1, 1), (2027, 1, 31))),
        # The day before the clocks go forward (Mar 14, 2027) and back (Nov 1, 2026).
        (datetime(2027, 3, 14, 4, 30, tzinfo=timezone.utc), "tomorrow", on(3, 14, year=2027)),
        (datetime(2027, 3, 14, 4, 30, tzinfo=timezone.utc), "in 2 days", on(3, 15, year=2027)),
        (datetime(2026, 11, 1, 3, 59, tzinfo=timezone.utc), "tomorrow", on(11, 1)),
        (datetime(2026, 11, 1, 5, 30, tzinfo=timezone.utc), "today", on(11, 1)),
        (datetime(2026, 11, 1, 6, 30, tzinfo=timezone.utc), "today", on(11, 1)),
        # A month without a 31st or 30th is passed over; February has a 29th now and then.
        (datetime(2027, 2, 1, 17, 0, tzinfo=timezone.utc), "the 30th", on(3, 30, year=2027)),
        (datetime(2027, 2, 1, 17, 0, tzinfo=timezone.utc), "feb 29", on(2, 29, year=2028)),
        # On a Sunday the weekend is today, on a Saturday both days.
        (datetime(2026, 11, 29, 17, 0, tzinfo=timezone.utc), "this weekend", span((2026, 11, 29), (2026, 11, 29))),
        (datetime(2026, 11, 28, 17, 0, tzinfo=timezone.utc), "this weekend", span((2026, 11, 28), (2026, 11, 29))),
        (datetime(2026, 11, 29, 17, 0, tzinfo=timezone.utc), "next tuesday", on(12, 1)),
        (datetime(2026, 11, 27, 17, 0, tzinfo=timezone.utc), "next tuesday", on(12, 1)),
        # The holiday itself is today, and afterwards next year's.
        (datetime(2026, 11, 26, 17, 0, tzinfo=timezone.utc), "thanksgiving", on(11, 26)),
        (datetime(2026, 11, 27, 17, 0, tzinfo=timezone.utc), "thanksgiving", on(11, 25, year=2027)),
    ],
)
def test_turning_points(now: datetime, text: str, expected: When) -> None:
    assert read_when(text, now, NEW_YORK) == expected


def test_two_days_are_both_read() -> None:
    assert read_all("monday and thursday", MONDAY, NEW_YORK) == [on(11, 23), on(11, 26)]


def test_a_day_to_come_is_preferred_where_asked() -> None:
    text = "I missed yesterday, do we meet tomorrow"
    assert read_when(text, MONDAY, NEW_YORK) == on(11, 22)
    assert read_when(text, MONDAY, NEW_YORK, future=True) == on(11, 24)


THURSDAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what about the friday after", on(11, 27)),
        ("and the monday after that?", on(11, 30)),
        ("the thursday after", on(12, 3)),
        ("and the following monday", on(11, 30)),
        ("how about the day after", on(11, 27)),
        ("and the next day?", on(11, 27)),
        ("what about the week after that", span((2026, 11, 30), (2026, 12, 6))),
        ("y el viernes siguiente?", on(11, 27)),
        ("y el lunes después", on(11, 30)),
        ("y al día siguiente", on(11, 27)),
        ("y la semana siguiente", span((2026, 11, 30), (2026, 12, 6))),
        # These count from today, whatever was spoken of.
        ("and tomorrow?", on(11, 24)),
        ("the day after tomorrow", on(11, 25)),
        ("and wednesday?", on(11, 25)),
        ("friday after 5", on(11, 27)),
        ("thursday after next", on(12, 3)),
        ("monday afternoon", on(11, 23, "afternoon")),
    ],
)
def test_the_day_after_counts_from_the_day_spoken_of(text: str, expected: When) -> None:
    assert read_when(text, MONDAY, NEW_YORK, future=True, since=THURSDAY) == expected


def test_the_day_after_nothing_counts_from_today() -> None:
    assert read_when("what about the friday after", MONDAY, NEW_YORK) == on(11, 27)
    assert read_when("and the day after", MONDAY, NEW_YORK, since=date(2026, 11, 2)) == on(11, 24)


@pytest.mark.parametrize(
    "text",
    ["and thursday?", "what about the friday after", "y el viernes?", "ok and tomorrow night then", "or saturday",
     "and the 27th?", "y pasado mañana", "how about next week", "qué tal el jueves por la tarde"],
)  # fmt: skip
def test_a_message_that_is_only_a_day(text: str) -> None:
    assert names_only_days(text, MONDAY, NEW_YORK)


@pytest.mark.parametrize(
    "text",
    ["and cbt on thursday?", "i can't come friday", "who leads on monday", "what about it", "y el precio?",
     "thursday i drank"],
)  # fmt: skip
def test_a_message_that_says_more_than_a_day(text: str) -> None:
    assert not names_only_days(text, MONDAY, NEW_YORK)


def test_an_afternoon_is_longer_in_spanish() -> None:
    assert read_when("friday afternoon", MONDAY, NEW_YORK, "es") == on(11, 27, "tarde")


def test_the_zone_decides_the_day() -> None:
    late = datetime(2026, 11, 24, 5, 30, tzinfo=timezone.utc)
    assert read_when("today", late, ZoneInfo("America/Los_Angeles")) == on(11, 23)
    assert read_when("today", late, NEW_YORK) == on(11, 24)


PIECES = st.sampled_from([
    "tonight", "tomorrow", "next", "last", "the", "el", "14", "14th", "31", "99", "0", "00", "of", "de", "july",
    "dec", "24/12", "12/24/99", "99/99", "8/10", "monday", "sat", "weekend", "week", "in", "two", "999", "weeks",
    "meses", "ago", "hace", "que", "viene", "between", "and", "to", "thanksgiving", "mañana", "noche", "2026-02-30",
    "١٤", "²", "feb", "30", "a", "4th",
])  # fmt: skip


@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=9).map(" ".join)), st.sampled_from(["en", "es"]))
def test_never_raises_and_gives_ordered_days(text: str, language: str) -> None:
    for when in read_all(text, MONDAY, NEW_YORK, language):
        assert when.first <= when.last
        start, end = when.window(NEW_YORK)
        assert start < end


def test_a_very_long_message_is_read_in_time() -> None:
    assert read_when("tomorrow " * 1200, MONDAY, NEW_YORK) == on(11, 24)
