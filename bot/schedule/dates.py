"""Reading the day that somebody means out of a text message, in the program's calendar.

Phrases are found here, with patterns (`bot.schedule.date_words`), because a general search for dates takes ratings,
the 12 steps, "may" and "sat" for dates. What a phrase means is `dateparser`'s or `dateutil`'s work where they know it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import dateparser
from dateutil.relativedelta import MO, relativedelta
from dateutil.rrule import MONTHLY, rrule

from bot.schedule import date_words as words
from bot.schedule.holidays import find_holidays, next_holiday
from bot.schedule.when import When

# A date without a year that was within this many days is the one that just was, not next year's.
_JUST_PASSED = timedelta(days=30)
# "In 400 weeks" is no question about the timetable.
_FARTHEST = timedelta(days=800)


@dataclass(frozen=True)
class Mention:
    """A phrase that names days: where it stands in the plain text, and what it means."""

    start: int
    end: int
    when: When


def read_when(
    text: str,
    now: datetime,
    zone: ZoneInfo,
    language: str = "en",
    *,
    future: bool = False,
    since: date | None = None,
) -> When | None:
    """Read which days a message is about.

    Args:
        text: the message as written, English or Spanish (people mix them, so both are always read).
        now: aware UTC.
        zone: the program's time zone.
        language: the conversation's language; "la tarde" and "afternoon" end at different hours.
        future: prefer a day to come where the message names a past one too.
        since: the day spoken of before, from which "the Friday after" counts; None: today.

    Returns:
        The first day or days named, or None where none is. Never raises for any text.
    """
    found = read_all(text, now, zone, language, since=since)
    today = now.astimezone(zone).date()
    if future:
        found = [when for when in found if when.last >= today] or found
    return found[0] if found else None


def read_all(
    text: str, now: datetime, zone: ZoneInfo, language: str = "en", *, since: date | None = None
) -> list[When]:
    """Read all days that a message names, in order; a range ("between Christmas and New Year's") is one of them."""
    plain = words.plain(text)
    today = now.astimezone(zone).date()
    mentions = _merged(plain, _chosen(list(_mentions(plain, today, since or today))))
    return [_with_part(plain, mention, language).when for mention in mentions]


def names_only_days(text: str, now: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a message names a day and says no more, as in "and what about Friday?"; ``now`` is aware UTC."""
    plain = words.plain(text)
    today = now.astimezone(zone).date()
    mentions = _merged(plain, _chosen(list(_mentions(plain, today, today))))
    for mention in reversed(mentions):
        after = words.PART_AFTER.match(plain[mention.end :])
        plain = plain[: mention.start] + " " + plain[mention.end + (after.end() if after else 0) :]
    return bool(mentions) and not words.FOLLOWING_ON.sub("", plain)


def _mentions(plain: str, today: date, since: date) -> Iterator[Mention]:
    for match in words.FOLLOWING.finditer(plain):
        yield Mention(*match.span(), _following(match, max(since, today)))
    for start, end, slug in find_holidays(plain):
        yield Mention(start, end, _day(next_holiday(slug, today)))
    for pattern, days, part in words.FIXED:
        for match in pattern.finditer(plain):
            yield Mention(*match.span(), _day(today + timedelta(days=days), part))
    for match in words.WEEKDAY.finditer(plain):
        yield Mention(*match.span(), _day(_weekday(match, plain, today)))
    yield from _weeks(plain, today)
    yield from _distances(plain, today)
    yield from _calendar_dates(plain, today)


def _following(match: re.Match[str], since: date) -> When:
    if match["next_day"]:
        return _day(since + timedelta(days=1))
    if match["week"]:
        monday = since - timedelta(days=since.weekday()) + timedelta(days=7)
        return When(monday, monday + timedelta(days=6))
    named = match["day"] or match["day2"] or match["day3"] or match["day4"]
    return _day(since + timedelta(days=(words.WEEKDAYS[named] - since.weekday()) % 7 or 7))


def _weekday(match: re.Match[str], plain: str, today: date) -> date:
    wanted = words.WEEKDAYS[match["day"]]
    before, after = match["before"] or "", match["after"] or ""
    ahead = plain[: match.start()]
    coming = today + timedelta(days=(wanted - today.weekday()) % 7)
    of_next_week = today + relativedelta(days=1, weekday=MO(1)) + timedelta(days=wanted)
    if before in words.LAST or after == "pasado":
        return today - timedelta(days=(today.weekday() - wanted) % 7 or 7)
    if "last week" in (before, after):
        return of_next_week - timedelta(days=14)
    if before == "a week from" or after == "after next":
        return coming + timedelta(days=7)
    if before in ("next", "next week") or words.NEXT_WEEK.search(after):
        return of_next_week
    if before in words.COMING or after in words.COMING:
        return coming if coming > today else coming + timedelta(days=7)
    past = words.PAST_BEFORE.search(ahead) and not words.WILL.search(ahead)
    return today - timedelta(days=(today.weekday() - wanted) % 7) if past else coming


def _weeks(plain: str, today: date) -> Iterator[Mention]:
    monday = today - timedelta(days=today.weekday())
    for match in words.WEEKEND.finditer(plain):
        shift = 7 if match["next"] else -7 if match["last"] else 0
        saturday = monday + timedelta(days=5 + shift)
        first = max(saturday, today) if not shift else saturday
        yield Mention(*match.span(), When(first, saturday + timedelta(days=1)))
    for match in words.WEEK.finditer(plain):
        shift = 7 if match["next"] else -7 if match["last"] else 0
        first = monday + timedelta(days=shift)
        yield Mention(*match.span(), When(max(first, today) if not shift else first, first + timedelta(days=6)))
    for match in words.MONTH.finditer(plain):
        first = today.replace(day=1) + relativedelta(months=1 if match["next"] else 0)
        yield Mention(*match.span(), _month(first, today))


def _distances(plain: str, today: date) -> Iterator[Mention]:
    for pattern, template in ((words.IN_SOME, "in {} {}"), (words.SOME_AGO, "{} {} ago")):
        for match in pattern.finditer(plain):
            raw = match["n"] or match["n2"]
            number = int(raw) if raw.isdigit() else words.NUMBERS[raw]
            found = _parsed(template.format(number, words.UNITS[match["unit"] or match["unit2"]]), today)
            if found is not None:
                yield Mention(*match.span(), _day(found))


def _calendar_dates(plain: str, today: date) -> Iterator[Mention]:
    yield from _with_month(plain, today)
    yield from _slashed(plain, today)
    for match in words.ISO.finditer(plain):
        found = _parsed(match["text"], today, year=True)
        if found is not None:
            yield Mention(*match.span(), _day(found))
    for pattern in (words.NTH, words.BARE_NTH):
        for match in pattern.finditer(plain):
            found = _next_month_day(int(next(filter(None, match.groups()))), today)
            if found is not None:
                yield Mention(*match.span(), _day(found))
    for match in words.WEEKDAY_NTH.finditer(plain):
        found = _next_month_day(int(match["day"]), today)
        if found is not None and found.weekday() == words.WEEKDAYS[match["weekday"]]:
            yield Mention(*match.span(), _day(found))


def _with_month(plain: str, today: date) -> Iterator[Mention]:
    for pattern in (words.MONTH_DAY, words.DAY_MONTH):
        for match in pattern.finditer(plain):
            bare = pattern is words.DAY_MONTH and not match["of"] and not match["suffix"]
            if bare and match["month"] in words.SHY_MONTHS:
                continue
            day = "1" if match["day"] == "primero" else match["day"]
            month = date(2000, words.MONTHS[match["month"]], 1).strftime("%B")
            found = _parsed(f"{month} {day} {match['year'] or ''}".strip(), today, year=bool(match["year"]))
            if found is not None:
                yield Mention(*match.span(), _day(found))
    for match in words.MONTH_ALONE.finditer(plain):
        number = words.MONTHS[match["month"] or match["clear"]]
        year = today.year if number >= today.month else today.year + 1
        yield Mention(*match.span(), _month(date(year, number, 1), today))


def _slashed(plain: str, today: date) -> Iterator[Mention]:
    for match in words.SLASHED.finditer(plain):
        first, second, year = int(match["a"]), int(match["b"]), match["year"]
        rating = second == 10 and first <= 10
        if not year and not match["cue"] and (rating or (first, second) in words.NOT_SLASHED):
            continue
        text = f"{first}/{second}" + (f"/{year if len(year) == 4 else f'20{year}'}" if year else "")
        found = (
            _parsed(text, today, year=bool(year))
            if 1 <= first <= 31 and 1 <= second <= 31 and min(first, second) <= 12
            else None
        )
        if found is not None:
            yield Mention(*match.span(), _day(found))


def _parsed(text: str, today: date, *, year: bool = False) -> date | None:
    # The base is a whole day: dateparser keeps one settings object for each base it has seen, for ever.
    found = dateparser.parse(
        text,
        languages=["en"],
        settings={
            "RELATIVE_BASE": datetime.combine(today, time()),
            "PREFER_DATES_FROM": "future",
            "PREFER_DAY_OF_MONTH": "first",
            "DATE_ORDER": "MDY",
            "PARSERS": ["relative-time", "absolute-time"],
        },
    )
    if found is None:
        return None
    result = found.date()
    if not year and result > today:
        # dateparser puts today's own date, and one that just was, into next year.
        year_ago = result - relativedelta(years=1)
        if today - _JUST_PASSED <= year_ago <= today and (year_ago.month, year_ago.day) == (result.month, result.day):
            result = year_ago
    return result if abs(result - today) <= _FARTHEST else None


def _next_month_day(number: int, today: date) -> date | None:
    if not 1 <= number <= 31:
        return None
    start = datetime.combine(today, time())
    found = rrule(MONTHLY, dtstart=start, bymonthday=number, count=1)
    return next((moment.date() for moment in found), None)


def _day(day: date, part: str | None = None) -> When:
    return When(day, day, part)


def _month(first: date, today: date) -> When:
    last = first + relativedelta(day=31)
    return When(max(first, today) if last >= today else first, last)


def _chosen(mentions: list[Mention]) -> list[Mention]:
    """Keep the longest of those that overlap, in order."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start - m.end, m.start)):
        if all(mention.end <= k.start or mention.start >= k.end for k in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)


def _merged(plain: str, mentions: list[Mention]) -> list[Mention]:
    merged: list[Mention] = []
    for mention in mentions:
        previous = merged[-1] if merged else None
        between = plain[previous.end : mention.start] if previous else ""
        if (
            previous
            and between.strip(" ,") in ("", "the", "el", "on", "on the", "(")
            and previous.when.one_day
            and mention.when.one_day
        ):
            # "jueves 14", "tomorrow, Thursday": the later phrase is the exact one, the part of the day is either's.
            exact = mention.when if previous.when.first != mention.when.first else previous.when
            part = mention.when.part or previous.when.part
            merged[-1] = Mention(previous.start, mention.end, When(exact.first, exact.last, part))
        elif previous and words.BETWEEN.match(between) and _is_range(plain, previous, mention, between):
            last = mention.when.last if mention.when.last >= previous.when.first else previous.when.last
            merged[-1] = Mention(previous.start, mention.end, When(previous.when.first, last))
        else:
            merged.append(mention)
    return merged


def _is_range(plain: str, previous: Mention, mention: Mention, between: str) -> bool:
    spoken = next(iter(between.split()), "")
    return mention.when.last >= previous.when.first and (
        spoken not in ("and", "y") or bool(words.RANGE_CUE.search(plain[: previous.start] or ""))
    )


def _with_part(plain: str, mention: Mention, language: str) -> Mention:
    if mention.when.part is not None:
        part: str | None = mention.when.part
    else:
        match = words.PART_AFTER.match(plain[mention.end :])
        part = words.PART_WORDS[match["part"]] if match else None
    if part == "afternoon" and language == "es":
        part = "tarde"
    return Mention(mention.start, mention.end, When(mention.when.first, mention.when.last, part))
