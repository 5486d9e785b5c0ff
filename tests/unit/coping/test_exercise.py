"""An exercise goes forward, changes, stops and ends; what it was like is written down once."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.coping.catalogue import catalogue
from bot.coping.flow import LONGEST_ANSWER, Exercise, advance, begin
from bot.coping.guide import last_step
from bot.coping.log import SAME_CRAVING, RatingError, record_craving
from bot.coping.replies import Reply
from bot.db.models import Conversation
from bot.db.models.coping import CravingLog

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize("skill", sorted(catalogue().skills))
def test_every_skill_can_be_gone_through(skill: str) -> None:
    state = Exercise(skill)
    for expected in range(1, last_step(skill) + 1):
        state = advance(state, Reply("next"), "next", "en").state
        assert (state.step, state.done) == (expected, "")
    assert advance(state, Reply("next"), "next", "en").state.done == "done"


def test_answers_are_kept_for_the_recap_and_cut_short() -> None:
    state = advance(Exercise("card", 1), Reply("answer"), "my\n  son " + "x" * 500, "en").state
    assert state.answers[0].startswith("my son x")
    assert len(state.answers[0]) == LONGEST_ANSWER


def test_a_refusal_gets_a_word_back() -> None:
    assert "clear, short no" in str(advance(Exercise("refuse_drink", 1), Reply("answer"), "no thanks", "en").words)
    assert advance(Exercise("halt", 1), Reply("answer"), "no thanks", "en").words is None


def test_something_else_is_another_skill_from_its_start() -> None:
    state = Exercise("urge_surfing", 2, answers=("chest",), trigger="unknown", rating=8)
    turn = advance(state, Reply("other"), "", "en")
    assert (turn.state.skill, turn.state.step, turn.state.answers) == ("four_ds", 0, ())
    assert turn.state.tried == ("urge_surfing",)
    assert advance(turn.state, Reply("harder"), "", "en").response == "utter_coping_harder"


def test_a_switch_keeps_the_craving() -> None:
    turn = advance(Exercise("urge_surfing", 2, trigger="people", rating=8), Reply("switch", skill="halt"), "", "en")
    assert (turn.state.skill, turn.state.step, turn.state.rating, turn.state.trigger) == ("halt", 0, 8, "people")


@pytest.mark.parametrize(
    ("reply", "done", "after"),
    [(Reply("stop"), "stopped", None), (Reply("passed"), "done", None), (Reply("rating", rating=9), "done", 9)],
)
def test_ways_to_end(reply: Reply, done: str, after: int | None) -> None:
    state = advance(Exercise("halt", 2, rating=7), reply, "", "en").state
    assert (state.done, state.rating_after, state.step) == (done, after, 2)


@pytest.mark.parametrize("kind", ["repeat", "slow"])
def test_staying_where_one_is(kind: str) -> None:
    state = Exercise("halt", 2)
    assert advance(state, Reply(kind), "", "en").state == state  # type: ignore[arg-type]


def test_the_first_skill_counts_as_tried_once() -> None:
    assert begin(Exercise(""), "halt").tried == ()
    assert begin(begin(Exercise("halt"), "grounding"), "halt").tried == ("halt", "grounding")


@pytest.fixture
def talk(db: Session) -> str:
    db.add(Conversation(id="c1", channel="web", external_id="1", created_at=NOW))
    db.flush()
    return "c1"


def rows(db: Session) -> list[CravingLog]:
    return list(db.execute(select(CravingLog).order_by(CravingLog.id)).scalars())


def test_a_craving_is_one_row_from_its_first_rating_to_its_last(db: Session, talk: str) -> None:
    first = record_craving(db, talk, None, 8, None, "people", "leave_place", NOW)
    later = NOW + timedelta(minutes=20)
    assert record_craving(db, talk, None, 8, 4, "people", "four_ds", later) == first
    (row,) = rows(db)
    assert (row.rating_before, row.rating_after, row.trigger, row.skill) == (8, 4, "people", "four_ds")
    assert (row.created_at, row.finished_at) == (NOW, later)


def test_the_next_craving_is_another_row(db: Session, talk: str) -> None:
    record_craving(db, talk, None, 8, 4, "people", "four_ds", NOW)
    record_craving(db, talk, None, 6, None, None, None, NOW)
    record_craving(db, talk, None, 5, 2, None, "halt", NOW + SAME_CRAVING + timedelta(seconds=1))
    assert [(r.rating_before, r.rating_after) for r in rows(db)] == [(8, 4), (6, None), (5, 2)]


def test_somebody_elses_craving_is_left_alone(db: Session, talk: str) -> None:
    db.add(Conversation(id="c2", channel="web", external_id="2", created_at=NOW))
    db.flush()
    record_craving(db, talk, None, 8, None, None, None, NOW)
    record_craving(db, "c2", None, 3, 1, None, None, NOW)
    assert [(r.conversation_id, r.rating_after) for r in rows(db)] == [("c1", None), ("c2", 1)]


@pytest.mark.parametrize("rating", [-1, 11])
def test_a_rating_off_the_scale_is_refused(db: Session, talk: str, rating: int) -> None:
    with pytest.raises(RatingError):
        record_craving(db, talk, None, rating, None, None, None, NOW)
    with pytest.raises(RatingError):
        record_craving(db, talk, None, 5, rating, None, None, NOW)
