"""Answers about when: the next session, a day, a kind of group, closed days, the week, what is on now."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot.program import program
from bot.schedule import describe
from bot.schedule.date_words import plain
from bot.schedule.holidays import holiday_name
from bot.schedule.kinds import kind_name
from bot.schedule.occurrences import Occurrence
from bot.schedule.question import Answer, Question
from bot.schedule.timetable import closures_between, next_sessions, on_now, regular_week
from bot.schedule.when import When

# "Which days are you closed" without a time means the coming months.
_CLOSURES_AHEAD = timedelta(days=120)
# "Has it started" is about a session within this time.
_STARTS_SOON = timedelta(hours=12)
# All sessions of a day or a week; more than a program has.
_ALL = 60


# Asked about the session of this hour, and asked about closed days in general (folded as by `date_words.plain`).
_STARTED = re.compile(
    r"\b(?:start(?:ed|ing)|begun|began|strt|right now|goi?n(?:g)? on|happening now|on now|without me|over already|"
    r"still in|is it over|did (?:it|we|they|group|class) (?:start|end|begin)|how (?:long|much time) (?:un)?till?|"
    r"empezo|empezaron|comenzo|ahorita|acabo|cuanto falta|todavia estan)\b"
)
_CLOSED = re.compile(r"\b(?:clos(?:ed|ures?|ing)|holidays?|days? off|cerra\w+|cierran|feriados?|festivos?)\b")


def next_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Say what comes next; a question that names a day or a kind is answered for that."""
    if _STARTED.search(plain(question.text)) and (question.when is None or question.when.first == _today(now)):
        return now_answer(session, question, now)
    if question.when is not None:
        return day_answer(session, question, now)
    if question.kind is not None:
        return kind_answer(session, question, now)
    limit = 3 if question.participant_id else 4
    found = next_sessions(session, question.participant_id, now, limit=limit)
    return _list("next", question, found, now) if found else Answer("utter_session_none")


def day_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Say what is on the named days."""
    when = question.when
    if when is None:
        return next_answer(session, question, now)
    if when.last < _today(now):
        return _list("day_past", question, next_sessions(session, question.participant_id, now), now, both=True)
    found = next_sessions(session, question.participant_id, now, kind=question.kind, when=when, limit=_ALL)
    if any(o.happens for o in found):
        # The words around name the day, so the lines need not; a session that was moved has another one.
        named = when.one_day and all(o.moved_from is None for o in found)
        return _list("day", question, found, now, {"day": _said(when, question, now)}, days=not named)
    return _nothing_on_day(session, question, when, found, now)


def on_day_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Say what is on the named days, or which days the program is closed."""
    if question.when is None and _CLOSED.search(plain(question.text)):
        return holiday_answer(session, question, now)
    return day_answer(session, question, now)


def _nothing_on_day(session: Session, question: Question, when: When, found: list[Occurrence], now: datetime) -> Answer:
    """Say why nothing happens on the named days (closed, cancelled, nothing planned), and what comes after."""
    closed = closures_between(session, when.first, when.last) if when.one_day else []
    if closed:
        return _closed(session, question, now, when, closed[0][1])
    if found:
        texts = describe.lines(found, now, program().zone, question.language)
        return Answer("utter_session_changes", {"sessions": texts})
    if question.kind is not None:
        return kind_answer(session, question, now)
    after = _after(session, question, now, when)
    return _list("day_free", question, after, now, {"day": _said(when, question, now)})


def _said(when: When, question: Question, now: datetime) -> str:
    return describe.when_in_words(when, _today(now), question.language)


def kind_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Say when a kind of session is next."""
    if question.kind is None:
        return next_answer(session, question, now) if question.when is None else day_answer(session, question, now)
    if question.kind == "individual" and question.participant_id is None:
        return Answer("utter_session_individual_unlinked")
    zone = program().zone
    facts = {"kind": kind_name(question.kind, question.language)}
    found = next_sessions(session, question.participant_id, now, kind=question.kind, limit=2)
    if found:
        return _list("kind", question, found, now, facts)
    if question.participant_id is not None:
        elsewhere = next_sessions(session, None, now, kind=question.kind, limit=2)
        if elsewhere:
            texts = describe.lines(elsewhere, now, zone, question.language, tracks=True, budget=describe.SMALL_BUDGET)
            return Answer("utter_session_kind_other_track", {**facts, "sessions": texts})
    return Answer("utter_session_kind_none", facts)


def holiday_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Say on which days the program is closed, or whether it is on the named one."""
    today, when = _today(now), question.when
    if when is not None and when.one_day:
        return day_answer(session, question, now)
    first, last = (when.first, when.last) if when else (today, today + _CLOSURES_AHEAD)
    closed = closures_between(session, max(first, today), last)
    if closed:
        return Answer("utter_session_closures", {"closures": describe.closure_lines(closed, today, question.language)})
    found = next_sessions(session, question.participant_id, now, limit=1)
    return _list("no_closures", question, found, now, both=True)


def week_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Say the whole week: their own, or the program's regular times."""
    zone = program().zone
    if question.participant_id is None:
        tracks = track_lines(session, question.language, now)
        return Answer("utter_session_week_public", {"sessions": tracks}) if tracks else Answer("utter_session_none")
    today = _today(now)
    when = question.when or When(today, today + timedelta(days=6))
    if when.one_day:
        return day_answer(session, question, now)
    found = next_sessions(session, question.participant_id, now, when=when, limit=_ALL)
    if not found:
        return next_answer(session, question, now) if question.when is None else day_answer(session, question, now)
    return Answer("utter_session_week_own", {"sessions": describe.week_lines(found, zone, question.language, now)})


def cancelled_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Say whether something is cancelled, moved or closed, or goes on as planned."""
    zone = program().zone
    found = next_sessions(
        session,
        question.participant_id,
        now,
        kind=question.kind,
        when=question.when,
        limit=_ALL if question.when else 1,
    )
    found = [o for o in found if o.ends_at > now or o.moved_from]
    if not found:
        return day_answer(session, question, now)
    changed = [o for o in found if o.status != "scheduled"]
    shown = changed or found
    texts = describe.lines(shown, now, zone, question.language, tracks=question.participant_id is None)
    response = "utter_session_changes" if changed else "utter_session_on_as_planned"
    return Answer(response, {"sessions": texts}, day=first_day(shown))


def now_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Say whether a session is on, or how long it is until the next one."""
    zone, language = program().zone, question.language
    going = on_now(session, question.participant_id, now)
    coming = [o for o in next_sessions(session, question.participant_id, now, limit=1) if o.happens]
    if question.participant_id is None:
        shown = describe.lines(going or coming, now, zone, language, tracks=True)
        return Answer("utter_session_now_public", {"sessions": shown}) if shown else Answer("utter_session_none")
    if going:
        end = describe.clock(max(o.ends_at for o in going), zone)
        return Answer("utter_session_now_on", {"end": end, "sessions": describe.lines(going, now, zone, language)})
    if not coming:
        return Answer("utter_session_none")
    texts = describe.lines(coming, now, zone, language)
    until = coming[0].starts_at - now
    if until <= _STARTS_SOON:
        waiting = describe.wait(until.total_seconds(), language)
        return Answer("utter_session_now_later", {"wait": waiting, "sessions": texts})
    return Answer("utter_session_now_over", {"sessions": texts})


def track_lines(session: Session, language: str, now: datetime, *, without: str | None = None) -> str:
    """Give the tracks with their usual days and times, one in a line; ``without`` leaves one (slug) out."""
    zone = program().zone
    return "\n".join(
        f"{describe.track_title(title, language)}: {describe.usual_times(found, zone, language)}"
        for title, found in regular_week(session, now)
        if found[0].track != without
    )


def first_day(found: list[Occurrence]) -> date:
    """Give the day, in the program's calendar, of the first of some sessions."""
    return found[0].starts_at.astimezone(program().zone).date()


def _list(
    name: str,
    question: Question,
    found: list[Occurrence],
    now: datetime,
    facts: dict[str, str] | None = None,
    *,
    both: bool = False,
    days: bool = True,
) -> Answer:
    """Name the response for a linked person or for the public (``both``: one for the two), with the sessions in it."""
    linked = question.participant_id is not None
    texts = describe.lines(found, now, program().zone, question.language, tracks=not linked, days=days)
    response = f"utter_session_{name}" if both else f"utter_session_{name}_{'own' if linked else 'public'}"
    if not texts:
        return Answer("utter_session_none")
    return Answer(response, {**(facts or {}), "sessions": texts}, day=first_day(found))


def _closed(session: Session, question: Question, now: datetime, when: When, holiday: str) -> Answer:
    after = [o for o in _after(session, question, now, when) if o.happens]
    facts = {
        "day": _said(When(when.first, when.last), question, now),
        "holiday": holiday_name(holiday, question.language),
        "sessions": describe.lines(
            after, now, program().zone, question.language, tracks=question.participant_id is None
        ),
    }
    return Answer("utter_session_closed_day", facts)


def _after(session: Session, question: Question, now: datetime, when: When) -> list[Occurrence]:
    """What comes after the named days, or at the same day's other hours."""
    if when.part is not None:
        same_day = next_sessions(session, question.participant_id, now, when=When(when.first, when.last), limit=2)
        if any(o.happens and o.ends_at > now for o in same_day):
            return same_day
    _, end = when.window(program().zone)
    return next_sessions(session, question.participant_id, max(now, end), limit=1)


def _today(now: datetime) -> date:
    return now.astimezone(program().zone).date()
