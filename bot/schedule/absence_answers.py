"""What to say to somebody who cannot come, will be late, or can come after all."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from bot.program import program
from bot.schedule import describe
from bot.schedule.absences import Report, asks_how, choices, record_absence, sounds_past, withdraw_absence
from bot.schedule.question import Answer, Question

_STAFF = {"en": ("Talk to staff", "/handoff_request"), "es": ("Hablar con alguien", "/handoff_request")}


def absent_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Record an absence and say what was noted, or ask which day it is."""
    return _report(session, question, now, "absent")


def late_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Record a late arrival and say what was noted, or ask which day it is."""
    return _report(session, question, now, "late")


def _report(session: Session, question: Question, now: datetime, kind: Literal["absent", "late"]) -> Answer:
    if question.participant_id is None:
        return Answer(f"utter_session_{kind}_unlinked")
    if question.choice == "ask":
        withdraw_absence(session, question.conversation_id, now)
        return _which(kind, Report("which", choices(session, question.participant_id, now)), question, now)
    if asks_how(question.text) and question.when is None:
        return _which(kind, Report("which", choices(session, question.participant_id, now)), question, now)
    report = record_absence(
        session,
        question.conversation_id,
        question.message_id,
        question.participant_id,
        kind=kind,
        when=question.when,
        now=now,
        past=sounds_past(question.text),
    )
    return _said(kind, report, question, now)


def can_come_answer(session: Session, question: Question, now: datetime) -> Answer:
    """Take the latest report back."""
    if question.participant_id is not None and withdraw_absence(session, question.conversation_id, now):
        return Answer("utter_session_can_come")
    return Answer("utter_session_can_come_plain")


def _said(kind: str, report: Report, question: Question, now: datetime) -> Answer:
    if report.outcome == "which":
        return _which(kind, report, question, now)
    zone, today = program().zone, now.astimezone(program().zone).date()
    facts = {"sessions": describe.lines(report.sessions, now, zone, question.language)}
    if report.outcome == "noted" or not facts["sessions"]:
        return Answer(f"utter_session_{kind}_noted")
    if report.outcome == "free" and question.when is not None:
        day = describe.when_in_words(question.when, today, question.language)
        return Answer("utter_session_absent_free", {**facts, "day": day})
    if report.outcome == "recorded_past":
        return Answer("utter_session_absent_past", facts)
    return Answer(f"utter_session_{kind}_done", facts)


def _which(kind: str, report: Report, question: Question, now: datetime) -> Answer:
    zone, today = program().zone, now.astimezone(program().zone).date()
    if not report.sessions:
        return Answer(f"utter_session_{kind}_unlinked" if question.participant_id is None else "utter_session_none")
    buttons = []
    for occurrence in report.sessions:
        day = occurrence.starts_at.astimezone(zone).date()
        title = describe.calendar_date(day, question.language, today=today)
        buttons.append((title, f'/session_{kind}{{"session_day": "{day.isoformat()}"}}'))
    return Answer(f"utter_session_{kind}_which", buttons=(*buttons, _STAFF[question.language]), asking=kind)
