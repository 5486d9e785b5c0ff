"""Recurrence rules: which are refused, and the dates that the others give."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedule.rules import InvalidRule, check_rrule, dates_of

ZONE = ZoneInfo("America/New_York")
MONDAY_6PM = datetime(2026, 11, 2, 18)  # noqa: DTZ001 - wall-clock time


def days(text: str, first: date, last: date, starts: datetime = MONDAY_6PM) -> list[int]:
    return [day.day for day in dates_of(text, starts, first, last, ZONE)]


@pytest.mark.parametrize(
    "text",
    ["", "  ", "FREQ=WEEKLY", "RRULE:FREQ=WEEKLY;BYDAY=MO,TH", "freq=daily;interval=2", "FREQ=MONTHLY;BYDAY=2WE,4WE",
     "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=WEEKLY;COUNT=16", "FREQ=WEEKLY;UNTIL=20270101",
     "FREQ=WEEKLY;UNTIL=20270101T045959Z", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1"],
)  # fmt: skip
def test_good_rules(text: str) -> None:
    check_rrule(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("every monday", "cannot be used"),
        ("FREQ=SECONDLY", "DAILY, WEEKLY"),
        ("FREQ=HOURLY;INTERVAL=1", "DAILY, WEEKLY"),
        ("BYDAY=MO", "DAILY, WEEKLY"),
        ("FREQ=WEEKLY;BYDAY=XX", "not a recurrence rule"),
        ("FREQ=WEEKLY;BYHOUR=6", "BYHOUR"),
        ("FREQ=WEEKLY;INTERVAL=0", "INTERVAL"),
        ("FREQ=WEEKLY;INTERVAL=-1", "INTERVAL"),
        ("FREQ=WEEKLY;COUNT=99999", "COUNT"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20270101", "not both"),
        ("FREQ=WEEKLY;UNTIL=tomorrow", "UNTIL"),
        ("FREQ=WEEKLY;UNTIL=20271345", "UNTIL"),
        ("FREQ=WEEKLY;FREQ=DAILY", "twice"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never happens"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never happens"),
        ("FREQ=WEEKLY;", ""),
        ("DTSTART:20260101T000000", "cannot be used"),
        ("FREQ=WEEKLY\nRRULE:FREQ=DAILY", "FREQ"),
    ],
)
def test_bad_rules_say_what_is_wrong(text: str, says: str) -> None:
    if not says:
        check_rrule(text)
        return
    with pytest.raises(InvalidRule, match=says) as error:
        check_rrule(text)
    assert str(error.value).endswith((".", ")."))


@given(st.text(alphabet="FREQ=WEEKLYDAINTVOUBMHP;:,0123456789-+Z \n", max_size=60))
def test_only_invalid_rule_is_raised(text: str) -> None:
    try:
        check_rrule(text)
    except InvalidRule:
        return
    dates_of(text, MONDAY_6PM, date(2026, 11, 1), date(2026, 12, 1), ZONE)


def test_once() -> None:
    assert days("", date(2026, 11, 1), date(2026, 11, 30)) == [2]
    assert days("", date(2026, 11, 3), date(2026, 11, 30)) == []


def test_weekly_far_from_its_start_keeps_its_phase() -> None:
    every_other = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH"
    near = days(every_other, date(2026, 11, 1), date(2026, 11, 30))
    assert near == [2, 5, 16, 19, 30]
    # 2 November 2026 plus 52 weeks is an even number of fortnights later.
    assert days(every_other, date(2027, 11, 1), date(2027, 11, 12)) == [1, 4]
    assert days("FREQ=DAILY;INTERVAL=3", date(2027, 1, 1), date(2027, 1, 7)) == [1, 4, 7]


def test_nothing_before_the_first_date() -> None:
    assert days("FREQ=WEEKLY;BYDAY=MO", date(2026, 10, 1), date(2026, 11, 10)) == [2, 9]


def test_until_counts_its_whole_day_and_utc_is_turned_into_the_programs_time() -> None:
    assert days("FREQ=DAILY;UNTIL=20261104", date(2026, 11, 1), date(2026, 11, 30)) == [2, 3, 4]
    # 22:59 UTC is 5:59 PM in New York: the 6 PM session of that day is over the end, a minute later it is not.
    assert days("FREQ=DAILY;UNTIL=20261104T225900Z", date(2026, 11, 1), date(2026, 11, 30)) == [2, 3]
    assert days("FREQ=DAILY;UNTIL=20261104T230000Z", date(2026, 11, 1), date(2026, 11, 30)) == [2, 3, 4]


def test_count() -> None:
    assert days("FREQ=WEEKLY;COUNT=2", date(2026, 11, 1), date(2027, 11, 30)) == [2, 9]


def test_an_unusable_rule_raises() -> None:
    with pytest.raises(InvalidRule):
        days("FREQ=SOMETIMES", date(2026, 11, 1), date(2026, 11, 30))
