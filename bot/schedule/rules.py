"""Recurrence rules (RFC 5545, section 3.3.10), read with dateutil in the program's wall-clock time."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, WEEKLY, rrule, rruleset, rrulestr

_BY_KEYS = ("BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")
_KEYS = frozenset(("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", *_BY_KEYS))
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_EXAMPLE = "for example FREQ=WEEKLY;BYDAY=MO,TH"
# A rule that gives no day in four years and some (a leap day) gives none at all.
_MUST_OCCUR_WITHIN_DAYS = 5 * 366


class InvalidRule(ValueError):
    """A recurrence rule cannot be used; the message is a sentence for whoever typed it."""


def check_rrule(text: str) -> None:
    """Check a recurrence rule; an empty one means that the session happens once.

    Raises:
        InvalidRule: a sentence that says what is wrong and gives an example.
    """
    if not text.strip():
        return
    parts = _parts(text)
    frequency = parts.get("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise InvalidRule(f"FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY, {_EXAMPLE}.")
    for key in ("INTERVAL", "COUNT"):
        if key in parts and not (parts[key].isdigit() and 1 <= int(parts[key]) <= 1000):
            raise InvalidRule(f"{key} must be a whole number from 1 to 1000, not '{parts[key]}'.")
    if "UNTIL" in parts and "COUNT" in parts:
        raise InvalidRule("Use either UNTIL or COUNT, not both.")
    if "UNTIL" in parts:
        _until(parts["UNTIL"], ZoneInfo("UTC"))
    start = datetime(2024, 1, 1, 12)  # noqa: DTZ001 - wall-clock time; a leap year, so that the 29th of February is seen
    bare = ";".join(f"{key}={value}" for key, value in parts.items() if key not in ("COUNT", "UNTIL"))
    try:
        rule = _rrule(_parts(bare), start).replace(until=start + timedelta(days=_MUST_OCCUR_WITHIN_DAYS))
        first = next(iter(rule), None)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise InvalidRule(f"'{text.strip()[:60]}' is not a recurrence rule; {_EXAMPLE}.") from None
    if first is None:
        raise InvalidRule(f"'{text.strip()[:60]}' never happens; check BYMONTH and BYMONTHDAY.")


def dates_of(text: str, starts: datetime, first: date, last: date, zone: ZoneInfo) -> list[date]:
    """Give the dates, both ends included, on which a session happens.

    Args:
        text: the rule; empty for a session that happens once, at ``starts``.
        starts: the first session, in wall-clock time of the program (naive).
        first: the first date of interest.
        last: the last date of interest.
        zone: the program's time zone, for an UNTIL that is written in UTC.

    Raises:
        InvalidRule: the rule cannot be used.
    """
    if last < starts.date() or last < first:
        return []
    if not text.strip():
        return [starts.date()] if first <= starts.date() <= last else []
    _checked(text)
    parts = _parts(text)
    until = _until(parts.pop("UNTIL"), zone) if "UNTIL" in parts else None
    rule = _rrule(parts, starts)
    end = min(datetime.combine(last, time.max), until or datetime.max)  # noqa: DTZ901 - wall-clock time
    if "COUNT" not in parts:
        rule = _from_near(rule, starts, first).replace(until=end)
    return [moment.date() for moment in takewhile(lambda m: m <= end, rule) if moment.date() >= first]


def _from_near(rule: rrule, start: datetime, first: date) -> rrule:
    """Begin a daily or weekly rule near the window instead of years before it, keeping its phase."""
    frequency, interval = rule._freq, rule._interval  # type: ignore[attr-defined]  # noqa: SLF001 - no public way
    days = interval * {DAILY: 1, WEEKLY: 7}.get(frequency, 0)
    skipped = (first - start.date()).days // days - 1 if days else 0
    return rule.replace(dtstart=start + timedelta(days=skipped * days)) if skipped > 0 else rule


def _rrule(parts: dict[str, str], starts: datetime) -> rrule:
    rule = rrulestr(";".join(f"{key}={value}" for key, value in parts.items()), dtstart=starts)
    if isinstance(rule, rruleset):
        raise InvalidRule(f"Give one rule, {_EXAMPLE}.")
    return rule


def _parts(text: str) -> dict[str, str]:
    bare = text.strip().upper()
    bare = bare.removeprefix("RRULE:")
    parts: dict[str, str] = {}
    for piece in filter(None, bare.split(";")):
        key, equals, value = piece.partition("=")
        if not equals or not value or key not in _KEYS:
            raise InvalidRule(f"'{piece[:40]}' cannot be used in a recurrence rule; {_EXAMPLE}.")
        if key in parts:
            raise InvalidRule(f"{key} is there twice.")
        parts[key] = value
    return parts


def _until(text: str, zone: ZoneInfo) -> datetime:
    """Give the last moment in wall-clock time. A bare date counts whole, as people mean it."""
    match = re.match(r"(\d{8})(?:T(\d{6})(Z)?)?$", text)
    try:
        day, at, utc = match.groups() if match else ("", None, None)
        moment = datetime.strptime(day + (at or "235959"), "%Y%m%d%H%M%S")  # noqa: DTZ007 - wall-clock time
    except ValueError:
        raise InvalidRule(f"UNTIL must be a date such as 20271231, not '{text[:20]}'.") from None
    return moment.replace(tzinfo=timezone.utc).astimezone(zone).replace(tzinfo=None) if utc else moment


@lru_cache(maxsize=512)
def _checked(text: str) -> None:
    check_rrule(text)
