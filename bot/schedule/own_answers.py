"""Answers about one's own place: track, room, link, leader, end, individual sessions and tests."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.program import program
from bot.schedule import describe
from bot.schedule.answers import first_day, track_lines
from bot.schedule.occurrences import Occurrence
from bot.schedule.question import Answer, Question
from bot.schedule.timetable import enrolment_of, next_sessions, regular_week, where_is
from bot.schedule.when import When


def track_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Say which track the person is in."""
    if question.participant_id is None:
        return Answer("utter_session_track_unlinked")
    enrolled = enrolment_of(session, question.participant_id, now)
    if enrolled is None:
        return Answer("utter_session_track_none")
    zone, today = program().zone, now.astimezone(program().zone).date()
    week = regular_week(session, now, enrolled.slug)
    facts = {
        "track": describe.track_title(enrolled.title, question.language),
        "since": describe.calendar_date(enrolled.starts_on, question.language, today=today),
        "days": describe.usual_times(week[0][1], zone, question.language) if week else "",
    }
    return Answer("utter_session_track_later" if enrolled.starts_on > today else "utter_session_track_own", facts)


def where_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Say where the session that they mean is."""
    found = _meant(session, question, now)
    if not found:
        return Answer("utter_session_where_none")
    linked = question.participant_id is not None
    texts = _lines(found[:2], question, now, budget=describe.SMALL_BUDGET)
    response = "utter_session_where_own" if linked else "utter_session_where_public"
    return Answer(response, {"sessions": texts}, day=first_day(found))


def family_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Say when and where the next family night is; the same for everybody, because families are not linked."""
    found = next_sessions(session, question.participant_id, now, kind="family_night", limit=1)
    if not any(o.happens for o in found):
        return Answer("utter_session_family_night_none")
    return Answer("utter_session_family_night", {"sessions": _lines(found, question, now)}, day=first_day(found))


def link_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Give the video link of the person's own session; to nobody else."""
    if question.participant_id is None:
        return Answer("utter_session_link_unlinked")
    found = _meant(session, question, now)
    if not found:
        return Answer("utter_session_none")
    with_link = next((o for o in found if o.video_link), None)
    if with_link is None:
        return Answer("utter_session_link_none_own", {"sessions": _lines(found[:1], question, now)})
    text = describe.line(with_link, now, program().zone, question.language, short=True)
    return Answer("utter_session_link_own", {"sessions": f"{text}\n{with_link.video_link}"})


def leader_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Say who leads the session that they mean."""
    found = _meant(session, question, now)[:3]
    if not found:
        return Answer("utter_session_none")
    known = all(o.leader for o in found)
    response = "utter_session_leader" if known else "utter_session_leader_unknown"
    return Answer(response, {"sessions": _lines(found, question, now)}, day=first_day(found))


def end_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Say when they get out, on the named day or on the next one that has a session."""
    found = _meant(session, question, now)
    if not found:
        return Answer("utter_session_none")
    if question.participant_id is None:
        return Answer("utter_session_ends_public", {"sessions": _lines(found[:4], question, now)}, day=first_day(found))
    zone = program().zone
    first = found[0].starts_at.astimezone(zone)
    facts = {
        "end": describe.clock(max(o.ends_at for o in found), zone),
        "day": describe.when_in_words(When(first.date(), first.date()), now.astimezone(zone).date(), question.language),
        "sessions": _lines(found[:4], question, now, days=False),
    }
    return Answer("utter_session_ends_own", facts, day=first_day(found))


def individual_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Say when the person's own individual session is; to nobody else."""
    if question.participant_id is None:
        return Answer("utter_session_individual_unlinked")
    found = next_sessions(session, question.participant_id, now, kind="individual", limit=2)
    if not found:
        return Answer("utter_session_individual_none")
    return Answer("utter_session_individual_own", {"sessions": _lines(found, question, now)}, day=first_day(found))


def drug_test_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Say when tests are done: their own, or the hours on the public timetable."""
    found = next_sessions(session, question.participant_id, now, kind="drug_test", limit=2)
    if not found:
        return Answer("utter_session_test_none")
    name = (
        "utter_session_test_own"
        if any(o.personal or o.track for o in found) and question.participant_id
        else "utter_session_test_public"
    )
    return Answer(name, {"sessions": _lines(found, question, now)}, day=first_day(found))


def reschedule_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Say which other times there are, and that staff make the change."""
    if question.kind == "individual":
        return Answer("utter_session_reschedule_plain")
    enrolled = enrolment_of(session, question.participant_id, now) if question.participant_id else None
    others = track_lines(session, question.language, now, without=enrolled.slug if enrolled else None)
    if not others:
        return Answer("utter_session_reschedule_plain")
    linked = question.participant_id is not None
    return Answer("utter_session_reschedule_own" if linked else "utter_session_reschedule_public", {"sessions": others})


def _meant(session: Session, question: Question, now: datetime) -> list[Occurrence]:
    """What happens on the day that was named, or on the day of the next session (of the kind that was named)."""
    zone = program().zone
    today = now.astimezone(zone).date()
    when = question.when if question.when and question.when.last >= today else None
    if when is None:
        upcoming = where_is(session, question.participant_id, now, question.kind)
        if upcoming is None:
            return []
        day = upcoming.starts_at.astimezone(zone).date()
        when = When(day, day)
    found = next_sessions(session, question.participant_id, now, kind=question.kind, when=when, limit=12)
    coming = [o for o in found if o.happens and o.ends_at > now]
    if not coming and question.when is not None:
        after = where_is(session, question.participant_id, now, question.kind)
        return [after] if after else []
    return coming


def _lines(
    found: list[Occurrence], question: Question, now: datetime, *, days: bool = True, budget: int = describe.WORD_BUDGET
) -> str:
    linked = question.participant_id is not None
    return describe.lines(found, now, program().zone, question.language, tracks=not linked, days=days, budget=budget)
