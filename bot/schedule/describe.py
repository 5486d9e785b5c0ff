"""Sessions and days in words, English and Spanish. The only place where the program's time zone is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.schedule.holidays import holiday_name
from bot.schedule.kinds import title_in
from bot.schedule.occurrences import Occurrence
from bot.schedule.when import When

_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "es": ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
}
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
}
_WORDS = {
    "en": {
        "tonight": "tonight", "today": "today", "tomorrow": "tomorrow", "yesterday": "yesterday", "with": "with",
        "cancelled": "CANCELLED", "closed": "closed", "moved": "moved, was", "more": "... and {} more",
        "video": "by video", "morning": "in the morning", "afternoon": "in the afternoon",
        "tarde": "in the afternoon", "evening": "in the evening", "hour": "{} h", "minutes": "{} min", "and": "and",
    },
    "es": {
        "tonight": "esta noche", "today": "hoy", "tomorrow": "mañana", "yesterday": "ayer", "with": "con",
        "cancelled": "CANCELADO", "closed": "cerrado", "moved": "cambiado, era", "more": "... y {} más",
        "video": "por video", "morning": "por la mañana", "afternoon": "por la tarde",
        "tarde": "por la tarde", "evening": "por la noche", "hour": "{} h", "minutes": "{} min", "and": "y",
    },
}  # fmt: skip
# Group is "tonight" from this hour on.
_TONIGHT_FROM = 17
# Words that lines may have together, so that a message with its own words around them stays within 60.
WORD_BUDGET = 40
# The same where the response says much itself, such as the address.
SMALL_BUDGET = 28
_TRACKS_ES = {
    "Day track": "Turno de día",
    "Evening track": "Turno de la noche",
    "Weekend track": "Turno de fin de semana",
}


def calendar_date(day: date, language: str, *, today: date | None = None) -> str:
    """Give a date as "Tue, Nov 24" or "mar 24 nov", with the year where it is far from ``today``."""
    name, month = _DAYS[language][day.weekday()], _MONTHS[language][day.month - 1]
    far = today is not None and abs((day - today).days) > 300
    text = f"{name} {day.day} {month}" if language == "es" else f"{name}, {month} {day.day}"
    return f"{text}{' ' if language == 'es' else ', '}{day.year}" if far else text


def day_words(day: date, today: date, language: str, *, evening: bool = False) -> str:
    """Give a day as people say it: "tonight (Tue, Nov 24)", "tomorrow (...)", "Thu, Nov 26"."""
    shown = calendar_date(day, language, today=today)
    near = {0: "tonight" if evening else "today", 1: "tomorrow", -1: "yesterday"}.get((day - today).days)
    return f"{_WORDS[language][near]} ({shown})" if near else shown


def when_in_words(when: When, today: date, language: str) -> str:
    """Give days as they stand inside a sentence: "tonight (...)", "on Thu, Nov 26", "Nov 28 to Nov 29"."""
    words = _WORDS[language]
    if not when.one_day:
        first, last = calendar_date(when.first, language, today=today), calendar_date(when.last, language, today=today)
        return f"del {first} al {last}" if language == "es" else f"from {first} to {last}"
    tonight = when.part == "evening" and when.first == today
    text = day_words(when.first, today, language, evening=tonight)
    if "(" not in text:
        text = f"el {text}" if language == "es" else f"on {text}"
    return text if tonight or when.part is None else f"{text} {words[when.part]}"


def clock(moment: datetime, zone: ZoneInfo, *, suffix: bool = True) -> str:
    """Give a time on the 12-hour clock: "6:00 PM"."""
    local = moment.astimezone(zone)
    text = f"{local.hour % 12 or 12}:{local.minute:02d}"
    return f"{text} {'AM' if local.hour < 12 else 'PM'}" if suffix else text


def clock_range(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """Give a span of time: "6:00-9:00 PM", "11:00 AM-1:00 PM"."""
    same_half = (start.astimezone(zone).hour < 12) == (end.astimezone(zone).hour < 12)
    return f"{clock(start, zone, suffix=not same_half)}-{clock(end, zone)}"


def line(
    occurrence: Occurrence, now: datetime, zone: ZoneInfo, language: str, *, short: bool = False, day: bool = True
) -> str:
    """Give one session in a line; cancelled, closed and moved ones say so first.

    Args:
        occurrence: the session.
        now: aware UTC.
        zone: the program's time zone.
        language: en or es.
        short: without place and leader.
        day: with the day before the time.
    """
    words, today = _WORDS[language], now.astimezone(zone).date()
    local = occurrence.starts_at.astimezone(zone)
    evening = local.hour >= _TONIGHT_FROM
    title = title_in(occurrence.title, occurrence.kind, language)
    span = clock_range(occurrence.starts_at, occurrence.ends_at, zone)
    head = f"{_upper(day_words(local.date(), today, language, evening=evening))} {span}" if day else span
    if occurrence.status == "cancelled":
        return f"{head}: {title}: {words['cancelled']}{_reason(occurrence, language)}"
    if occurrence.status == "closed":
        return f"{_upper(day_words(local.date(), today, language))}: {words['closed']}{_reason(occurrence, language)}"
    parts = [title]
    if not short:
        parts.append(occurrence.place or (words["video"] if occurrence.video_link else ""))
        parts.append(f"{words['with']} {occurrence.leader}" if occurrence.leader else "")
    elif occurrence.status == "moved":
        parts.append(occurrence.place)
    text = f"{head}: {', '.join(part for part in parts if part)}"
    return f"{text} ({_moved(occurrence, zone, language)})" if occurrence.status == "moved" else text


def lines(
    found: Sequence[Occurrence],
    now: datetime,
    zone: ZoneInfo,
    language: str,
    *,
    tracks: bool = False,
    days: bool = True,
    budget: int = WORD_BUDGET,
) -> str:
    """Give several sessions, one in a line, short enough for a message.

    Args:
        found: in order.
        now: aware UTC.
        zone: the program's time zone.
        language: en or es.
        tracks: name the track of each, where several tracks are shown.
        days: with the day before each time; without it where the words around name the day.
        budget: the number of words that they may have together.
    """
    for short in (False, True):
        texts = _unique(
            _titled(o, line(o, now, zone, language, short=short, day=days), language, tracks=tracks) for o in found
        )
        if len(" ".join(texts).split()) <= budget:
            return "\n".join(texts)
    kept: list[str] = []
    for text in texts:
        if kept and len(" ".join([*kept, text]).split()) > budget:
            break
        kept.append(text)
    return "\n".join([*kept, _WORDS[language]["more"].format(len(texts) - len(kept))])


def week_lines(found: Sequence[Occurrence], zone: ZoneInfo, language: str, now: datetime) -> str:
    """Give a person's week, one day in a line: "Tue, Nov 24: 6:00-9:00 PM, Relapse prevention + Process group"."""
    today = now.astimezone(zone).date()
    by_day: dict[date, list[Occurrence]] = {}
    for occurrence in found:
        by_day.setdefault(occurrence.starts_at.astimezone(zone).date(), []).append(occurrence)
    texts = []
    for day, on_day in by_day.items():
        going = [o for o in on_day if o.happens]
        shown = calendar_date(day, language, today=today)
        if going:
            titles = " + ".join(title_in(o.title, o.kind, language) for o in going)
            span = clock_range(going[0].starts_at, max(o.ends_at for o in going), zone)
            texts.append(f"{_upper(shown)}: {span}, {titles}")
        texts += [line(o, now, zone, language, short=True) for o in on_day if not o.happens]
    return "\n".join(_unique(texts))


def usual_times(found: Sequence[Occurrence], zone: ZoneInfo, language: str) -> str:
    """Give a track's usual days and times: "Mon, Tue, Thu 6:00-9:00 PM; Sat 9:00 AM-12:00 PM"."""
    by_day: dict[int, list[Occurrence]] = {}
    for occurrence in found:
        usual = occurrence.moved_from or occurrence.starts_at
        by_day.setdefault(usual.astimezone(zone).weekday(), []).append(occurrence)
    spans: dict[str, list[str]] = {}
    for weekday in sorted(by_day):
        on_day = [o for o in by_day[weekday] if o.moved_from is None] or by_day[weekday]
        span = clock_range(min(o.starts_at for o in on_day), max(o.ends_at for o in on_day), zone)
        spans.setdefault(span, []).append(_DAYS[language][weekday])
    return "; ".join(f"{', '.join(days)} {span}" for span, days in spans.items())


def wait(seconds: float, language: str) -> str:
    """Give a time to wait: "25 min", "2 h and 5 min"."""
    minutes = max(1, round(seconds / 60))
    words, hours = _WORDS[language], minutes // 60
    parts = [words["hour"].format(hours)] if hours else []
    if minutes % 60:
        parts.append(words["minutes"].format(minutes % 60))
    return f" {words['and']} ".join(parts)


def closure_lines(closed: Sequence[tuple[date, str]], today: date, language: str) -> str:
    """Give closed days, one in a line."""
    return "\n".join(
        f"{_upper(calendar_date(day, language, today=today))}: {holiday_name(name, language)}" for day, name in closed
    )


def track_title(title: str, language: str) -> str:
    """Give a track's title in Spanish where the program kept the usual English one."""
    return _TRACKS_ES.get(title, title) if language == "es" else title


def _titled(occurrence: Occurrence, text: str, language: str, *, tracks: bool) -> str:
    if not tracks or not occurrence.track_title or not occurrence.happens:
        return text
    return f"{text} ({track_title(occurrence.track_title, language)})"


def _reason(occurrence: Occurrence, language: str) -> str:
    return f" ({holiday_name(occurrence.note, language)})" if occurrence.note else ""


def _moved(occurrence: Occurrence, zone: ZoneInfo, language: str) -> str:
    was = occurrence.moved_from or occurrence.starts_at
    same_time = was == occurrence.starts_at
    old = calendar_date(was.astimezone(zone).date(), language) + f" {clock(was, zone)}"
    moved = {"en": "new place", "es": "nuevo lugar"}[language] if same_time else f"{_WORDS[language]['moved']} {old}"
    return f"{moved}; {occurrence.note}" if occurrence.note else moved


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _unique(texts: Iterable[str]) -> list[str]:
    """Keep the first of lines that say the same, as the sessions of one closed day do."""
    return list(dict.fromkeys(texts))
