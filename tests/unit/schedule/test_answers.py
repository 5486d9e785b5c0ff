"""A table of situation and answer, through a real database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select

from bot.db.models import ProgramSession
from bot.schedule import absence_answers, answers, own_answers
from bot.schedule.question import Answer
from tests.unit.schedule.conftest import LINKED, MONDAY, UNLINKED, Demo, responses, texts

UseCase = Callable[..., Answer]
next_, day, kind = answers.next_answer, answers.day_answer, answers.kind_answer
holiday, week, cancelled, now_ = (
    answers.holiday_answer, answers.week_answer, answers.cancelled_answer, answers.now_answer,
)  # fmt: skip
MONDAY_7PM = datetime(2026, 11, 24, 0, 0, tzinfo=timezone.utc)
MONDAY_731PM = MONDAY_7PM + timedelta(minutes=31)

# use case, who, language, what they write, response, something that must be in it
TABLE: list[tuple[UseCase, str, str, str, str, str]] = [
    (next_, LINKED, "en", "when is my next group", "next_own", "Tonight (Mon, Nov 23) 6:00-7:30 PM: Early recovery"),
    (next_, LINKED, "es", "cuando es mi grupo", "next_own", "Esta noche (lun 23 nov) 6:00-7:30 PM: Habilidades de"),
    (next_, LINKED, "en", "what time does it start thursday next week", "day_own", "7:30-9:00 PM: Process group"),
    (next_, LINKED, "en", "next relapse prevention", "kind_own", "Relapse prevention"),
    (next_, UNLINKED, "en", "when is my next group", "next_public", "(Evening track)"),
    (next_, UNLINKED, "es", "cuando es el grupo", "next_public", "(Turno de la noche)"),
    (day, LINKED, "en", "tonight?", "day_own", "7:30-9:00 PM: Process group, Suite 200, group room, with Demo"),
    (day, LINKED, "en", "what do i have thursday", "closed_day", "closed on Thu, Nov 26: Thanksgiving Day"),
    (day, LINKED, "es", "que tengo el jueves", "closed_day", "Acción de Gracias"),
    (day, LINKED, "en", "anything this weekend", "day_free_own", "from Sat, Nov 28 to Sun, Nov 29"),
    (day, LINKED, "en", "tomorrow morning?", "day_free_own", "6:00-7:30 PM: Relapse prevention"),
    (day, LINKED, "es", "hay algo mañana por la tarde", "day_own", "6:00-7:30 PM: Prevención de recaídas"),
    (day, LINKED, "en", "did we meet yesterday", "day_past", "Early recovery skills"),
    (day, LINKED, "en", "next tuesday", "day_own", "moved, was Tue, Dec 1 6:00 PM; the group room is being painted"),
    (day, LINKED, "en", "is there cbt on thursday next week", "kind_own", "CBT skills"),
    (day, LINKED, "en", "hello", "next_own", "Early recovery skills"),
    (day, UNLINKED, "en", "saturday groups?", "day_public", "9:30-11:30 AM: Relapse prevention"),
    (kind, LINKED, "en", "when is process group", "kind_own", "Tonight (Mon, Nov 23) 7:30-9:00 PM: Process group"),
    (kind, LINKED, "en", "life skills when", "kind_other_track", "(Day track)"),
    (kind, LINKED, "en", "when is orientation", "kind_own", "Wed, Nov 25 4:00-5:00 PM: Orientation"),
    (kind, LINKED, "en", "when is it", "next_own", "Early recovery"),
    (kind, UNLINKED, "en", "next individual", "individual_unlinked", "private"),
    (kind, UNLINKED, "en", "next life skills", "kind_public", "Wed, Nov 25 10:30 AM-12:00 PM: Life skills"),
    (holiday, LINKED, "en", "is there group on the 4th of july", "closed_day", "Sun, Jul 4: Independence Day"),
    (holiday, LINKED, "en", "closed in december?", "closures", "Fri, Dec 25: Christmas Day"),
    (holiday, LINKED, "es", "que dias cierran en diciembre", "closures", "Vie 25 dic: Navidad"),
    (holiday, UNLINKED, "en", "what holidays are you closed", "closures", "Thu, Nov 26: Thanksgiving Day"),
    (holiday, LINKED, "en", "closed in february?", "no_closures", "Early recovery skills"),
    (holiday, LINKED, "en", "group on halloween?", "day_free_own", "on Sun, Oct 31, 2027"),
    (week, LINKED, "en", "my schedule", "week_own", "Mon, Nov 23: 6:00-9:00 PM, Early recovery skills + Process group"),
    (week, LINKED, "en", "my schedule", "week_own", "Thu, Nov 26: closed (Thanksgiving Day)"),
    (week, LINKED, "en", "schedule for next week", "week_own", "CANCELLED (the leader is at a training)"),
    (week, LINKED, "en", "schedule for tomorrow", "day_own", "Relapse prevention"),
    (week, UNLINKED, "en", "schedule", "week_public", "Evening track: Mon, Tue, Thu 6:00-9:00 PM"),
    (week, UNLINKED, "es", "horario", "week_public", "Turno de la noche: lun, mar, jue 6:00-9:00 PM"),
    (cancelled, LINKED, "en", "is group cancelled", "on_as_planned", "Early recovery skills"),
    (cancelled, LINKED, "en", "is next thursday cancelled", "changes", "CANCELLED"),
    (cancelled, LINKED, "en", "did next tuesday get moved", "changes", "Wed, Dec 2 6:30-8:00 PM"),
    (cancelled, LINKED, "en", "are you closed thursday because of snow", "changes", "closed (Thanksgiving Day)"),
    (cancelled, LINKED, "en", "is saturday cancelled", "day_free_own", "Mon, Nov 30"),
    (now_, LINKED, "en", "did it start", "now_later", "It starts in 7 h"),
    (now_, UNLINKED, "en", "did it start", "now_public", "Process group"),
    (own_answers.track_answer, LINKED, "en", "which track", "track_own", "You are in the Evening track"),
    (own_answers.track_answer, LINKED, "es", "que turno", "track_own", "Turno de la noche"),
    (own_answers.track_answer, UNLINKED, "en", "which track", "track_unlinked", "isn't linked"),
    (own_answers.where_answer, LINKED, "en", "where is group", "where_own", "100 Demo Street"),
    (own_answers.where_answer, UNLINKED, "en", "where is group", "where_public", "100 Demo Street"),
    (own_answers.where_answer, LINKED, "en", "where is my individual", "where_own", "Suite 200, room B"),
    (own_answers.family_answer, LINKED, "en", "family night?", "family_night", "Wed, Nov 25 6:30-8:00 PM"),
    (own_answers.family_answer, UNLINKED, "es", "noche familiar", "family_night", "Noche de familia"),
    (own_answers.link_answer, LINKED, "en", "zoom link", "link_none_own", "it is in person"),
    (
        own_answers.link_answer,
        LINKED,
        "en",
        "link for tomorrow",
        "link_own",
        "https://video.demo-recovery.example/evening",
    ),
    (own_answers.link_answer, UNLINKED, "en", "link for tomorrow", "link_unlinked", "private"),
    (own_answers.leader_answer, LINKED, "en", "who leads tomorrow", "leader", "with Demo Leader Dan"),
    (own_answers.end_answer, LINKED, "en", "when do we get out", "ends_own", "9:00 PM"),
    (own_answers.end_answer, UNLINKED, "en", "when does he get out", "ends_public", "can't see anybody's"),
    (own_answers.individual_answer, LINKED, "en", "my individual?", "individual_own", "Wed, Nov 25 5:00-5:50 PM"),
    (own_answers.individual_answer, UNLINKED, "en", "my individual?", "individual_unlinked", "private"),
    (own_answers.drug_test_answer, LINKED, "en", "ua today?", "test_public", "4:30-6:00 PM: Drug testing"),
    (
        own_answers.reschedule_answer,
        LINKED,
        "en",
        "new job",
        "reschedule_own",
        "Weekend track: Sat, Sun 9:30 AM-3:00 PM",
    ),
    (own_answers.reschedule_answer, LINKED, "en", "move my one on one", "reschedule_plain", "Staff have to make"),
    (own_answers.reschedule_answer, UNLINKED, "es", "otro horario", "reschedule_public", "Turno de día"),
    (absence_answers.absent_answer, LINKED, "en", "can't make it", "absent_done", "7:30-9:00 PM: Process group"),
    (absence_answers.absent_answer, LINKED, "es", "hoy no puedo ir", "absent_done", "Grupo de proceso"),
    (absence_answers.absent_answer, LINKED, "en", "can't come thursday", "absent_free", "on Thu, Nov 26"),
    (absence_answers.absent_answer, LINKED, "en", "who do i tell if i cant come", "absent_which", "Which one"),
    (absence_answers.absent_answer, UNLINKED, "en", "can't make it", "absent_unlinked", "(555) 010-0100"),
    (absence_answers.late_answer, LINKED, "en", "running late", "late_done", "6:00-7:30 PM"),
    (absence_answers.late_answer, UNLINKED, "es", "voy tarde", "late_unlinked", "(555) 010-0100"),
    (absence_answers.can_come_answer, LINKED, "en", "i can come", "can_come_plain", "no note"),
]


@pytest.mark.parametrize(("use_case", "who", "language", "text", "response", "inside"), TABLE)
def test_table(demo: Demo, use_case: UseCase, who: str, language: str, text: str, response: str, inside: str) -> None:
    reports = use_case in (absence_answers.absent_answer, absence_answers.late_answer)
    answer = demo.ask(use_case, text, who=who, language=language, future=not reports)
    assert answer.response == f"utter_session_{response}"
    for said in texts(answer, language):
        assert inside in said
        assert len(said.split()) <= 60


@pytest.mark.parametrize(
    "text", ["when is group", "tomorrow", "schedule", "link", "who", "where", "my individual", "ua"]
)
def test_nothing_personal_to_somebody_who_is_not_linked(demo: Demo, text: str) -> None:
    for use_case in (
        next_, day, kind, week, cancelled, now_, own_answers.where_answer, own_answers.link_answer,
        own_answers.leader_answer, own_answers.end_answer, own_answers.individual_answer,
        own_answers.drug_test_answer, own_answers.track_answer, own_answers.reschedule_answer,
    ):  # fmt: skip
        for at in (MONDAY, MONDAY + timedelta(days=2, hours=6)):
            answer = demo.ask(use_case, text, who=UNLINKED, at=at)
            said = " ".join(answer.facts.values())
            assert "5:00-5:50" not in said
            assert "Individual session," not in said
            assert "video.demo" not in said
            assert not answer.response.endswith("_own")


def test_while_a_group_is_on(demo: Demo) -> None:
    on = demo.ask(now_, "did it start", at=MONDAY_7PM)
    assert (on.response, on.facts["end"]) == ("utter_session_now_on", "7:30 PM")
    before = demo.ask(now_, "did it start", at=MONDAY_7PM - timedelta(minutes=70))
    assert (before.response, before.facts["wait"]) == ("utter_session_now_later", "10 min")
    over = demo.ask(now_, "is it over", at=MONDAY_7PM + timedelta(hours=2, minutes=1))
    assert over.response == "utter_session_now_over"
    assert "Process group" in demo.ask(next_, "next", at=MONDAY_731PM).facts["sessions"]


def test_a_button_names_day_and_kind(demo: Demo) -> None:
    answer = demo.ask(day, '/session_on_day{"session_day": "2026-11-24"}', session_day="2026-11-24")
    assert "Relapse prevention" in answer.facts["sessions"]
    answer = demo.ask(kind, '/session_next{"session_kind": "cbt"}', session_kind="cbt")
    assert "CBT skills" in answer.facts["sessions"]
    assert demo.ask(day, "/session_on_day", session_day="tomorrow-ish").response == "utter_session_next_own"


def test_typed_text_cannot_choose_a_day_by_entity(demo: Demo) -> None:
    assert demo.ask(day, "hello", session_day="2026-11-24").response == "utter_session_next_own"


def test_an_empty_timetable_is_said_and_not_an_error(demo: Demo) -> None:
    for row in demo.session.execute(select(ProgramSession)).scalars().unique():
        row.active = False
    demo.session.flush()
    for use_case in (
        next_, day, kind, holiday, week, cancelled, now_, own_answers.where_answer, own_answers.family_answer,
        own_answers.link_answer, own_answers.leader_answer, own_answers.end_answer, own_answers.individual_answer,
        own_answers.drug_test_answer, own_answers.track_answer, own_answers.reschedule_answer,
        absence_answers.absent_answer, absence_answers.late_answer, absence_answers.can_come_answer,
    ):  # fmt: skip
        for who in (LINKED, UNLINKED):
            for text in ("tomorrow", "life skills", "x"):
                answer = demo.ask(use_case, text, who=who)
                for said in texts(answer, "en"):
                    assert "{" not in said


def test_every_response_says_something_in_both_languages() -> None:
    for name, variations in responses().items():
        assert any(not v.get("condition") for v in variations), name
        assert any(v.get("condition") for v in variations), name
        for variation in variations:
            assert all(len(button["title"]) <= 20 for button in variation.get("buttons", [])), name


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("when is my next session", "utter_session_next_own"),
        ("when is the next cbt group", "utter_session_kind_own"),
        ("did group start already", "utter_session_now_on"),
        ("ya empezó el grupo", "utter_session_now_on"),
        ("when does group start thursday", "utter_session_closed_day"),
    ],
)
def test_the_next_session_is_answered_by_what_the_words_ask(demo: Demo, text: str, response: str) -> None:
    assert demo.ask(answers.next_answer, text, at=MONDAY_7PM).response == response


def test_closed_days_are_listed_where_no_day_is_named(demo: Demo) -> None:
    closed = {"utter_session_closures", "utter_session_no_closures"}
    assert demo.ask(answers.on_day_answer, "which days are you closed").response in closed
    assert demo.ask(answers.on_day_answer, "qué días cierran").response in closed
    assert demo.ask(answers.on_day_answer, "do i have group tomorrow").response not in closed
