"""Absences and late arrivals: which session, once for each message, and staff are told."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Literal

from sqlalchemy import func, select

from bot.db.models import Absence, OutboxMessage
from bot.schedule.absence_answers import absent_answer, can_come_answer, late_answer
from bot.schedule.absences import Report, asks_how, record_absence, sounds_past, withdraw_absence
from bot.schedule.when import When
from tests.unit.schedule.conftest import LINKED, MONDAY, Demo, texts

THANKSGIVING_WEEK_TUESDAY_NIGHT = datetime(2026, 11, 25, 3, 0, tzinfo=timezone.utc)  # Tuesday 10 PM


def report(
    demo: Demo,
    when: When | None = None,
    kind: Literal["absent", "late"] = "absent",
    *,
    past: bool = False,
    at: datetime = MONDAY,
    message_id: int | None = None,
) -> Report:
    return record_absence(
        demo.session,
        LINKED,
        message_id or demo.message(LINKED, "x", at),
        demo.participant_id,
        kind=kind,
        when=when,
        now=at,
        past=past,
    )


def notices(demo: Demo) -> list[str]:
    rows = demo.session.execute(select(OutboxMessage).where(OutboxMessage.kind == "staff").order_by(OutboxMessage.id))
    return [row.text for row in rows.scalars()]


def rows(demo: Demo) -> int:
    return demo.session.execute(select(func.count()).select_from(Absence)).scalar_one()


def test_no_day_means_the_next_sessions_today(demo: Demo) -> None:
    found = report(demo)
    assert found.outcome == "recorded"
    assert [o.title for o in found.sessions] == ["Early recovery skills", "Process group"]
    assert rows(demo) == 2


def test_late_is_about_the_first_session_only(demo: Demo) -> None:
    found = report(demo, kind="late")
    assert [o.title for o in found.sessions] == ["Early recovery skills"]
    assert "will be late: Early recovery skills" in notices(demo)[0]


def test_staff_are_told_once_with_every_session(demo: Demo) -> None:
    report(demo)
    (notice,) = notices(demo)
    assert "can't come" in notice
    assert "Early recovery skills" in notice
    assert "Process group" in notice


def test_the_same_message_again_changes_nothing(demo: Demo) -> None:
    message_id = demo.message(LINKED, "can't make it")
    first = report(demo, message_id=message_id)
    again = report(demo, message_id=message_id, at=MONDAY + timedelta(minutes=5))
    assert again == first
    assert rows(demo) == 2
    assert len(notices(demo)) == 1


def test_a_day_far_away_has_to_be_named(demo: Demo) -> None:
    # On Thanksgiving nothing is on until Monday.
    found = report(demo, at=datetime(2026, 11, 26, 16, 0, tzinfo=timezone.utc))
    assert found.outcome == "which"
    assert [o.on_date for o in found.sessions] == [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2)]
    assert rows(demo) == 0


def test_a_named_day(demo: Demo) -> None:
    found = report(demo, When(date(2026, 12, 7), date(2026, 12, 7)))
    assert {o.on_date for o in found.sessions} == {date(2026, 12, 7)}


def test_a_whole_week(demo: Demo) -> None:
    found = report(demo, When(date(2026, 12, 7), date(2026, 12, 13)))
    assert len(found.sessions) == 8
    assert len(notices(demo)) == 1


def test_a_day_without_a_session_is_said(demo: Demo) -> None:
    found = report(demo, When(date(2026, 11, 26), date(2026, 11, 26)))
    assert (found.outcome, rows(demo)) == ("free", 0)


def test_a_missed_one_is_the_last_that_was(demo: Demo) -> None:
    found = report(demo, past=True, at=THANKSGIVING_WEEK_TUESDAY_NIGHT)
    assert found.outcome == "recorded_past"
    assert [o.title for o in found.sessions] == ["Relapse prevention", "CBT skills"]


def test_a_missed_one_long_ago_is_asked_about(demo: Demo) -> None:
    assert report(demo, past=True, at=datetime(2026, 11, 30, 14, 0, tzinfo=timezone.utc)).outcome == "which"


def test_without_any_session_staff_are_told_all_the_same(demo: Demo) -> None:
    from sqlalchemy import update

    from bot.db.models import ProgramSession

    demo.session.execute(update(ProgramSession).values(active=False))
    assert report(demo).outcome == "noted"
    assert "did not say which" in notices(demo)[0]


def test_taken_back_within_the_day(demo: Demo) -> None:
    report(demo)
    assert withdraw_absence(demo.session, LINKED, MONDAY + timedelta(hours=1))
    kinds = set(demo.session.execute(select(Absence.kind)).scalars())
    assert kinds == {"coming"}
    edits = demo.session.execute(select(OutboxMessage.text).where(OutboxMessage.text.contains("can come after all")))
    assert edits.scalars().first()
    assert not withdraw_absence(demo.session, LINKED, MONDAY + timedelta(hours=2))


def test_only_the_latest_report_is_taken_back(demo: Demo) -> None:
    report(demo)
    report(demo, When(date(2026, 12, 7), date(2026, 12, 7)), at=MONDAY + timedelta(minutes=1))
    withdraw_absence(demo.session, LINKED, MONDAY + timedelta(minutes=2))
    kinds = demo.session.execute(select(Absence.kind).order_by(Absence.id)).scalars().all()
    assert kinds == ["absent", "absent", "coming", "coming"]


def test_an_old_report_stays(demo: Demo) -> None:
    report(demo)
    assert not withdraw_absence(demo.session, LINKED, MONDAY + timedelta(days=2))


def test_another_day_takes_the_wrong_one_back_and_asks(demo: Demo) -> None:
    demo.ask(absent_answer, "can't make it", future=False)
    answer = demo.ask(absent_answer, '/session_absent{"session_day": "ask"}', session_day="ask", future=False)
    assert (answer.response, answer.asking) == ("utter_session_absent_which", "absent")
    assert [title for title, _ in answer.buttons] == ["Mon, Nov 23", "Tue, Nov 24", "Wed, Nov 25", "Talk to staff"]
    pressed = demo.ask(absent_answer, answer.buttons[1][1], session_day="2026-11-24", future=False)
    assert "Relapse prevention" in pressed.facts["sessions"]
    kinds = demo.session.execute(select(Absence.kind).order_by(Absence.id)).scalars().all()
    assert kinds == ["coming", "coming", "absent", "absent"]


def test_can_come_after_all(demo: Demo) -> None:
    demo.ask(late_answer, "running late", future=False)
    assert demo.ask(can_come_answer, "i made it").response == "utter_session_can_come"


def test_a_missed_day_in_words(demo: Demo) -> None:
    answer = demo.ask(absent_answer, "I missed last thursday", future=False)
    assert answer.response == "utter_session_absent_past"
    assert "Nov 19" in texts(answer, "en")[0]


def test_words_that_tell_the_past_and_a_question() -> None:
    assert sounds_past("i missed group, was sick")
    assert sounds_past("falté ayer")
    assert not sounds_past("i will miss group")
    assert asks_how("who do i tell if i cant come")
    assert asks_how("¿A quién le aviso?")
    assert not asks_how("i cant come, who knew")
